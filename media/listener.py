# Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
"""Stage 1: frames become utterances. It never waits for a model server."""

import math
import time
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
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        """`heard(ms)` is told how much audio has come, after each frame; `now`: seconds, never going back."""
        self._detector = detector
        self._segmenter = Segmenter(options)
        self._windows = Windows()
        self._resampler = Resampler()
        self._utterances = utterances
        self._heard = heard
        self._open: Utterance | None = None
        self._now = now
        self._arrived_ms = 0.0
        self._quickest_ms = math.inf
        self._capture_ms = 0
        certain_after_ms = options.pre_roll_ms + options.min_speech_ms
        self._recent: deque[tuple[int, FloatArray, bool]] = deque(maxlen=certain_after_ms // WINDOW_MS + 2)
        """The latest windows, each with its start and whether it is speech: an utterance begins before that
        is certain."""

    async def run(self, frames: AsyncIterator[AudioFrame]) -> None:
        """Listen until the frames end, then end what was being said."""
        async for frame in frames:
            self._note_arrival(frame)
            self._take(self._resampler.feed(frame))
            self._heard(self._segmenter.position_ms)
        self._finish()

    def _note_arrival(self, frame: AudioFrame) -> None:
        """Of a frame only its arrival is known. The quickest of all had the shortest way: what this one is
        behind it, and the time that a frame takes to fill, is how long its samples were on their way."""
        frame_ms = 1000 * frame.samples / frame.sample_rate
        self._arrived_ms += frame_ms
        behind_ms = 1000 * self._now() - self._arrived_ms
        self._quickest_ms = min(self._quickest_ms, behind_ms)
        self._capture_ms = round(frame_ms + behind_ms - self._quickest_ms)

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
        events = self._segmenter.feed(self._detector.probability(window))
        end_ms = self._segmenter.position_ms
        speech = self._segmenter.speech_end_ms == end_ms
        self._recent.append((end_ms - WINDOW_MS, window, speech))
        if self._open is not None:
            self._open.append(window, speech=speech, capture_ms=self._capture_ms)
        for event in events:
            self._react(event)

    def _react(self, event: SpeechEvent) -> None:
        match event:
            case SpeechStarted(start_ms):
                self._begin(start_ms)
            case SpeechEnded(end_ms=end_ms):
                self._speaking.end(end_ms)
                self._open = None

    def _begin(self, start_ms: int) -> None:
        self._open = Utterance(start_ms, now=self._now)
        for window_start_ms, window, speech in self._recent:
            if window_start_ms >= start_ms:
                self._open.append(window, speech=speech, capture_ms=self._capture_ms)
        self._utterances.put(self._open)

    @property
    def _speaking(self) -> Utterance:
        assert self._open is not None, "the segmenter reports these only inside an utterance"
        return self._open
