# Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
"""Snippets: hits where they are, and nothing but the text around them."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from db.places import SNIPPET_CHARS, Piece, Place, initial, joined, match_of, snippet, spans_of_parts

spans = st.tuples(st.integers(0, 300), st.integers(1, 20)).map(lambda pair: (pair[0], sum(pair)))


def shown(pieces: tuple[Piece, ...]) -> str:
    return "".join(f"[{piece.text}]" if piece.hit else piece.text for piece in pieces)


@pytest.mark.parametrize(
    ("text", "part", "expected"),
    [
        ("ÜBER Übermut", "uber", "[ÜBER] [Über]mut"),
        ("Straße", "strasse", "[Straße]"),
        ("Straße", "as", "Str[aß]e"),
        ("e\u0301te\u0301", "ete", "[e\u0301te\u0301]"),
        ("ﬁnden", "find", "[ﬁnd]en"),
        ("aaaa", "aa", "[aaaa]"),
        ("nothing", "", "nothing"),
        ("nothing", "\u0301", "nothing"),
        ("한국어", "국어", "한[국어]"),
    ],
)
def test_parts_are_found_whatever_the_case_and_accents(text: str, part: str, expected: str) -> None:
    assert shown(snippet(text, spans_of_parts(text, [part]))) == expected


@given(st.text(max_size=400), st.text(min_size=1, max_size=5))
def test_every_part_stands_where_it_is_said_to_stand(text: str, part: str) -> None:
    for start, end in spans_of_parts(text, [part]):
        assert 0 <= start < end <= len(text)
        assert spans_of_parts(text[start:end], [part])


@given(st.lists(spans))
def test_joined_spans_are_in_order_and_apart(some: list[tuple[int, int]]) -> None:
    result = joined(some)
    assert all(one[1] < after[0] for one, after in pairwise(result))
    covered = {at for start, end in some for at in range(start, end)}
    assert {at for start, end in result for at in range(start, end)} == covered


@given(st.text(max_size=600), st.lists(spans, max_size=5))
def test_a_snippet_is_a_stretch_of_the_text(text: str, some: list[tuple[int, int]]) -> None:
    hits = [(start, min(end, len(text))) for start, end in joined(some) if start < len(text)]
    pieces = list(snippet(text, hits))
    if pieces and pieces[0] == Piece("…", False) and not text.startswith("…"):
        del pieces[0]
    if pieces and pieces[-1] == Piece("…", False) and not text.endswith("…"):
        del pieces[-1]
    assert "".join(piece.text for piece in pieces) in text
    assert any(piece.hit for piece in pieces) or not hits
    assert (
        sum(len(piece.text) for piece in pieces)
        <= max(SNIPPET_CHARS, *(end - start for start, end in hits), 0) * 2
    )


def test_the_side_with_most_hits_is_shown() -> None:
    place = Place(
        paragraph_index=3, sides=(("source", "en", "The hand."), ("translation", "de", "Hand in Hand."))
    )
    match = match_of(place, ["hand"], set())
    assert (match.side, match.paragraph_index) == ("translation", 3)
    assert match_of(place, ["the"], set()).side == "source"
    assert shown(match_of(place, [], {("de", "in")}).snippet) == "Hand [in] Hand."


@pytest.mark.parametrize(("word", "letter"), [("Äpfel", "a"), ("ёж", "е"), ("", ""), ("北京", "北")])
def test_the_first_letter_has_neither_case_nor_accents(word: str, letter: str) -> None:
    assert initial(word) == letter
