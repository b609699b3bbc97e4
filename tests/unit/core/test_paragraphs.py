# Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
"""The life of a paragraph."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from media.core.paragraphs import (
    ParagraphClosed,
    ParagraphEvent,
    ParagraphOptions,
    Paragraphs,
    ParagraphUpdated,
)
from media.core.words import Word, text_of
from tests.unit.core.saying import said

SHORT = ParagraphOptions(max_chars=20, hard_max_chars=40)


def closed(events: list[ParagraphEvent]) -> list[str]:
    return [event.text for event in events if isinstance(event, ParagraphClosed)]


def test_a_paragraph_opens_at_its_first_word_even_a_tentative_one() -> None:
    paragraphs = Paragraphs()
    assert paragraphs.open_id is None
    assert paragraphs.update([], said("we", start_ms=500), "en") == [ParagraphUpdated(0, "we", 0, 500)]
    assert paragraphs.open_id == 0


def test_settled_words_are_stable_and_tentative_ones_are_not() -> None:
    paragraphs = Paragraphs()
    assert paragraphs.update(said("we went"), said("to see", 600), "en") == [
        ParagraphUpdated(0, "we went to see", 7, 0)
    ]
    assert paragraphs.update(said("to", 600), said("sea", 900), "en") == [
        ParagraphUpdated(0, "we went to sea", 10, 0)
    ]


def test_nothing_new_says_nothing() -> None:
    paragraphs = Paragraphs()
    assert paragraphs.update([], [], "en") == []
    paragraphs.update(said("we"), said("went", 300), "en")
    assert paragraphs.update([], said("went", 300), "en") == []


def test_stable_counts_code_points() -> None:
    (event,) = Paragraphs().update(said("café 👍"), [], "fr")
    assert isinstance(event, ParagraphUpdated)
    assert event.stable == 6


def test_a_pause_closes_the_paragraph_with_its_settled_words() -> None:
    paragraphs = Paragraphs()
    paragraphs.update(said("we went", start_ms=100), said("to"), "en")
    assert paragraphs.close(at_ms=900) == [ParagraphClosed(0, "we went", "en", 100, 900)]
    assert paragraphs.open_id is None
    assert paragraphs.close(at_ms=900) == []
    assert paragraphs.update([], said("then", 2000), "en") == [ParagraphUpdated(1, "then", 0, 2000)]


def test_words_that_vanish_leave_no_paragraph_behind_but_its_place() -> None:
    paragraphs = Paragraphs()
    paragraphs.update([], said("huh"), "en")
    assert paragraphs.close(at_ms=900) == [ParagraphUpdated(0, "", 0, 0)]
    assert paragraphs.open_id == 0
    assert paragraphs.close(at_ms=1200) == []
    assert paragraphs.update(said("yes", 5000), [], "en") == [ParagraphUpdated(0, "yes", 3, 5000)]


def test_the_end_of_the_conversation_closes_even_an_empty_paragraph() -> None:
    paragraphs = Paragraphs()
    paragraphs.update([], said("huh"), "en")
    assert paragraphs.flush(at_ms=900) == [ParagraphClosed(0, "", "", 0, 900)]
    assert paragraphs.open_id is None
    assert paragraphs.flush(at_ms=900) == []


def test_over_its_length_it_closes_where_a_sentence_ends() -> None:
    paragraphs = Paragraphs(SHORT)
    assert paragraphs.update(said("We went. We came back. Then we"), [], "en") == [
        ParagraphClosed(0, "We went.", "en", 0, 600),
        ParagraphClosed(1, "We came back.", "en", 600, 1500),
        ParagraphUpdated(2, "Then we", 7, 1500),
    ]


def test_a_cut_is_never_inside_what_was_stable() -> None:
    paragraphs = Paragraphs(SHORT)
    paragraphs.update(said("We went. We came"), [], "en")
    assert closed(paragraphs.update(said("back again", 1200), [], "en")) == []
    assert closed(paragraphs.update(said("today. Then", 1800), [], "en")) == [
        "We went. We came back again today."
    ]


def test_it_waits_for_the_word_that_makes_the_end_of_a_sentence_certain() -> None:
    paragraphs = Paragraphs(SHORT)
    assert closed(paragraphs.update(said("We went and came back."), [], "en")) == []
    assert closed(paragraphs.update([], said("Then", 1500), "en")) == ["We went and came back."]


def test_without_a_sentence_it_closes_at_a_clause() -> None:
    paragraphs = Paragraphs(SHORT)
    events = paragraphs.update(said("when we came, and saw it, we all went on and on"), [], "en")
    assert closed(events) == ["when we came, and saw it,"]


def test_without_a_clause_it_closes_after_a_word() -> None:
    paragraphs = Paragraphs(SHORT)
    events = paragraphs.update(said("one two three four five six seven eight nine ten"), [], "en")
    assert closed(events) == ["one two three four five six seven eight"]
    assert paragraphs.open_id == 1


def test_chinese_closes_after_a_full_stop() -> None:
    words = [
        Word(index * 100, index * 100 + 100, character) for index, character in enumerate("今天。" * 8 + "好")
    ]
    assert closed(Paragraphs(SHORT).update(words, [], "zh")) == ["今天。" * 6]


def test_paragraphs_do_not_overlap_in_time() -> None:
    paragraphs = Paragraphs()
    paragraphs.update(said("we went"), [], "en")
    paragraphs.close(at_ms=700)
    assert paragraphs.update(said("then", start_ms=550), [], "en") == [ParagraphUpdated(1, "then", 4, 700)]


def test_the_language_is_that_of_the_settled_words() -> None:
    paragraphs = Paragraphs()
    paragraphs.update(said("bonjour"), [], "fr")
    paragraphs.update([], said("hello"), "en")
    (event,) = paragraphs.close(at_ms=900)
    assert isinstance(event, ParagraphClosed)
    assert event.language == "fr"


def test_the_hard_limit_is_not_below_the_soft_one() -> None:
    with pytest.raises(ValueError, match="does not hold"):
        ParagraphOptions(max_chars=100, hard_max_chars=99)


some_words = st.lists(
    st.sampled_from(
        (" we", " went.", " Then", " Mr.", " 3.", "5", " ...", " and,", "今", "。", " ", " extraordinarily")
    )
).map(lambda texts: [Word(index * 100, index * 100 + 100, text) for index, text in enumerate(texts)])
steps = st.lists(st.one_of(st.tuples(some_words, some_words), st.none()), max_size=15)
"""Words that settle and words that may, or a pause."""


def lived(
    conversation: list[tuple[list[Word], list[Word]] | None],
) -> tuple[list[Word], list[ParagraphEvent]]:
    """The settled words of a conversation and all its events."""
    paragraphs = Paragraphs(SHORT)
    settled: list[Word] = []
    events: list[ParagraphEvent] = []
    for step in conversation:
        if step is None:
            events += paragraphs.close(at_ms=len(settled) * 100)
        else:
            settled += step[0]
            events += paragraphs.update(*step, "en")
    return settled, events + paragraphs.flush(at_ms=len(settled) * 100)


@given(steps)
def test_every_settled_word_is_in_one_paragraph_in_order(
    conversation: list[tuple[list[Word], list[Word]] | None],
) -> None:
    settled, events = lived(conversation)
    assert "".join("".join(closed(events)).split()) == "".join(text_of(settled).split())


@given(steps)
def test_one_paragraph_is_open_at_most_and_what_is_stable_or_closed_never_changes(
    conversation: list[tuple[list[Word], list[Word]] | None],
) -> None:
    _, events = lived(conversation)
    open_id, stable_text, ended_ms = 0, "", 0
    for event in events:
        assert event.paragraph_id == open_id
        assert event.text.startswith(stable_text)
        assert event.started_ms >= ended_ms
        match event:
            case ParagraphUpdated():
                assert event.text == event.text.strip()
                assert len(stable_text) <= event.stable <= len(event.text)
                stable_text = event.text[: event.stable]
            case ParagraphClosed():
                assert event.ended_ms >= event.started_ms
                open_id, stable_text, ended_ms = open_id + 1, "", event.ended_ms
    assert not events or isinstance(events[-1], ParagraphClosed)


def test_a_pause_between_settled_words_parts_them_where_they_were_heard_late() -> None:
    paragraphs = Paragraphs(ParagraphOptions(pause_ms=1_000))
    words = [
        Word(0, 400, " we"),
        Word(400, 800, " went"),
        Word(1_900, 2_300, " then"),
        Word(2_300, 2_700, " left"),
    ]
    events = paragraphs.update(words, (), "en")
    assert events == [
        ParagraphClosed(0, "we went", "en", 0, 800),
        ParagraphUpdated(1, "then left", 9, 1_900),
    ]


def test_a_pause_inside_stable_text_parts_nothing() -> None:
    paragraphs = Paragraphs(ParagraphOptions(pause_ms=1_000))
    paragraphs.update([Word(0, 400, " we"), Word(400, 900, " went")], (), "en")
    assert paragraphs.update([Word(1_700, 2_300, " home")], (), "en") == [
        ParagraphUpdated(0, "we went home", 12, 0)
    ]
    assert paragraphs.update([Word(3_400, 3_700, " late")], (), "en") == [
        ParagraphClosed(0, "we went home", "en", 0, 2_300),
        ParagraphUpdated(1, "late", 4, 3_400),
    ]
