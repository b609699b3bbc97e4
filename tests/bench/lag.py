# Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
"""How long after a word was spoken it stood on screen, and how long until it was settled. Pure.

When a word was spoken is known of an offline decode with word times; live words are those that an alignment
of both texts matches with one of its words.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from tests.bench.shown import Screen, final_text, screens
from tests.peers import Arrived
from tests.speech import normalised_words

TOO_EARLY_S = 0.3
"""A word that was shown so long before it began was another one; Whisper's word times are no better."""
_FURTHER_WORDS = 4
"""How far beyond the number of words on screen the final text is searched for them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SpokenWord:
    """One normalised word and when it was spoken, in seconds of the clip."""

    text: str
    start_s: float
    end_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class WordLag:
    """One word that was heard live as it was offline. Times in seconds."""

    text: str
    end_s: float
    """When it had been spoken, in the clip."""
    shown_s: float | None
    """From then to its first appearance."""
    settled_s: float | None
    """From then to its settling."""


def spoken_words(words: Sequence[tuple[str, float, float]]) -> list[SpokenWord]:
    """Whisper's words (text, start, end), normalised: one may hold several."""
    return [
        SpokenWord(text=part, start_s=start, end_s=end)
        for text, start, end in words
        for part in normalised_words(text)
    ]


def matches(ours: Sequence[str], theirs: Sequence[str]) -> dict[int, int]:
    """Places of equal words in both, in order: ours -> theirs."""
    blocks = SequenceMatcher(None, ours, theirs, autojunk=False).get_matching_blocks()
    return {block.a + step: block.b + step for block in blocks for step in range(block.size)}


def word_lags(arrived: Arrived, spoken: Sequence[SpokenWord], started: float) -> list[WordLag]:
    """Of each matched word. `started`: when the clip's first sample was spoken, on the clock of `arrived`."""
    words = normalised_words(final_text(arrived))
    pairs = matches(words, [one.text for one in spoken])
    begun = {live: started + spoken[place].start_s for live, place in pairs.items()}
    shown, settled = _first_moments(screens(arrived), words, begun)
    return [
        WordLag(
            text=words[live],
            end_s=spoken[place].end_s,
            shown_s=_since(started + spoken[place].end_s, shown.get(live)),
            settled_s=_since(started + spoken[place].end_s, settled.get(live)),
        )
        for live, place in pairs.items()
    ]


def _first_moments(
    seen: Iterator[Screen], words: Sequence[str], begun: dict[int, float]
) -> tuple[dict[int, float], dict[int, float]]:
    """When each of the final words was first shown, and first settled."""
    shown: dict[int, float] = {}
    settled: dict[int, float] = {}
    for screen in seen:
        for place, word in _placed(screen.words, words).items():
            if screen.at < begun.get(word, 0.0) - TOO_EARLY_S:
                continue
            shown.setdefault(word, screen.at)
            if screen.settled[place]:
                settled.setdefault(word, screen.at)
    return shown, settled


def _placed(on_screen: Sequence[str], words: Sequence[str]) -> dict[int, int]:
    """Which word on screen is which of the final ones."""
    same = 0
    while same < min(len(on_screen), len(words)) and on_screen[same] == words[same]:
        same += 1
    placed = {index: index for index in range(same)}
    end = len(on_screen) + _FURTHER_WORDS
    rest = matches(on_screen[same:], words[same:end])
    return placed | {same + ours: same + theirs for ours, theirs in rest.items()}


def _since(moment: float, then: float | None) -> float | None:
    return None if then is None else round(then - moment, 3)
