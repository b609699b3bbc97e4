# Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
"""The place that a search has found, cut to a size for showing, with what was sought set apart. Pure."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

Side = Literal["title", "source", "translation"]
Token = tuple[str, str]
"""The language of a text, and a word in it."""
Span = tuple[int, int]
"""Where a hit begins and where it has ended, in code points."""

_WORD = re.compile(r"\w+")
SNIPPET_CHARS = 160
"""About how long a snippet is."""
_CONTEXT_CHARS = 60
"""How much stands before the first hit."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a snippet: what was sought, or what stands around it."""

    text: str
    hit: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """Where what was sought stands."""

    paragraph_index: int | None
    """None where it is the title."""
    side: Side
    snippet: tuple[Piece, ...]
    """Plain text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A paragraph or a title that search has found."""

    paragraph_index: int | None
    """None where it is the title."""
    sides: tuple[tuple[Side, str, str], ...]
    """Which side, a language that it may be in, and its text."""

    @property
    def tokens(self) -> set[Token]:
        """All words, each with its language."""
        return {(language, word) for _, language, text in self.sides for word in _WORD.findall(text)}


def match_of(place: Place, sought: Sequence[str], forms: set[Token]) -> Match:
    """The side that has most of what was sought; the first one where both have as much.

    `sought`: parts of words, without case and accents; `forms`: whole words.
    """
    found = [
        (side, text, joined([*spans_of_parts(text, sought), *_spans_of_forms(text, language, forms)]))
        for side, language, text in place.sides
    ]
    side, text, hits = max(found, key=lambda one: len(one[2]))
    return Match(paragraph_index=place.paragraph_index, side=side, snippet=snippet(text, hits))


def _spans_of_forms(text: str, language: str, forms: set[Token]) -> list[Span]:
    return [match.span() for match in _WORD.finditer(text) if (language, match.group()) in forms]


def spans_of_parts(text: str, sought: Sequence[str]) -> list[Span]:
    """Where one of these stands in the text, whatever the case and accents."""
    folded, origins = _folded(text)
    spans = []
    for part in filter(None, (_folded(word)[0] for word in sought)):
        start = folded.find(part)
        while start >= 0:
            end = start + len(part)
            spans.append((origins[start], _past_marks(text, origins[end - 1] + 1)))
            start = folded.find(part, end)
    return joined(spans)


def _past_marks(text: str, at: int) -> int:
    """An accent stays with its letter."""
    while at < len(text) and unicodedata.category(text[at]) == "Mn":
        at += 1
    return at


def _folded(text: str) -> tuple[str, list[int]]:
    """The text without case and accents, and for each character of that where it came from."""
    characters, origins = [], []
    for index, character in enumerate(text):
        for folded in unicodedata.normalize("NFKD", character.lower()).replace("ß", "ss"):
            if unicodedata.category(folded) != "Mn":
                characters.append(folded)
                origins.append(index)
    return "".join(characters), origins


def initial(word: str) -> str:
    """The first letter, without case and accents."""
    return _folded(word[:1])[0][:1]


def joined(spans: Sequence[Span]) -> list[Span]:
    """In order, and those that touch or overlap as one."""
    result: list[Span] = []
    for start, end in sorted(spans):
        if result and start <= result[-1][1]:
            result[-1] = (result[-1][0], max(result[-1][1], end))
        else:
            result.append((start, end))
    return result


def snippet(text: str, hits: Sequence[Span]) -> tuple[Piece, ...]:
    """The text around the first hit; … stands for what is left out."""
    start = _word_start(text, hits[0][0] - _CONTEXT_CHARS) if hits else 0
    end = _word_end(text, max(start + SNIPPET_CHARS, hits[0][1] if hits else 0))
    pieces = []
    at = start
    for hit_start, hit_end in hits:
        if hit_start >= end:
            break
        pieces += [Piece(text[at:hit_start], False), Piece(text[hit_start : min(hit_end, end)], True)]
        at = min(hit_end, end)
    pieces.append(Piece(text[at:end], False))
    gap = Piece("…", False)
    return (*[gap] * (start > 0), *(piece for piece in pieces if piece.text), *[gap] * (end < len(text)))


def _word_start(text: str, at: int) -> int:
    """The next beginning of a word within a few characters, if there is one."""
    if at <= 0:
        return 0
    space = text.find(" ", at, at + 20)
    return space + 1 if space >= 0 else at


def _word_end(text: str, at: int) -> int:
    if at >= len(text):
        return len(text)
    space = text.rfind(" ", max(0, at - 20), at)
    return space if space >= 0 else at
