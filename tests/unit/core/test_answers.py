# Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
"""What is made of a model's answers, piece by piece."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from media.core.answers import Answer, AnswerOptions, better_of
from media.core.openings import Asked

SOURCE = "We will meet you at the old bridge."
RIGHT = "Wir treffen euch an der alten Brücke."
RULES = "Translate from English into German. It is live speech, one sentence at a time."


def asked(sentence: str = SOURCE, source: str = "en", target: str = "de") -> Asked:
    return Asked(sentence=sentence, source_language=source, target_language=target, rules=RULES)


def answered(
    text: str, question: Asked | None = None, options: AnswerOptions | None = None
) -> tuple[Answer, list[str]]:
    """The answer once it has been read, and what could be shown after each of its words."""
    answer, shown = Answer(question or asked(), options), []
    for word in re.findall(r"\s*\S+", text):
        answer.feed(word)
        shown.append(answer.shown)
        if answer.stopped:
            break
    answer.end()
    return answer, shown


def test_a_translation_is_shown_as_it_comes() -> None:
    answer, shown = answered(RIGHT)
    assert shown[:3] == ["Wir", "Wir treffen", "Wir treffen euch"]
    assert (answer.text, answer.faults, answer.stopped) == (RIGHT, (), False)


@pytest.mark.parametrize(
    "introduction",
    ["German: ", "**German:** ", "Deutsch:\n", "Translation: ", "Sure, here is the translation:\n\n",
     "Here's the German translation: ", "Übersetzung: ", "Certainly! Here is the translation: "],
)  # fmt: skip
def test_what_introduces_a_translation_is_never_shown(introduction: str) -> None:
    answer, shown = answered(introduction + RIGHT)
    assert (answer.text, answer.faults) == (RIGHT, ())
    assert all(RIGHT.startswith(text) for text in shown)


def test_a_note_after_an_empty_line_is_left_out_and_not_waited_for() -> None:
    answer, shown = answered(f"{RIGHT}\n\nNote: this is informal.")
    assert (answer.text, answer.faults, answer.stopped) == (RIGHT, (), True)
    assert shown[-1] == RIGHT


@pytest.mark.parametrize(
    "comment",
    [
        "As an AI language model, I cannot meet anybody.",
        "Sure! Please provide the text that you would like to have in German.",
        "I'm sorry, but I can't translate this.",
        "Als KI kann ich niemanden treffen.",
    ],
)
def test_a_comment_is_never_shown(comment: str) -> None:
    answer, shown = answered(comment)
    assert answer.faults[0] == "comment"
    assert answer.text == ""
    assert not any(shown)


def test_what_is_said_about_machines_and_translations_can_be_translated() -> None:
    machine = asked("Als KI kann ich niemanden treffen.", "de", "en")
    assert answered("As an AI I cannot meet anybody.", machine)[0].faults == ()
    work = asked("Hier ist die Übersetzung des Vertrags.", "de", "en")
    assert answered("Here is the translation of the contract.", work)[0].faults == ()


@pytest.mark.parametrize("beginning", ["Here is the bread that you ordered.", "Sure, we will be there."])
def test_what_only_begins_like_a_comment_is_shown_in_the_end(beginning: str) -> None:
    answer, _ = answered(beginning, asked("Hier ist das Brot, das Sie bestellt haben.", "de", "en"))
    assert (answer.text, answer.faults) == (beginning, ())


def test_our_own_words_are_never_shown() -> None:
    answer, shown = answered(f"{RULES} {RIGHT}")
    assert (answer.faults, answer.stopped, answer.text) == (("prompt",), True, "")
    assert not any(shown)


def test_the_sources_words_are_held_back_and_noticed() -> None:
    answer, shown = answered(f"{SOURCE} {RIGHT}")
    assert (answer.faults, answer.stopped) == (("untranslated",), True)
    assert not any(shown)
    assert answered(SOURCE)[0].faults == ("untranslated",)


@pytest.mark.parametrize(
    "same", ["OK.", "Barack Obama.", "Nein, nein!", "Anna Meier, Peter Schmidt, Hotel Adlon"]
)
def test_names_and_short_words_may_stay_as_they_are(same: str) -> None:
    answer, _ = answered(same, asked(same))
    assert (answer.text, answer.faults) == (same, ())


def test_languages_that_are_alike_may_say_the_same() -> None:
    sentence = "Danas je jako lijepo vrijeme u gradu."
    answer, shown = answered(sentence, asked(sentence, "hr", "bs"))
    assert (answer.faults, shown[0]) == ((), "Danas")


def test_other_letters_are_held_back_and_noticed() -> None:
    russian = asked(SOURCE, "en", "ru")
    answer, shown = answered("Wir treffen euch heute an der alten Brücke.", russian)
    assert (answer.faults, answer.stopped) == (("script",), True)
    assert not any(shown)
    assert answered("iPhone и Windows.", russian)[1][-1] == "iPhone и Windows."


def test_a_loop_is_stopped_and_said_once() -> None:
    answer, _ = answered("Wir gehen" + " an die alte Brücke" * 50)
    assert (answer.faults, answer.stopped) == (("loop",), True)
    assert answer.text == "Wir gehen an die alte Brücke"


def test_a_loop_that_was_said_may_be_translated() -> None:
    many = "no no no no no no no no no no no no no no no no no no"
    assert "loop" not in answered(many.replace("no", "nein"), asked(many))[0].faults


def test_an_answer_that_goes_on_and_on_is_stopped() -> None:
    words = " ".join(f"Wort{chr(97 + n % 26)}{chr(97 + n // 26)}" for n in range(200))
    answer, _ = answered(words)
    assert (answer.faults, answer.stopped) == (("too_long",), True)
    assert len(answer.text) < 4 * len(SOURCE) + 60


def test_a_sentence_of_which_little_is_left_is_doubted() -> None:
    assert answered("Brücke.", asked(f"{SOURCE} {SOURCE}"))[0].faults == ("too_short",)
    assert answered("")[0].faults == ("too_short",)
    assert answered("Ja.", asked("Yes, of course."))[0].faults == ()


def test_a_question_that_was_answered_is_doubted() -> None:
    question = asked("What is the capital of France?")
    assert answered("Die Hauptstadt ist Paris.", question)[0].faults == ("question_lost",)
    assert answered("Was ist die Hauptstadt von Frankreich?", question)[0].faults == ()
    assert answered("法国的首都是哪里", asked(question.sentence, "en", "zh"))[0].faults == ()


def test_numbers_and_negations_are_compared() -> None:
    source = asked("We do not meet at 9.")
    assert answered("Wir treffen uns um 8.", source)[0].faults == ("number", "negation")
    assert answered("Wir treffen uns nicht um 9.", source)[0].faults == ()


def test_each_check_can_be_switched_off() -> None:
    off = AnswerOptions(answers=False, numbers=False, negation=False)
    answer, shown = answered("Sure, here is the translation: not at 8.", asked("We meet at 9."), off)
    assert answer.faults == ()
    assert shown[0] == "Sure,"


def test_options_make_sense() -> None:
    with pytest.raises(ValueError, match="ratios"):
        AnswerOptions(longest_ratio=0.5)


def test_the_better_answer_is_taken_and_of_two_alike_the_first() -> None:
    source = asked("We do not meet at 9.")
    both, one, other = (
        answered(text, source)[0]
        for text in ("Wir treffen uns um 8.", "Wir treffen uns um 9.", "Wir treffen uns nicht um 8.")
    )
    assert better_of(both, one) is one
    assert better_of(one, both) is one
    assert better_of(one, other) is one


@given(st.lists(st.text(max_size=12), max_size=12), st.sampled_from(["de", "ru", "zh", "sr"]))
def test_what_was_shown_is_never_taken_back(pieces: list[str], target: str) -> None:
    answer, shown = Answer(asked(SOURCE, "en", target)), ""
    for piece in pieces:
        answer.feed(piece)
        assert answer.shown.startswith(shown)
        shown = answer.shown
        if answer.stopped:
            break
    answer.end()
    assert answer.faults or answer.text.startswith(shown)
