# Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
"""Where speech begins, pauses and ends, from one speech probability for each window. Pure.

    QUIET    --speech-->                  STARTING
    STARTING --silence-->                 QUIET      (a click or a cough, ignored)
    STARTING --speech for min_speech-->   SPEAKING   emits SpeechStarted
    SPEAKING --silence-->                 PAUSING
    PAUSING  --speech-->                  SPEAKING
    PAUSING  --silence for end-->         QUIET      emits SpeechEnded
    SPEAKING, PAUSING --flush-->          QUIET      emits SpeechEnded
    STARTING --flush-->                   QUIET

Speech begins at a window whose probability reaches `threshold` and goes on until one falls below
`release_threshold`, so that a probability that hovers between the two changes nothing.
"""

from dataclasses import dataclass
from enum import Enum, auto

from media.core.windows import WINDOW_MS


@dataclass(frozen=True, slots=True, kw_only=True)
class SegmenterOptions:
    """How much speech makes an utterance and how much silence ends it."""

    threshold: float = 0.5
    """Speech probability, 0 to 1, at which silence turns into speech."""
    release_threshold: float = 0.35
    """Speech probability below which speech turns into silence; at most `threshold`."""
    min_speech_ms: int = 96
    """Shorter bursts of speech are ignored."""
    pre_roll_ms: int = 300
    """Audio before the first window of speech that belongs to the utterance: quiet consonants are in it."""
    end_ms: int = 2_500
    """Silence that ends the utterance."""
    post_roll_ms: int = 200
    """Silence after the last window of speech that belongs to the utterance; at most `end_ms`."""

    def __post_init__(self) -> None:
        if not 0 < self.release_threshold <= self.threshold <= 1:
            raise ValueError("0 < release_threshold <= threshold <= 1 does not hold")
        if min(self.min_speech_ms, self.pre_roll_ms, self.post_roll_ms) < 0:
            raise ValueError("min_speech_ms, pre_roll_ms and post_roll_ms are not negative")
        if self.end_ms <= 0:
            raise ValueError("end_ms is positive")
        if self.post_roll_ms > self.end_ms:
            raise ValueError("post_roll_ms is at most end_ms: later audio is not there yet")


@dataclass(frozen=True, slots=True)
class SpeechStarted:
    """An utterance has begun."""

    start_ms: int
    """Where its audio begins: with the pre-roll, but never inside the utterance before."""


@dataclass(frozen=True, slots=True)
class SpeechEnded:
    """The utterance is over."""

    speech_end_ms: int
    """End of the last window of speech."""
    end_ms: int
    """Where its audio ends: with the post-roll, but never after the audio that there is."""


SpeechEvent = SpeechStarted | SpeechEnded


class _State(Enum):
    QUIET = auto()
    STARTING = auto()
    SPEAKING = auto()
    PAUSING = auto()


class Segmenter:
    """Feed it the probability of each window in turn; its time is the time of the windows fed."""

    def __init__(self, options: SegmenterOptions | None = None) -> None:
        self._options = options or SegmenterOptions()
        self._state = _State.QUIET
        self._position_ms = 0
        self._speech_start_ms = 0
        self._speech_end_ms = 0
        self._previous_end_ms = 0

    @property
    def position_ms(self) -> int:
        """Audio fed so far, in milliseconds since the first sample."""
        return self._position_ms

    @property
    def speech_end_ms(self) -> int:
        """End of the last window of speech, before `position_ms` while there is silence."""
        return self._speech_end_ms

    def feed(self, probability: float) -> list[SpeechEvent]:
        """What the next window, with this speech probability (0 to 1), brings about."""
        self._position_ms += WINDOW_MS
        if probability >= self._threshold():
            return self._hear_speech()
        return self._hear_silence()

    def flush(self) -> list[SpeechEvent]:
        """Ends the utterance, if there is one, where the audio ends."""
        match self._state:
            case _State.SPEAKING | _State.PAUSING:
                return [self._end()]
            case _State.QUIET | _State.STARTING:
                self._state = _State.QUIET
                return []

    def _threshold(self) -> float:
        if self._state in (_State.STARTING, _State.SPEAKING):
            return self._options.release_threshold
        return self._options.threshold

    def _hear_speech(self) -> list[SpeechEvent]:
        self._speech_end_ms = self._position_ms
        match self._state:
            case _State.QUIET:
                self._speech_start_ms = self._position_ms - WINDOW_MS
                self._state = _State.STARTING
                return self._start_if_long_enough()
            case _State.STARTING:
                return self._start_if_long_enough()
            case _State.SPEAKING | _State.PAUSING:
                self._state = _State.SPEAKING
                return []

    def _hear_silence(self) -> list[SpeechEvent]:
        match self._state:
            case _State.QUIET | _State.STARTING:
                self._state = _State.QUIET
                return []
            case _State.SPEAKING | _State.PAUSING:
                self._state = _State.PAUSING
                return self._end_if_long_enough()

    def _start_if_long_enough(self) -> list[SpeechEvent]:
        if self._position_ms - self._speech_start_ms < self._options.min_speech_ms:
            return []
        self._state = _State.SPEAKING
        start_ms = max(self._previous_end_ms, self._speech_start_ms - self._options.pre_roll_ms)
        return [SpeechStarted(start_ms)]

    def _end_if_long_enough(self) -> list[SpeechEvent]:
        if self._silence_ms() < self._options.end_ms:
            return []
        return [self._end()]

    def _end(self) -> SpeechEnded:
        self._state = _State.QUIET
        end_ms = min(self._position_ms, self._speech_end_ms + self._options.post_roll_ms)
        self._previous_end_ms = end_ms
        return SpeechEnded(self._speech_end_ms, end_ms)

    def _silence_ms(self) -> int:
        return self._position_ms - self._speech_end_ms
