# Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
"""The benchmark sees what a client's screen showed, and what did not stay as it was."""

from hypothesis import given
from hypothesis import strategies as st

from media.events import Event, SttParagraphFinal, SttPartial, TranslationDelta, TranslationParagraphFinal
from tests.bench.shown import complete_at, final_text, first_text_at, invented, screens, unsteady
from tests.peers import Arrived


def partial(text: str, stable: int = 0, paragraph_id: int = 0) -> SttPartial:
    return SttPartial(paragraph_id=paragraph_id, text=text, stable=stable)


def final(text: str, paragraph_id: int = 0) -> SttParagraphFinal:
    return SttParagraphFinal(paragraph_id=paragraph_id, text=text, language="en", started_ms=0, ended_ms=0)


def translated(text: str, offset: int) -> TranslationDelta:
    return TranslationDelta(paragraph_id=0, text=text, offset=offset)


def each_second(*events: Event) -> Arrived:
    return [(float(second), event) for second, event in enumerate(events)]


def test_a_screen_holds_the_words_of_all_paragraphs_and_says_which_are_settled() -> None:
    seen = list(screens(each_second(final("Good day."), partial("How are you", stable=5, paragraph_id=1))))
    assert seen[-1].words == ("good", "day", "how", "are", "you")
    assert seen[-1].settled == (True, True, True, False, False)


def test_a_word_is_settled_only_when_all_of_it_is_stable() -> None:
    (screen,) = screens(each_second(partial("Hello there", stable=8)))
    assert screen.settled == (True, False)


def test_first_text_is_the_first_that_is_not_empty() -> None:
    assert first_text_at(each_second(partial(""), partial("so"))) == 1.0
    assert first_text_at(each_second(partial(""))) is None


def test_words_are_complete_from_when_they_stay_complete() -> None:
    arrived = each_second(partial("one two"), partial("one too"), partial("One, two."), final("one two"))
    assert complete_at(arrived) == 2.0
    assert final_text(arrived) == "one two"


def test_stable_text_that_a_later_partial_or_the_final_changes_is_taken_back() -> None:
    assert unsteady(each_second(partial("one two", stable=7), partial("one ten", stable=3))).taken_back == 2
    assert unsteady(each_second(partial("one two", stable=7), final("one"))).taken_back == 4
    assert unsteady(each_second(final("one"), final("two"))).taken_back == 3


def test_what_was_taken_back_counts_once_and_what_stays_promised_counts_again() -> None:
    arrived = each_second(partial("abc", stable=3), partial("abX", stable=2), final("Yes"))
    assert unsteady(arrived).taken_back == 1 + 2


def test_text_that_was_never_called_stable_may_change() -> None:
    arrived = each_second(partial("one two", stable=3), partial("one ten", stable=3), final("one more"))
    assert unsteady(arrived).taken_back == 0


def test_a_smaller_stable_part_takes_no_promise_back_by_itself() -> None:
    arrived = each_second(partial("one two", stable=7), partial("one two three", stable=0), final("one too"))
    assert unsteady(arrived).taken_back == 2


def test_a_paragraph_that_never_becomes_final_is_counted() -> None:
    assert unsteady(each_second(partial("one"), partial("", paragraph_id=1))).never_settled == 1


def test_translations_that_change_are_counted_apart_for_deltas_and_finals() -> None:
    ended = TranslationParagraphFinal(paragraph_id=0, text="eins zwei")
    arrived = each_second(translated("eins", 0), translated(" drei", 4), ended)
    assert (unsteady(arrived).translation_deltas, unsteady(arrived).translation_finals) == (0, 4)
    assert unsteady(each_second(translated("eins", 0), translated("x", 2))).translation_deltas == 2


def test_words_shown_for_a_moment_are_invented_as_well_as_those_that_stay() -> None:
    arrived = each_second(partial("Thank you"), partial(""), partial("So", paragraph_id=1), final("So", 1))
    assert (invented(arrived).shown, invented(arrived).final) == (3, 1)


@given(st.lists(st.text(max_size=8), min_size=1), st.data())
def test_text_that_only_grows_at_its_end_is_never_taken_back(pieces: list[str], data: st.DataObject) -> None:
    events: list[Event] = []
    text, stable = "", 0
    for piece in pieces:
        text += piece
        stable = data.draw(st.integers(stable, len(text)))
        events.append(partial(text, stable))
    assert unsteady(each_second(*events, final(text))).taken_back == 0
