# Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
"""Where Whisper's text goes in circles. Pure."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import accumulate

from media.core.alignment import normalised
from media.core.words import Segment, Word

_LONGEST_LOOP_WORDS = 24
_LONG_PHRASE_WORDS = 5
_LONGEST_LOOP_CHARS = 4
_LONGEST_ROUND_CHARS = 40
_CIRCLING = 0.5
"""How much of a text is one loop, where it does nothing but circle."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LoopLimits:
    """How often something may be said in a row; at least once."""

    phrase: int
    """Of two or more words. One that is said more often is kept once; a long one, if it is said so often."""
    word: int
    """A word that is said more often is kept so many times."""


def circles(text: str, rounds: int) -> bool:
    """Whether most of `text` is one thing said at least so many times, 2 or more, in a row."""
    letters = normalised(text)
    loops = sum(end - start for start, end in _circles(letters, rounds))
    return loops > _CIRCLING * len(letters)


def without_circles(segment: Segment, rounds: int) -> Segment:
    """The segment without words or letters that come at least so many times, 2 or more, in a row."""
    texts = [normalised(word.text) for word in segment.words]
    ends = list(accumulate(map(len, texts)))
    spans = _circles("".join(texts), rounds)
    kept = tuple(
        word
        for word, text, end in zip(segment.words, texts, ends, strict=True)
        if not any(start <= end - len(text) and end <= stop for start, stop in spans)
    )
    return replace(segment, words=kept)


def without_stutter(segment: Segment, limit: int) -> Segment:
    """The segment with letters that are repeated inside a word kept so many times."""
    return replace(segment, words=tuple(_without_stutter(word, limit) for word in segment.words))


def without_loops(segments: Sequence[Segment], limits: LoopLimits) -> list[Segment]:
    """The segments without the words that only repeat what was said, also across segments."""
    words = [word for segment in segments for word in segment.words]
    kept = _unlooped([normalised(word.text) for word in words], limits)
    result: list[Segment] = []
    position = 0
    for segment in segments:
        indices = range(position, position + len(segment.words))
        result.append(replace(segment, words=tuple(words[index] for index in indices if index in kept)))
        position += len(segment.words)
    return result


def _circles(letters: str, rounds: int) -> list[tuple[int, int]]:
    """Where they begin and end, with a last round that the text's end cuts off.

    Zeros do not count: they are in numbers.
    """
    pattern = rf"((?!0)\w.{{0,{_LONGEST_ROUND_CHARS - 1}}}?)\1{{{rounds - 1},}}"
    loops = re.finditer(pattern, letters)
    return [
        (loop.start(), len(letters) if loop[1].startswith(letters[loop.end() :]) else loop.end())
        for loop in loops
    ]


def _without_stutter(word: Word, limit: int) -> Word:
    pattern = rf"([^\W\d_]{{1,{_LONGEST_LOOP_CHARS}}}?)\1{{{limit},}}"
    text = re.sub(pattern, lambda match: match[1] * limit, word.text)
    return word if text == word.text else replace(word, text=text)


def _unlooped(texts: Sequence[str], limits: LoopLimits) -> set[int]:
    """The indices of the words that stay when loops are cut."""
    kept: set[int] = set()
    index = 0
    while index < len(texts):
        length, rounds = _loop_at(texts, index, limits)
        stays = limits.word if length == 1 else length
        kept.update(range(index, index + stays) if rounds else (index,))
        index += length * rounds or 1
    return kept


def _loop_at(texts: Sequence[str], start: int, limits: LoopLimits) -> tuple[int, int]:
    """The shortest phrase from here that is said too often: its words and how often; or zeros."""
    for length in range(1, min(_LONGEST_LOOP_WORDS, (len(texts) - start) // 2) + 1):
        rounds = _rounds(texts, start, length)
        if rounds > _most_rounds(length, limits):
            return length, rounds
    return 0, 0


def _most_rounds(length: int, limits: LoopLimits) -> int:
    if length == 1:
        return limits.word
    return limits.phrase if length < _LONG_PHRASE_WORDS else max(1, limits.phrase - 1)


def _rounds(texts: Sequence[str], start: int, length: int) -> int:
    phrase = texts[start : start + length]
    rounds = 1
    while texts[start + rounds * length : start + (rounds + 1) * length] == phrase:
        rounds += 1
    return rounds
