# Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
"""Stage 1: frames become utterances. It never waits for a model server."""

from collections import deque
from collections.abc import AsyncIterator, Callable
from typing import Protocol

from av import AudioFrame

from media.audio import Resampler
from media.core.segmenter import (
    Segmenter,
    SegmenterOptions,
    SpeechEnded,
    SpeechEvent,
    SpeechPaused,
    SpeechResumed,
    SpeechStarted,
)
from media.core.windows import WINDOW_MS, FloatArray, Windows
from media.stream import Stream
from media.utterance import Utterance


class SpeechDetector(Protocol):
    """Says of one stream of windows, in order, how likely each holds speech."""

    def probability(self, window: FloatArray) -> float:
        """From 0 to 1; `window` has shape (512,), 16 kHz mono."""


class Listener:
    """Cuts one track into utterances; each is handed over at its first sound and read while it grows."""

    def __init__(
        self,
        detector: SpeechDetector,
        options: SegmenterOptions,
        utterances: Stream[Utterance],
        heard: Callable[[int], None],
    ) -> None:
        """`heard(ms)` is told how much audio has come, after each frame."""
        self._detector = detector
        self._segmenter = Segmenter(options)
        self._windows = Windows()
        self._resampler = Resampler()
        self._utterances = utterances
        self._heard = heard
        self._open: Utterance | None = None
        certain_after_ms = options.pre_roll_ms + options.min_speech_ms
        self._recent: deque[tuple[int, FloatArray]] = deque(maxlen=certain_after_ms // WINDOW_MS + 2)
        """The latest windows with their start: an utterance begins before speech is certain."""

    async def run(self, frames: AsyncIterator[AudioFrame]) -> None:
        """Listen until the frames end, then end what was being said."""
        async for frame in frames:
            self._take(self._resampler.feed(frame))
            self._heard(self._segmenter.position_ms)
        self._finish()

    def _finish(self) -> None:
        self._take(self._resampler.flush())
        rest = self._windows.flush()
        if rest is not None:
            self._hear(rest)
        for event in self._segmenter.flush():
            self._react(event)
        self._utterances.end()

    def _take(self, samples: FloatArray) -> None:
        for window in self._windows.feed(samples):
            self._hear(window)

    def _hear(self, window: FloatArray) -> None:
        start_ms = self._segmenter.position_ms
        self._recent.append((start_ms, window))
        if self._open is not None:
            self._open.append(window)
        for event in self._segmenter.feed(self._detector.probability(window)):
            self._react(event)

    def _react(self, event: SpeechEvent) -> None:
        match event:
            case SpeechStarted(start_ms):
                self._begin(start_ms)
            case SpeechPaused(speech_end_ms):
                self._speaking.pause(speech_end_ms)
            case SpeechResumed():
                self._speaking.resume()
            case SpeechEnded(speech_end_ms, end_ms):
                self._speaking.end(speech_end_ms, end_ms)
                self._open = None

    def _begin(self, start_ms: int) -> None:
        self._open = Utterance(start_ms)
        for window_start_ms, window in self._recent:
            if window_start_ms >= start_ms:
                self._open.append(window)
        self._utterances.put(self._open)

    @property
    def _speaking(self) -> Utterance:
        assert self._open is not None, "the segmenter reports these only inside an utterance"
        return self._open
