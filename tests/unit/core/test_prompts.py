# Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
"""What we ask the models."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from media.core.prompts import (
    MAX_TURNS,
    Message,
    PromptFamily,
    Turn,
    prompt_family,
    translation_messages,
    whisper_prompt,
)


def turns(count: int) -> list[Turn]:
    return [Turn(f"Satz {number}.", f"Sentence {number}.") for number in range(count)]


def test_the_task_names_both_languages_in_english() -> None:
    system, user = translation_messages("Guten Tag.", "de", "en")
    assert system.role == "system"
    assert system.content.startswith("Translate from German into English. ")
    assert "\n" not in system.content
    assert user == Message("user", "Guten Tag.")


@pytest.mark.parametrize("source", ["", "auto", "tlh"])
def test_an_unknown_source_language_is_left_to_the_model(source: str) -> None:
    system = translation_messages("Guten Tag.", source, "pt")[0]
    assert system.content.startswith("Translate into Portuguese. ")


def test_an_unknown_target_language_is_refused() -> None:
    with pytest.raises(ValueError, match="tlh"):
        translation_messages("Guten Tag.", "de", "tlh")


def test_preceding_sentences_are_earlier_turns_of_the_chat() -> None:
    messages = translation_messages("Satz 2.", "de", "en", turns(2))[1:]
    assert messages == [
        Message("user", "Satz 0."),
        Message("assistant", "Sentence 0."),
        Message("user", "Satz 1."),
        Message("assistant", "Sentence 1."),
        Message("user", "Satz 2."),
    ]


def test_a_sentence_goes_out_on_one_line() -> None:
    assert translation_messages(" Guten\n Tag. ", "de", "en")[-1].content == "Guten Tag."


@given(st.integers(0, 50))
def test_the_newest_turns_are_used_and_not_too_many(count: int) -> None:
    messages = translation_messages("Satz.", "de", "en", turns(count))
    used = [message.content for message in messages if message.role == "assistant"]
    assert min(count, MAX_TURNS // 2) <= len(used) <= MAX_TURNS
    assert used == [turn.translation for turn in turns(count)][count - len(used) :]


def test_most_requests_begin_with_all_of_the_request_before() -> None:
    requests = [translation_messages(f"Satz {n}.", "de", "en", turns(n)) for n in range(40)]
    continued = [later[: len(one)] == one for one, later in pairwise(requests)]
    assert continued.count(True) >= 26


def test_translategemma_is_asked_in_its_own_form() -> None:
    (message,) = translation_messages("Guten\nTag.", "de", "en", turns(3), family="translategemma")
    instruction, text = message.content.split("\n\n\n")
    assert message.role == "user"
    assert text == "Guten Tag."
    assert instruction.startswith("You are a professional German (de) to English (en) translator.")
    assert instruction.endswith("Please translate the following German text into English:")


@pytest.mark.parametrize("source", ["", "auto", "tlh"])
def test_translategemma_is_told_no_source_that_nobody_knows(source: str) -> None:
    (message,) = translation_messages("Guten Tag.", source, "en", family="translategemma")
    assert message.content.startswith("You are a professional English (en) translator.")
    assert "following text into English:" in message.content


def test_qwen3_is_told_not_to_think() -> None:
    general, qwen3 = (
        translation_messages("Guten Tag.", "de", "en", turns(2), family=family)
        for family in ("general", "qwen3")
    )
    assert qwen3[0].content == f"{general[0].content} /no_think"
    assert qwen3[1:] == general[1:]


@pytest.mark.parametrize("family", ["general", "qwen3", "translategemma"])
def test_a_firm_request_is_another_one(family: PromptFamily) -> None:
    usual, firm = (
        translation_messages("Guten Tag.", "de", "en", family=family, firm=firm) for firm in (False, True)
    )
    assert usual != firm
    assert [message.role for message in usual] == [message.role for message in firm]
    assert firm[-1].content.endswith("Guten Tag.")


@pytest.mark.parametrize(
    ("model", "family"),
    [
        ("gemma-3-270m", "general"),
        ("translategemma", "translategemma"),
        ("translategemma:12b-it-q8_0", "translategemma"),
        ("google/TranslateGemma-4b-it", "translategemma"),
        ("qwen3:8b", "qwen3"),
        ("Qwen/Qwen3-8B-AWQ", "qwen3"),
        ("qwen2.5:7b", "general"),
        ("", "general"),
    ],
)
def test_the_family_is_known_by_the_models_name(model: str, family: PromptFamily) -> None:
    assert prompt_family(model) == family


def test_a_short_text_is_whispers_context_as_it_is() -> None:
    assert whisper_prompt("") == ""
    assert whisper_prompt(" We went\nto sea. ") == "We went to sea."


def test_a_long_text_gives_its_last_sentences() -> None:
    text = "We had a boat. It was small. We went to sea."
    assert whisper_prompt(text, max_chars=35) == "It was small. We went to sea."


def test_a_long_sentence_gives_its_last_words() -> None:
    assert whisper_prompt("one two three four five", max_chars=12) == "four five"
    assert whisper_prompt("one two three four five", max_chars=9) == "four five"


def test_a_text_without_spaces_gives_its_last_characters() -> None:
    assert whisper_prompt("今天天气很好", max_chars=4) == "天气很好"


@given(st.text(alphabet="ab. 今。"), st.integers(1, 40))
def test_the_context_is_the_end_of_the_text_and_not_too_long(text: str, max_chars: int) -> None:
    prompt = whisper_prompt(text, max_chars)
    assert len(prompt) <= max_chars
    assert " ".join(text.split()).endswith(prompt)
