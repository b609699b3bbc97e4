# Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
"""One stretch of speech while it grows: the listener writes it, the transcriber reads it as it is now."""

import asyncio
from dataclasses import dataclass

import numpy as np

from media.core.windows import SAMPLE_RATE_HZ, FloatArray

_SAMPLES_PER_MS = SAMPLE_RATE_HZ // 1000


@dataclass(frozen=True, slots=True)
class Snapshot:
    """An utterance as it was at some moment."""

    start_ms: int
    """Where its samples begin; later than the utterance's own start once settled audio was dropped."""
    samples: FloatArray
    """Shape (n,), 16 kHz mono."""
    speech_end_ms: int | None
    """Where speech ended, when the speaker is silent at this moment; None while they speak."""
    ended: bool
    """The silence has lasted: nothing will be added."""

    @property
    def end_ms(self) -> int:
        """Where its samples end."""
        return self.start_ms + len(self.samples) // _SAMPLES_PER_MS


class Utterance:
    """Audio of one stretch of speech. Its times are audio time."""

    def __init__(self, start_ms: int) -> None:
        self._start_ms = start_ms
        self._blocks: list[FloatArray] = []
        self._length = 0
        self._speech_end_ms: int | None = None
        self._ended = False
        self._changed = asyncio.Event()

    @property
    def end_ms(self) -> int:
        """Where its audio ends at this moment."""
        return self._start_ms + self._length // _SAMPLES_PER_MS

    @property
    def kept_ms(self) -> int:
        """How much audio it holds."""
        return self._length // _SAMPLES_PER_MS

    def append(self, samples: FloatArray) -> None:
        """More audio, right after what is there."""
        self._blocks.append(samples)
        self._length += len(samples)
        self._changed.set()

    def pause(self, speech_end_ms: int) -> None:
        """The speaker has fallen silent; perhaps for good."""
        self._speech_end_ms = speech_end_ms
        self._changed.set()

    def resume(self) -> None:
        """The speaker goes on."""
        self._speech_end_ms = None

    def end(self, speech_end_ms: int, end_ms: int) -> None:
        """Nothing more comes; audio after `end_ms` is silence and is let go."""
        self._speech_end_ms = speech_end_ms
        self._keep(self._joined()[: max(0, end_ms - self._start_ms) * _SAMPLES_PER_MS])
        self._ended = True
        self._changed.set()

    def drop_before(self, ms: int) -> None:
        """Let go of the audio before `ms`: its words are settled."""
        surplus = max(0, ms - self._start_ms) * _SAMPLES_PER_MS
        self._keep(self._joined()[surplus:])
        self._start_ms = max(self._start_ms, ms)

    def snapshot(self, longest_ms: int) -> Snapshot:
        """What is there now, at most its first `longest_ms`; the rest then waits for a later snapshot."""
        samples = self._joined()
        self._keep(samples)
        if self.kept_ms > longest_ms:
            return Snapshot(self._start_ms, samples[: longest_ms * _SAMPLES_PER_MS], None, ended=False)
        return Snapshot(self._start_ms, samples, self._speech_end_ms, self._ended)

    async def worth_a_look(self, until_ms: int, looked_at_speech_end_ms: int | None) -> None:
        """Wait until its audio reaches `until_ms`, or speech has paused where it was not seen, or ended."""
        while not self._is_news(until_ms, looked_at_speech_end_ms):
            self._changed.clear()
            await self._changed.wait()

    def _is_news(self, until_ms: int, looked_at_speech_end_ms: int | None) -> bool:
        if self._ended:
            return True
        if self._speech_end_ms is not None:
            return self._speech_end_ms != looked_at_speech_end_ms
        return self.end_ms >= until_ms

    def _joined(self) -> FloatArray:
        if len(self._blocks) == 1:
            return self._blocks[0]
        return np.concatenate(self._blocks) if self._blocks else np.zeros(0, dtype=np.float32)

    def _keep(self, samples: FloatArray) -> None:
        self._blocks = [samples]
        self._length = len(samples)
