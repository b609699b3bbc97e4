# Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
"""Words settle when two hypotheses agree on them."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Protocol, TypeVar

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from media.core.agreement import Agreement, AgreementOptions
from media.core.alignment import normalised
from media.core.words import Word, text_of
from tests.unit.core.saying import joined, said

VOCABULARY = ("no", "so", "we", "the", "in", "25", "boat", "went", "harbour", "morning", "and", "left")
WOBBLE_MS = 300

Drawn = TypeVar("Drawn")


class Draw(Protocol):
    """Takes an example from a strategy."""

    def __call__(self, strategy: st.SearchStrategy[Drawn]) -> Drawn: ...


def ended(agreement: Agreement, words: Sequence[Word]) -> list[Word]:
    """What settles with the last hypothesis of an utterance."""
    return agreement.feed(words) + agreement.settle()


def test_a_hypothesis_seen_twice_is_committed_but_for_its_last_word() -> None:
    agreement = Agreement()
    assert agreement.feed(said("we went to sea")) == []
    assert joined(agreement.feed(said("we went to sea"))) == "we went to"
    assert joined(agreement.tentative) == "sea"


def test_what_two_hypotheses_disagree_about_is_tentative() -> None:
    agreement = Agreement()
    agreement.feed(said("we went to see"))
    assert joined(agreement.feed(said("we went to sea and"))) == "we went"
    assert joined(agreement.tentative) == "to sea and"


def test_lookahead_can_be_longer_or_none() -> None:
    twice = said("we went to sea")
    for lookahead, expected in ((0, "we went to sea"), (2, "we went"), (9, "")):
        agreement = Agreement(AgreementOptions(lookahead_words=lookahead))
        agreement.feed(twice)
        assert joined(agreement.feed(twice)) == expected


def test_committed_words_take_the_newest_spelling() -> None:
    agreement = Agreement()
    agreement.feed(said("We went. to sea"))
    assert joined(agreement.feed(said("we went to sea"))) == "we went to"


def test_a_full_stop_that_the_end_of_the_audio_put_there_is_not_committed() -> None:
    agreement = Agreement()
    agreement.feed(said("we went."))
    agreement.feed(said("we went."))
    agreement.feed(said("we went to sea."))
    agreement.feed(said("we went to sea. Then"))
    assert joined(agreement.committed) == "we went to"


def test_a_word_near_the_end_of_the_audio_waits() -> None:
    agreement = Agreement()
    hypothesis = said("we went to sea")
    agreement.feed(hypothesis, audio_end_ms=1000)
    assert joined(agreement.feed(hypothesis, audio_end_ms=1000)) == "we went"
    assert joined(agreement.feed(hypothesis, audio_end_ms=1200)) == "to"


def test_settling_commits_the_rest_of_the_newest_hypothesis() -> None:
    agreement = Agreement()
    agreement.feed(said("we went to sea"))
    agreement.feed(said("we went to see it"))
    assert joined(agreement.settle()) == "to see it"
    assert agreement.tentative == ()
    assert agreement.settle() == []


def test_at_the_end_is_committed_what_the_last_hypothesis_says_after_the_committed_words() -> None:
    agreement = Agreement()
    agreement.feed(said("we went to sea"))
    agreement.feed(said("we went to sea"))
    assert joined(ended(agreement, said("We went, too, see it."))) == "see it."


def test_after_a_pause_the_utterance_goes_on() -> None:
    agreement = Agreement()
    agreement.feed(said("we went to sea"))
    agreement.settle()
    agreement.feed(said("we went to sea and left"))
    assert joined(agreement.settle()) == "and left"
    assert joined(agreement.committed) == "we went to sea and left"


def test_a_hypothesis_that_goes_on_behind_the_committed_words_is_all_new() -> None:
    agreement = Agreement()
    agreement.feed(said("no no"))
    agreement.settle()
    agreement.feed(said("no no we", start_ms=900), after_committed=True)
    assert joined(agreement.feed(said("no no we", start_ms=900), after_committed=True)) == "no no"
    assert joined(agreement.committed) == "no no no no"


def test_what_ends_before_a_cut_can_be_settled_alone() -> None:
    agreement = Agreement()
    agreement.feed(said("we went to sea", word_ms=200))
    assert joined(agreement.settle(450)) == "we went"
    assert agreement.tentative == ()


def test_repeated_words_are_counted_and_not_matched_by_time() -> None:
    agreement = Agreement(AgreementOptions(lookahead_words=0))
    agreement.feed(said("no no", word_ms=200))
    agreement.feed(said("no no", word_ms=200, start_ms=250))
    assert joined(ended(agreement, said("no no no no", word_ms=200))) == "no no"


@pytest.mark.parametrize(
    ("before", "after", "rest"),
    [
        ("it was twenty five percent", "it was 25% of all", "of all"),
        ("it was 25%", "it was twenty five percent of all", "of all"),
        ("I saw their", "I saw there and their house", "and their house"),
        ("the cat", "the cat and the dog", "and the dog"),
        ("the cat and the dog", "A cat and the dog ran", "ran"),
        ("the cat and the dog", "and the dog ran", "ran"),
        ("the cat", "a hat", ""),
        ("¿Qué tal", "— Qué tal, ¿estás bien?", "¿estás bien?"),
    ],
)
def test_a_hypothesis_with_other_words_goes_on_after_the_committed_ones(
    before: str, after: str, rest: str
) -> None:
    """The committed words and those that replace them fill the same second."""
    agreement = Agreement(AgreementOptions(lookahead_words=0))
    committed = said(before, word_ms=1000 // len(before.split()))
    agreement.feed(committed)
    agreement.feed(committed)
    replaced = len(after.split()) - len(rest.split())
    words = said(" ".join(after.split()[:replaced]), word_ms=1000 // replaced)
    assert joined(ended(agreement, [*words, *said(rest, start_ms=1000)])) == rest


def test_the_next_hypothesis_may_begin_later_once_audio_is_forgotten() -> None:
    agreement = Agreement()
    words = said("we went to sea in a beautiful boat of no great size")
    agreement.feed(words)
    agreement.feed(words)
    agreement.forget_before(1500)
    shifted = [
        replace(word, start_ms=word.start_ms + 250, end_ms=word.end_ms + 250)
        for word in said("a beautiful boat of no great size at all", start_ms=1500)
    ]
    agreement.feed(shifted)
    assert joined(agreement.feed(shifted)) == "size at"


def test_a_word_that_lost_its_beginning_with_the_forgotten_audio_is_not_committed_again() -> None:
    agreement = Agreement()
    words = said("we went to sea in a beautiful boat of no great size")
    agreement.feed(words)
    agreement.feed(words)
    agreement.forget_before(1400)
    assert joined(ended(agreement, said("-n a beautiful boat of no great size", start_ms=1400))) == "size"


def test_chinese_settles_by_characters_however_they_are_grouped() -> None:
    agreement = Agreement()
    agreement.feed([Word(0, 400, "今天"), Word(400, 800, "天气"), Word(800, 1000, "很")])
    settled = agreement.feed(
        [Word(0, 200, "今"), Word(200, 400, "天天"), Word(400, 1000, "气很"), Word(1000, 1200, "好")]
    )
    assert text_of(settled) == "今天天气"
    assert text_of(ended(agreement, [Word(0, 1200, "今天天气很好。")])) == "很好。"


def test_latin_words_among_chinese_ones_stay_whole() -> None:
    agreement = Agreement()
    words = [Word(0, 800, "我的iPhone"), Word(800, 1000, "呢？")]
    assert [word.text for word in ended(agreement, words)] == ["我", "的", "iPhone", "呢？"]


def test_punctuation_of_its_own_stays_with_its_word() -> None:
    agreement = Agreement()
    words = [Word(0, 100, " -"), Word(100, 400, " Yes"), Word(400, 450, " -"), Word(450, 900, " no")]
    agreement.feed(words)
    assert [word.text for word in agreement.feed(words)] == [" - Yes -"]


def test_words_of_punctuation_alone_are_nothing() -> None:
    agreement = Agreement()
    assert ended(agreement, [Word(0, 100, " ."), Word(100, 200, " .")]) == []


@pytest.mark.parametrize(
    ("one", "other"),
    [(" Hello,", "hello"), ("STRASSE", "straße"), ("２５%", " 25"), ("İki", "iki"), ("ISI", "ısı")],
)
def test_words_are_compared_without_case_and_punctuation(one: str, other: str) -> None:
    assert normalised(one) == normalised(other)


def test_vowel_signs_are_compared() -> None:
    assert normalised("कि") != normalised("की")


@pytest.mark.parametrize("nonsense", [{"lookahead_words": -1}, {"guard_ms": -1}])
def test_options_that_make_no_sense_are_refused(nonsense: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="negative"):
        AgreementOptions(**nonsense)


@st.composite
def speech(draw: st.DrawFn, distinct: bool = False) -> list[Word]:
    """What was really said, and when. `distinct`: no word twice."""
    spoken: list[Word] = []
    end_ms = draw(st.integers(0, 10_000))
    texts = st.lists(st.sampled_from(VOCABULARY), min_size=1, max_size=30)
    for index, text in enumerate(draw(texts)):
        start_ms = end_ms + draw(st.integers(0, 150))
        end_ms = start_ms + draw(st.integers(150, 500))
        spoken.append(Word(start_ms, end_ms, f" {text}{index if distinct else ''}"))
    return spoken


def as_recognised(draw: Draw, words: list[Word]) -> list[Word]:
    """The words spelt somehow, each time off by up to 300 ms, but in order."""
    shift = st.integers(-WOBBLE_MS, WOBBLE_MS)
    times = sorted(time + draw(shift) for word in words for time in (word.start_ms, word.end_ms))
    spelling = st.tuples(
        st.sampled_from((str.lower, str.upper, str.title)), st.sampled_from(("", "", ",", ".", "?", "..."))
    )
    texts = [case(word.text) + mark for word in words for case, mark in [draw(spelling)]]
    return [Word(start, end, text) for start, end, text in zip(times[::2], times[1::2], texts, strict=True)]


def as_heard(draw: Draw, words: list[Word], begin_ms: int, end_ms: int) -> list[Word]:
    """A hypothesis of the audio between, with something in place of the words that are cut in two."""
    inside = [word for word in words if word.end_ms > begin_ms + 50 and word.start_ms < end_ms - 50]
    if inside and inside[0].start_ms < begin_ms - 50:
        inside[0] = replace(inside[0], start_ms=begin_ms, text=f" -{inside[0].text[-1:]}")
    if inside and inside[-1].end_ms > end_ms:
        cut_off = st.sampled_from((" the", " ha", " bo.", " Thank you."))
        inside[-1] = replace(inside[-1], end_ms=end_ms, text=draw(cut_off))
    return as_recognised(draw, inside)


def plain(words: list[Word]) -> list[str]:
    return [normalised(word.text) for word in words]


@given(speech(), st.data())
@settings(max_examples=80, suppress_health_check=[HealthCheck.too_slow])
def test_no_word_is_lost_or_committed_twice_when_times_and_spelling_wobble(
    spoken: list[Word], data: st.DataObject
) -> None:
    agreement = Agreement()
    committed: list[Word] = []
    ends_ms = st.lists(st.integers(spoken[0].start_ms, spoken[-1].end_ms), max_size=12)
    for end_ms in sorted(data.draw(ends_ms)):
        committed += agreement.feed(as_heard(data.draw, spoken, 0, end_ms), end_ms)
        assert list(agreement.committed) == committed
    committed += ended(agreement, as_recognised(data.draw, spoken))
    assert plain(committed) == plain(spoken)
    assert agreement.tentative == ()


@given(speech(distinct=True), st.data())
@settings(max_examples=80, suppress_health_check=[HealthCheck.too_slow])
def test_nor_when_audio_is_forgotten_on_the_way(spoken: list[Word], data: st.DataObject) -> None:
    agreement = Agreement()
    committed: list[Word] = []
    begin_ms = 0
    for end_ms in range(spoken[0].start_ms, spoken[-1].end_ms, data.draw(st.integers(200, 1500))):
        committed += agreement.feed(as_heard(data.draw, spoken, begin_ms, end_ms))
        far_back = [word.end_ms for word in committed if word.end_ms <= committed[-1].end_ms - 2000]
        if far_back and far_back[-1] > begin_ms and data.draw(st.booleans()):
            begin_ms = far_back[-1]
            agreement.forget_before(begin_ms)
    committed += ended(agreement, as_heard(data.draw, spoken, begin_ms, spoken[-1].end_ms))
    assert plain(committed) == plain(spoken)


@given(st.lists(st.sampled_from(VOCABULARY), max_size=20), st.integers(0, 4))
def test_the_same_hypothesis_twice_commits_all_but_the_lookahead(texts: list[str], lookahead: int) -> None:
    agreement = Agreement(AgreementOptions(lookahead_words=lookahead))
    words = said(" ".join(texts))
    agreement.feed(words)
    settled = agreement.feed(words)
    assert settled == words[: max(0, len(words) - lookahead)]
    assert settled + agreement.settle() == words
