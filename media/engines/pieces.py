# Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
"""Long audio is cut where it is quiet, into pieces that Whisper hears at once. Pure."""

from collections.abc import Iterator

import numpy as np

from media.engines.decoding import SAMPLE_RATE_HZ, Samples

LONGEST_S = 28
"""Whisper hears 30 s; the rest is for the silence that tells it where speech ends."""
SHORTEST_S = 18
"""A piece is at least so long where more follows, so that words have their context."""
QUIET_S = 0.2
"""The length of the quiet moment in whose middle audio is cut."""


def pieces_of(samples: Samples) -> Iterator[tuple[int, Samples]]:
    """The audio in pieces, each with the index of its first sample; nothing is lost between them."""
    start = 0
    while len(samples) - start > LONGEST_S * SAMPLE_RATE_HZ:
        end = start + _quietest(samples[start : start + LONGEST_S * SAMPLE_RATE_HZ])
        yield start, samples[start:end]
        start = end
    if start < len(samples):
        yield start, samples[start:]


def _quietest(window: Samples) -> int:
    """The middle of the quietest moment after the shortest piece."""
    first, width = SHORTEST_S * SAMPLE_RATE_HZ, int(QUIET_S * SAMPLE_RATE_HZ)
    energy = np.concatenate([[0.0], np.cumsum(np.square(window[first:], dtype=np.float64))])
    moments = energy[width:] - energy[:-width]
    return first + int(np.argmin(moments)) + width // 2
