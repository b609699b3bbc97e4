# Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
"""Paragraphs as subtitles: short cues with times, two lines a side at the most. Pure."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

LINE_CHARS = 42
"""How wide a line is; characters as wide as Chinese ones count twice."""
LINES = 2
SHORTEST_MS = 1000
"""How long a paragraph is shown at least whose end is not known, or that has none."""

# Where a text may be cut, and how much farther from the middle such a place may be than the next worse one.
_CUTS = (
    (re.compile(r"(?<=[.!?…])\s+|(?<=[。！？])"), 0),
    (re.compile(r"(?<=[,;:])\s+|(?<=[，、；：])"), 8),
    (re.compile(r"\s+"), 16),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Spoken:
    """One paragraph with its times from the conversation's start."""

    start_ms: int
    end_ms: int
    texts: tuple[str, ...]
    """One side, or both."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cue:
    """What is shown at a time."""

    start_ms: int
    end_ms: int
    lines: tuple[str, ...]


def cues_of(paragraphs: Sequence[Spoken]) -> list[Cue]:
    """Cues in order; none lasts into the next paragraph."""
    ends = [
        max(start.start_ms + 1, min(start.end_ms, after.start_ms)) for start, after in pairwise(paragraphs)
    ]
    ends += [paragraph.end_ms for paragraph in paragraphs[-1:]]
    return [
        cue for paragraph, end_ms in zip(paragraphs, ends, strict=True) for cue in _cues(paragraph, end_ms)
    ]


def srt(cues: Iterable[Cue]) -> str:
    """SubRip. It knows no way to write `<i>` as text, so that a mark that is not seen breaks the tag."""
    return "\n".join(
        f"{number}\n{_time(cue.start_ms, ',')} --> {_time(cue.end_ms, ',')}\n"
        + "".join(f"{_not_a_tag(line)}\n" for line in cue.lines)
        for number, cue in enumerate(cues, 1)
    )


def vtt(cues: Iterable[Cue]) -> str:
    """WebVTT."""
    return "WEBVTT\n" + "".join(
        f"\n{_time(cue.start_ms, '.')} --> {_time(cue.end_ms, '.')}\n"
        + "".join(f"{_entities(line)}\n" for line in cue.lines)
        for cue in cues
    )


def _cues(paragraph: Spoken, end_ms: int) -> list[Cue]:
    count = max((-(-_width(text) // (LINE_CHARS * LINES)) for text in paragraph.texts), default=0)
    if count == 0:
        return []
    columns = [_stretched(text, count) for text in paragraph.texts]
    shares = [sum(map(len, texts)) + 1 for texts in zip(*columns, strict=True)]
    duration_ms = end_ms - paragraph.start_ms
    cues = []
    for index, texts in enumerate(zip(*columns, strict=True)):
        before, through = sum(shares[:index]), sum(shares[: index + 1])
        lines = tuple(line for text in texts for line in _lines(text))
        start = paragraph.start_ms + duration_ms * before // sum(shares)
        end = paragraph.start_ms + duration_ms * through // sum(shares)
        if lines:
            cues.append(Cue(start_ms=start, end_ms=max(end, start + 1), lines=lines))
    return cues


def _stretched(text: str, count: int) -> list[str]:
    """A part of the text for each cue; where it is much shorter than the other side, parts stay for more."""
    parts = split_evenly(text, min(count, max(1, _width(text) // (LINE_CHARS // 2)))) or [""]
    return [parts[index * len(parts) // count] for index in range(count)]


def _lines(text: str) -> list[str]:
    return split_evenly(text, -(-_width(text) // LINE_CHARS)) if text else []


def split_evenly(text: str, count: int) -> list[str]:
    """The text in so many parts of about the same length, or fewer, cut between words where it has any."""
    parts, rest = [], text.strip()
    for left in range(count, 1, -1):
        cut = _cut(rest, len(rest) // left)
        parts.append(rest[:cut].strip())
        rest = rest[cut:].strip()
    return [part for part in (*parts, rest) if part]


def _cut(text: str, ideal: int) -> int:
    """The best place near the ideal one."""
    places = [
        (abs(found.end() - ideal) + penalty, found.end())
        for pattern, penalty in _CUTS
        for found in pattern.finditer(text)
        if ideal / 2 <= found.end() <= ideal * 1.5
    ]
    if places:
        return min(places)[1]
    cut = ideal
    while cut < len(text) and unicodedata.category(text[cut])[0] == "M":
        cut += 1
    return cut


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)


def _time(ms: int, point: str) -> str:
    seconds, ms = divmod(ms, 1000)
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02}:{minutes:02}:{seconds:02}{point}{ms:03}"


def _not_a_tag(line: str) -> str:
    return re.sub(r"(<)(?=[a-zA-Z/!])|(\{)(?=\\)|(--)(?=>)", "\\g<0>\N{WORD JOINER}", line)


def _entities(line: str) -> str:
    return line.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
