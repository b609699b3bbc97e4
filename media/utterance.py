# Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
"""Speech with the short pauses in it, while it grows: the listener writes it, the transcriber reads it."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from media.core.pace import Moment
from media.core.windows import SAMPLE_RATE_HZ, FloatArray

_SAMPLES_PER_MS = SAMPLE_RATE_HZ // 1000
_PAUSE_MS = 200
"""Silence that parts two stretches of speech."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """An utterance as it was at some moment."""

    start_ms: int
    """Where its samples begin; later than the utterance's own start once settled audio was dropped."""
    samples: FloatArray
    """Shape (n,), 16 kHz mono."""
    moment: Moment | None
    """When it holds all that there was; None where it is only the first part of that."""
    speech: tuple[tuple[int, int], ...]
    """Where in it there is speech: (start_ms, end_ms) each."""

    @property
    def end_ms(self) -> int:
        """Where its samples end."""
        return self.start_ms + len(self.samples) // _SAMPLES_PER_MS


class Utterance:
    """Audio of one stretch of speech. Its times are audio time."""

    def __init__(self, start_ms: int, *, now: Callable[[], float] = time.monotonic) -> None:
        """`now`: seconds by a clock that never goes back."""
        self._start_ms = start_ms
        self._now = now
        self._blocks: list[FloatArray] = []
        self._length = 0
        self._speech: list[tuple[int, int]] = [(start_ms, start_ms)]
        self._ended = False
        self._changed = asyncio.Event()
        self.spoken_at = now()
        """When the last speech arrived, in seconds by `now`."""
        self.capture_ms = 0
        """How long that had been on its way."""

    @property
    def start_ms(self) -> int:
        """Where the audio that it holds begins."""
        return self._start_ms

    @property
    def end_ms(self) -> int:
        """Where its audio ends at this moment."""
        return self._start_ms + self._length // _SAMPLES_PER_MS

    @property
    def kept_ms(self) -> int:
        """How much audio it holds."""
        return self._length // _SAMPLES_PER_MS

    @property
    def moment(self) -> Moment:
        """How it stands."""
        resumed_ms, speech_end_ms = self._speech[-1]
        return Moment(
            resumed_ms=resumed_ms, speech_end_ms=speech_end_ms, end_ms=self.end_ms, ended=self._ended
        )

    def append(self, samples: FloatArray, *, speech: bool = True, capture_ms: int = 0) -> None:
        """More audio, right after what is there; `capture_ms`: how long it was on its way."""
        start_ms = self.end_ms
        self._blocks.append(samples)
        self._length += len(samples)
        if speech:
            self._note_speech(start_ms)
            self.spoken_at = self._now()
            self.capture_ms = capture_ms
        self._changed.set()

    def end(self, end_ms: int) -> None:
        """Nothing more comes; audio after `end_ms` is silence and is let go."""
        self._keep(self._joined()[: max(0, end_ms - self._start_ms) * _SAMPLES_PER_MS])
        self._ended = True
        self._changed.set()

    def drop_before(self, ms: int) -> None:
        """Let go of the audio before `ms`: its words are settled."""
        surplus = max(0, ms - self._start_ms) * _SAMPLES_PER_MS
        self._keep(self._joined()[surplus:])
        self._start_ms = max(self._start_ms, ms)
        self._speech = [span for span in self._speech[:-1] if span[1] > ms] + self._speech[-1:]

    def snapshot(self, longest_ms: int) -> Snapshot:
        """What is there now, at most its first `longest_ms`; the rest then waits for a later snapshot."""
        samples = self._joined()
        self._keep(samples)
        speech = tuple(self._speech)
        if self.kept_ms > longest_ms:
            return Snapshot(self._start_ms, samples[: longest_ms * _SAMPLES_PER_MS], None, speech)
        return Snapshot(self._start_ms, samples, self.moment, speech)

    async def changed(self) -> None:
        """Returns when there is more audio, or the end."""
        self._changed.clear()
        await self._changed.wait()

    def _note_speech(self, start_ms: int) -> None:
        first_ms, last_ms = self._speech[-1]
        if start_ms - last_ms < _PAUSE_MS:
            self._speech[-1] = (first_ms, self.end_ms)
        else:
            self._speech.append((start_ms, self.end_ms))

    def _joined(self) -> FloatArray:
        if len(self._blocks) == 1:
            return self._blocks[0]
        return np.concatenate(self._blocks) if self._blocks else np.zeros(0, dtype=np.float32)

    def _keep(self, samples: FloatArray) -> None:
        self._blocks = [samples]
        self._length = len(samples)
