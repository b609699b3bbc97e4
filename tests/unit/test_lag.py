# Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
"""The benchmark measures how far words and sentences lag behind the speaker."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from media.events import SttParagraphFinal, SttPartial, TranslationDelta, TranslationParagraphFinal
from tests.bench.lag import SpokenWord, WordLag, matches, spoken_words, word_lags
from tests.bench.sentence_lag import SentenceLag, sentence_lags
from tests.peers import Arrived

STARTED = 100.0
"""When the clip's first sample was spoken."""


def spoken(text: str) -> list[SpokenWord]:
    """A word a second, each half a second long."""
    return spoken_words([(word, at + 0.5, at + 1.0) for at, word in enumerate(text.split())])


def partial(at: float, text: str, stable: int = 0, paragraph_id: int = 0) -> Arrived:
    return [(STARTED + at, SttPartial(paragraph_id=paragraph_id, text=text, stable=stable))]


def final(at: float, text: str, paragraph_id: int = 0) -> Arrived:
    event = SttParagraphFinal(paragraph_id=paragraph_id, text=text, language="en", started_ms=0, ended_ms=0)
    return [(STARTED + at, event)]


def delta(at: float, text: str, offset: int) -> Arrived:
    return [(STARTED + at, TranslationDelta(paragraph_id=0, text=text, offset=offset))]


def translation(at: float, text: str) -> Arrived:
    return [(STARTED + at, TranslationParagraphFinal(paragraph_id=0, text=text))]


def shown(lags: list[WordLag]) -> dict[str, float | None]:
    return {lag.text: lag.shown_s for lag in lags}


def test_a_word_lags_from_its_end_to_its_first_appearance_and_to_its_settling() -> None:
    arrived = partial(1.5, "One") + partial(2.25, "One two", stable=3) + final(4.0, "One, two.")
    lags = word_lags(arrived, spoken("one two"), STARTED)
    assert lags == [
        WordLag(text="one", end_s=1.0, shown_s=0.5, settled_s=1.25),
        WordLag(text="two", end_s=2.0, shown_s=0.25, settled_s=2.0),
    ]


def test_words_that_were_heard_otherwise_offline_do_not_count() -> None:
    arrived = final(5.0, "one too three")
    assert set(shown(word_lags(arrived, spoken("one two three"), STARTED))) == {"one", "three"}


def test_a_word_that_was_shown_before_it_was_spoken_was_another_one() -> None:
    arrived = partial(1.1, "one two") + partial(2.5, "one two") + final(5.0, "one two")
    assert shown(word_lags(arrived, spoken("one two"), STARTED))["two"] == 0.5


def test_a_word_that_moves_on_to_the_next_paragraph_was_shown_all_the_same() -> None:
    arrived = partial(2.5, "one two") + final(3.0, "one") + partial(3.0, "two", paragraph_id=1)
    arrived += final(4.0, "two", paragraph_id=1)
    assert shown(word_lags(arrived, spoken("one two"), STARTED)) == {"one": 1.5, "two": 0.5}


def test_a_word_is_found_behind_one_that_was_corrected() -> None:
    arrived = partial(2.5, "won two") + final(4.0, "one two")
    assert shown(word_lags(arrived, spoken("one two"), STARTED)) == {"one": 3.0, "two": 0.5}


WORDS = st.lists(st.sampled_from("abcd"), max_size=12)


@given(WORDS, WORDS)
def test_matched_words_are_equal_and_in_order(ours: list[str], theirs: list[str]) -> None:
    pairs = matches(ours, theirs)
    assert all(ours[mine] == theirs[other] for mine, other in pairs.items())
    assert list(pairs) == sorted(pairs)
    assert list(pairs.values()) == sorted(set(pairs.values()))


def test_a_sentence_is_followed_from_its_settling_to_its_translation() -> None:
    arrived = partial(2.5, "One two. Three", stable=8) + delta(3.0, "Eins", 0) + delta(3.5, " zwei.", 4)
    arrived += final(4.0, "One two. Three four.") + delta(4.5, " Drei", 10) + delta(5.0, " vier.", 15)
    arrived += translation(5.1, "Eins zwei. Drei vier.")
    assert sentence_lags(arrived, spoken("one two three four"), STARTED, "de") == [
        SentenceLag(text="One two.", spoken_to_first_s=1.0, settled_to_first_s=0.5, settled_to_last_s=1.0),
        SentenceLag(text="Three four.", spoken_to_first_s=0.5, settled_to_first_s=0.5, settled_to_last_s=1.0),
    ]


def test_of_sentences_that_cannot_be_told_apart_only_the_edges_are_known() -> None:
    arrived = final(4.0, "One two. Three four.") + delta(4.5, "Eins zwei, drei", 0) + delta(5.0, " vier.", 15)
    arrived += translation(5.1, "Eins zwei, drei vier.")
    first, second = sentence_lags(arrived, spoken("one two three four"), STARTED, "de")
    assert (first.settled_to_first_s, first.settled_to_last_s) == (0.5, None)
    assert (second.settled_to_first_s, second.settled_to_last_s) == (None, 1.0)


def test_a_sentence_without_a_translation_has_no_lag() -> None:
    (lag,) = sentence_lags(final(4.0, "One two."), spoken("one two"), STARTED, "de")
    assert lag == SentenceLag(
        text="One two.", spoken_to_first_s=None, settled_to_first_s=None, settled_to_last_s=None
    )


@pytest.mark.parametrize("word", [" twenty-five", "don’t", "你好"])
def test_words_of_whisper_are_normalised_as_texts_are(word: str) -> None:
    parts = [one.text for one in spoken_words([(word, 1.0, 2.0)])]
    assert parts in (["twenty", "five"], ["don't"], ["你", "好"])
