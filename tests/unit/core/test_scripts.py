# Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
"""In which letters a text is written."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from media.core.languages import TARGET_LANGUAGES, Language
from media.core.scripts import extent, script_words


@pytest.mark.parametrize(
    ("text", "language", "words"),
    [
        ("Привет, мир", "ru", (2, 0)),
        ("Hello, world", "ru", (0, 2)),
        ("Он купил iPhone 15", "ru", (2, 1)),
        ("Hello, world", "de", (2, 0)),
        ("你好世界", "zh", (4, 0)),
        ("你好 Windows", "zh", (2, 1)),
        ("私はパンを食べる", "ja", (8, 0)),
        ("안녕하세요", "ko", (5, 0)),
        ("नमस्ते दुनिया", "hi", (5, 0)),
        ("ขอบคุณ", "th", (5, 0)),
        ("Zdravo, свете", "sr", (0, 0)),
        ("1987 ...", "ru", (0, 0)),
    ],
)
def test_words_are_counted_by_their_letters(text: str, language: str, words: tuple[int, int]) -> None:
    assert script_words(text, language) == words


@pytest.mark.parametrize("language", TARGET_LANGUAGES, ids=lambda language: language.code)
def test_a_languages_own_name_is_in_its_letters(language: Language) -> None:
    assert script_words(language.native_name, language.code)[1] == 0


def test_a_character_of_chinese_says_more() -> None:
    assert extent("你好") == extent("hello!")
    assert extent("") == 0


@given(st.text(), st.text())
def test_texts_add_up(one: str, other: str) -> None:
    assert extent(one + other) == extent(one) + extent(other) >= 0
