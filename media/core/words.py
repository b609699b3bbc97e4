# Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
"""Recognised words and how they join into text. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Word:
    """One recognised word with its place in audio time."""

    start_ms: int
    """Milliseconds since the first sample of the conversation."""
    end_ms: int
    """Not before `start_ms`."""
    text: str
    """As Whisper writes it: with the space before it, where its language has one, and its punctuation."""
    probability: float = 1.0
    """The engine's own confidence, 0 to 1."""


@dataclass(frozen=True, slots=True)
class Segment:
    """A run of words that Whisper decoded together, with what it says of its own certainty."""

    words: tuple[Word, ...]
    no_speech_probability: float = 0.0
    """0 to 1: how likely it is that nothing was said."""
    mean_log_probability: float = 0.0
    """Mean natural logarithm of the tokens' probabilities; at most 0."""
    compression_ratio: float = 1.0
    """Length of the text over its length when compressed; repetition makes it large."""


@dataclass(frozen=True, slots=True)
class Hypothesis:
    """One answer of Whisper about an utterance as it was at some moment."""

    segments: tuple[Segment, ...]
    language: str = ""
    """ISO 639-1 code, or an empty string where the engine does not say."""
    after_prefix: bool = False
    """Whether these are only the words after the prefix that the engine was given."""

    @property
    def words(self) -> tuple[Word, ...]:
        """All words, in order."""
        return tuple(word for segment in self.segments for word in segment.words)


def text_of(words: Iterable[Word]) -> str:
    """The words as one text, without white space at its ends."""
    return "".join(word.text for word in words).strip()
