# Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
"""The texts that a base model goes on with."""

from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from media.core.languages import TARGET_LANGUAGES
from media.core.prompts import Message, Turn, translation_messages
from media.engines.examples import EXAMPLES
from media.engines.fewshot import SHOWN_FOR_UNNAMED, example_pairs, few_shot_prompt, most_tokens_for

SPOKEN = st.text(max_size=200)
WORDS = st.text("abcXYZäß日本да", min_size=1, max_size=20)
TURNS = st.lists(st.builds(Turn, WORDS, WORDS), max_size=6)


def prompt_for(sentence: str, turns: list[Turn] | None = None) -> str:
    return few_shot_prompt(translation_messages(sentence, "en", "de", turns or [])).prompt


def test_a_translation_is_asked_for_as_the_next_line_of_a_pattern() -> None:
    completion = few_shot_prompt(translation_messages("The cat sleeps.", "en", "de"))
    said, meant = EXAMPLES["English"][0], EXAMPLES["German"][0]
    assert completion.prompt.startswith(f"English: {said}\nGerman: {meant}\nEnglish: ")
    assert completion.prompt.endswith("\nEnglish: The cat sleeps.\nGerman:")
    assert completion.stop == ("\n",)
    assert completion.label == "German:"


def test_earlier_turns_stand_between_the_examples_and_the_sentence() -> None:
    prompt = prompt_for("It sleeps.", [Turn("Here is a cat.", "Hier ist eine Katze.")])
    assert prompt.endswith(
        "\nEnglish: Here is a cat.\nGerman: Hier ist eine Katze.\nEnglish: It sleeps.\nGerman:"
    )


@given(SPOKEN, TURNS)
def test_a_prompt_ends_with_the_target_languages_label(sentence: str, turns: list[Turn]) -> None:
    assert prompt_for(sentence, turns).endswith("\nGerman:")


@given(SPOKEN, TURNS)
def test_whatever_was_said_takes_one_line(sentence: str, turns: list[Turn]) -> None:
    system = Message("system", "Translate from English into German.")
    said = [Message("user", sentence), Message("assistant", sentence), Message("user", sentence)]
    lines = few_shot_prompt([system, *said]).prompt.splitlines()
    assert len(lines) == 2 * len(EXAMPLES["English"]) + 4
    assert [line.partition(":")[0] for line in lines] == ["English", "German"] * (len(lines) // 2)


@given(WORDS, WORDS, WORDS, TURNS)
def test_the_next_sentences_prompt_begins_with_this_ones_and_its_answer(
    sentence: str, answer: str, following: str, turns: list[Turn]
) -> None:
    system = Message("system", "Translate from English into German.")
    first = [system, Message("user", sentence)]
    second = [*first, Message("assistant", answer), Message("user", following)]
    assert few_shot_prompt(second).prompt.startswith(f"{few_shot_prompt(first).prompt} {answer}\n")


def test_the_oldest_turns_go_where_all_would_take_too_much_room() -> None:
    turns = [Turn(letter * 500, letter * 500) for letter in "abcde"]
    prompt = prompt_for("Hello.", turns)
    assert [letter for letter in "abcde" if letter * 500 in prompt] == ["c", "d", "e"]
    assert prompt.startswith(prompt_for("Hello.").partition("English: Hello.")[0])


def test_a_source_that_is_not_named_is_shown_examples_of_several_languages() -> None:
    completion = few_shot_prompt(translation_messages("Le chat dort.", "auto", "en"))
    assert f"Original: {EXAMPLES['French'][0]}\nEnglish: {EXAMPLES['English'][0]}\n" in completion.prompt
    assert f"Original: {EXAMPLES['Spanish'][1]}\nEnglish: {EXAMPLES['English'][1]}\n" in completion.prompt
    assert completion.prompt.endswith("\nOriginal: Le chat dort.\nEnglish:")


@pytest.mark.parametrize("target", EXAMPLES)
def test_examples_for_an_unnamed_source_are_never_in_the_target_language(target: str) -> None:
    pairs = example_pairs(None, target)
    assert [meant for _, meant in pairs] == list(EXAMPLES[target])
    assert not {said for said, _ in pairs} & set(EXAMPLES[target])
    assert len({language for language in SHOWN_FOR_UNNAMED if language != target}) >= len(pairs)


def test_a_language_without_examples_is_asked_for_by_its_name() -> None:
    assert few_shot_prompt(translation_messages("Hello.", "en", "is")).prompt == "English: Hello.\nIcelandic:"


def test_other_instructions_make_a_plain_dialogue() -> None:
    messages = [
        Message("system", "Be brief."),
        Message("user", "What is water?"),
        Message("assistant", "Wet."),
        Message("user", "And fire?"),
    ]
    completion = few_shot_prompt(messages)
    assert completion.prompt == (
        "System: Be brief.\nUser: What is water?\nAssistant: Wet.\nUser: And fire?\nAssistant:"
    )
    assert completion.stop == ("\nUser:", "\nSystem:")
    assert completion.most_tokens is None


def test_nothing_said_needs_no_translation() -> None:
    assert few_shot_prompt(translation_messages("  ", "en", "de")).most_tokens == 0


@given(st.text(st.characters(codec="utf-8"), min_size=1))
def test_an_answer_may_be_longer_than_the_sentence(sentence: str) -> None:
    assert most_tokens_for(sentence) > len(sentence.encode())


def test_each_language_says_the_same_number_of_different_sentences() -> None:
    assert len({len(sentences) for sentences in EXAMPLES.values()}) == 1
    everything = [sentence for sentences in EXAMPLES.values() for sentence in sentences]
    assert len(set(everything)) == len(everything)


@pytest.mark.parametrize("sentences", EXAMPLES.values(), ids=EXAMPLES.keys())
def test_examples_are_single_lines(sentences: tuple[str, ...]) -> None:
    assert all(sentence == " ".join(sentence.split()) for sentence in sentences)


def test_the_languages_of_the_examples_are_named_as_the_translator_names_them() -> None:
    assert set(EXAMPLES) <= {language.name for language in TARGET_LANGUAGES}


def test_every_two_languages_make_pairs() -> None:
    for source, target in permutations(EXAMPLES, 2):
        assert len(example_pairs(source, target)) == len(EXAMPLES[target])
