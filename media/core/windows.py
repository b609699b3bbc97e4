# Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
"""Blocks of samples of any size become the windows that the voice activity detector takes. Pure."""

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float32]
"""Mono samples in [-1, 1]."""

SAMPLE_RATE_HZ = 16_000
WINDOW_SAMPLES = 512
WINDOW_MS = WINDOW_SAMPLES * 1000 // SAMPLE_RATE_HZ


class Windows:
    """Cuts a stream of samples into windows of `WINDOW_SAMPLES`; each sample is copied once."""

    def __init__(self) -> None:
        self._window = _empty_window()
        self._filled = 0

    def feed(self, samples: FloatArray) -> list[FloatArray]:
        """The windows that these samples complete. `samples` has one dimension and may be empty."""
        full: list[FloatArray] = []
        taken = 0
        while taken < len(samples):
            step = min(WINDOW_SAMPLES - self._filled, len(samples) - taken)
            self._window[self._filled : self._filled + step] = samples[taken : taken + step]
            self._filled += step
            taken += step
            if self._filled == WINDOW_SAMPLES:
                full.append(self._take_window())
        return full

    def flush(self) -> FloatArray | None:
        """The samples that fill no window yet, followed by silence; None where there are none."""
        if self._filled == 0:
            return None
        self._window[self._filled :] = 0.0
        return self._take_window()

    def _take_window(self) -> FloatArray:
        window = self._window
        self._window = _empty_window()
        self._filled = 0
        return window


def _empty_window() -> FloatArray:
    return np.empty(WINDOW_SAMPLES, dtype=np.float32)
