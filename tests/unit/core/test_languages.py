# Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
"""The languages and what they are called."""

import pytest

from media.core.languages import (
    AUTO,
    SOURCE_LANGUAGES,
    TARGET_LANGUAGES,
    by_code,
    from_whisper,
    to_whisper,
)


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ("en", "en"),
        ("english", "en"),
        ("English", "en"),
        (" GERMAN ", "de"),
        ("zh-CN", "zh"),
        ("pt_BR", "pt"),
        ("haitian creole", "ht"),
        ("castilian", "es"),
        ("jw", "jv"),
        ("myanmar", "my"),
        ("nynorsk", "nn"),
        ("yue", "yue"),
        ("klingon", ""),
        ("", ""),
        ("auto", ""),
    ],
)
def test_what_a_whisper_server_says_is_understood(value: str, code: str) -> None:
    assert from_whisper(value) == code


def test_whisper_is_asked_for_a_language_in_its_own_words() -> None:
    assert to_whisper("de") == "de"
    assert to_whisper("jv") == "jw"


def test_every_language_is_found_by_its_code_and_by_its_name() -> None:
    for language in SOURCE_LANGUAGES:
        assert by_code(language.code) is language
        assert from_whisper(language.name) == language.code
        assert from_whisper(to_whisper(language.code)) == language.code


def test_codes_and_names_are_unique() -> None:
    assert len({language.code for language in SOURCE_LANGUAGES}) == len(SOURCE_LANGUAGES)
    assert len({language.name for language in SOURCE_LANGUAGES}) == len(SOURCE_LANGUAGES)
    assert len({language.native_name for language in SOURCE_LANGUAGES}) == len(SOURCE_LANGUAGES)


def test_all_of_whispers_languages_are_there_by_name() -> None:
    assert len(SOURCE_LANGUAGES) == 100
    names = [language.name for language in SOURCE_LANGUAGES]
    assert names == sorted(names)
    assert set(TARGET_LANGUAGES) <= set(SOURCE_LANGUAGES)


def test_detection_is_no_language() -> None:
    assert by_code(AUTO) is None


def test_direction_and_spaces_are_known() -> None:
    right_to_left = {language.code for language in SOURCE_LANGUAGES if language.right_to_left}
    assert right_to_left == {"ar", "fa", "he", "ps", "sd", "ur", "yi"}
    spaceless = {language.code for language in SOURCE_LANGUAGES if not language.spaces}
    assert spaceless == {"bo", "ja", "km", "lo", "my", "th", "yue", "zh"}
