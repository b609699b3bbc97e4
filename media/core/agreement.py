# Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
"""Which words of a growing utterance have settled: those on which two hypotheses in a row agree. Pure.

LocalAgreement-2 (Macháček, Dabre, Bojar: "Turning Whisper into Real-Time Transcription System", 2023), by
words and their times. Each hypothesis is about the same utterance, heard a little further. Whisper spells a
word anew each time and its times wobble by some 0.3 s, so committed words are found again by their text first
(see `alignment.py`) and by time where the text has changed.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import accumulate, chain, pairwise

from media.core.alignment import count_repeated, normalised, split_spaceless
from media.core.words import Word

_REACH_MS = 1_500
"""Committed words this long before forgotten audio are kept: times wobble, they may be heard once more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AgreementOptions:
    """How much must be known before a word is committed."""

    lookahead_words: int = 1
    """Words that must follow in both hypotheses: the last ones still change their form and punctuation."""
    guard_ms: int = 200
    """A word that ends this close to the end of the audio may be cut off, and waits."""

    def __post_init__(self) -> None:
        if self.lookahead_words < 0 or self.guard_ms < 0:
            raise ValueError("lookahead_words and guard_ms are not negative")


class Agreement:
    """Feed it each hypothesis of an utterance; `settle` when the speaker has paused."""

    def __init__(self, options: AgreementOptions | None = None) -> None:
        self._options = options or AgreementOptions()
        self._committed: list[Word] = []
        self._tentative: list[Word] = []
        self._forgotten_ms: int | None = None

    @property
    def committed(self) -> tuple[Word, ...]:
        """The utterance's committed words; after `forget_before` at least those that are not forgotten."""
        return tuple(self._committed)

    @property
    def tentative(self) -> tuple[Word, ...]:
        """What the newest hypothesis has after the committed words."""
        return tuple(self._tentative)

    def feed(
        self,
        hypothesis_words: Sequence[Word],
        audio_end_ms: int | None = None,
        *,
        after_committed: bool = False,
    ) -> list[Word]:
        """The words that this hypothesis settles, in its spelling.

        `audio_end_ms`: where the audio of the hypothesis ends, if the guard is wanted. `after_committed`: the
        hypothesis goes on behind the committed words; else it begins with them again.
        """
        rest = _units(hypothesis_words) if after_committed else self._uncommitted(hypothesis_words)
        count = _agreed(self._tentative, rest) - self._options.lookahead_words
        settled = rest[: max(0, count)]
        if audio_end_ms is not None:
            settled = _before(settled, audio_end_ms - self._options.guard_ms)
        self._committed.extend(settled)
        self._tentative = rest[len(settled) :]
        return settled

    def settle(self, before_ms: float = math.inf) -> list[Word]:
        """The speaker has paused: commits what is tentative and ends by `before_ms`, lets go of the rest."""
        settled = [word for word in self._tentative if word.end_ms <= before_ms]
        self._committed.extend(settled)
        self._tentative = []
        return settled

    def forget_before(self, ms: int) -> None:
        """The audio before `ms` is gone: the next hypothesis begins about there.

        Leave a second or two of committed words in the audio, for the next hypothesis to be found by.
        """
        self._forgotten_ms = ms
        self._committed = [word for word in self._committed if word.end_ms > ms - _REACH_MS]

    def _uncommitted(self, words: Sequence[Word]) -> list[Word]:
        units = _units(words)
        return units[count_repeated(self._committed, units, self._forgotten_ms) :]


def _agreed(former: Sequence[Word], latter: Sequence[Word]) -> int:
    """How many words the two begin with in common."""
    for index, (one, other) in enumerate(zip(former, latter, strict=False)):
        if normalised(one.text) != normalised(other.text):
            return index
    return min(len(former), len(latter))


def _before(words: Sequence[Word], ms: int) -> list[Word]:
    """The words up to the first that ends after `ms`."""
    for index, word in enumerate(words):
        if word.end_ms > ms:
            return list(words[:index])
    return list(words)


def _units(words: Sequence[Word]) -> list[Word]:
    """What is compared: words with the punctuation around them, or single characters (kana, Han).

    The latter where no spaces are written: Whisper groups the characters differently each time.
    """
    units: list[Word] = []
    opening: Word | None = None
    for word in chain.from_iterable(map(_characters, words)):
        if normalised(word.text):
            units.append(_joined(opening, word) if opening else word)
            opening = None
        elif units:
            units[-1] = _joined(units[-1], word)
        else:
            opening = _joined(opening, word) if opening else word
    return units


def _joined(first: Word, second: Word) -> Word:
    probability = second.probability if not normalised(first.text) else first.probability
    end_ms = max(first.end_ms, second.end_ms)
    return Word(min(first.start_ms, second.start_ms), end_ms, first.text + second.text, probability)


def _characters(word: Word) -> list[Word]:
    """A word with characters of a script without spaces, in parts: each of those, and what is between them.

    The word's time is divided among them by length.
    """
    parts = split_spaceless(word.text)
    if len(parts) < 2:
        return [word]
    lengths = accumulate(map(len, parts), initial=0)
    span_ms = word.end_ms - word.start_ms
    edges = [word.start_ms + span_ms * length // len(word.text) for length in lengths]
    times = pairwise(edges)
    return [
        replace(word, start_ms=start_ms, end_ms=end_ms, text=part)
        for part, (start_ms, end_ms) in zip(parts, times, strict=True)
    ]
