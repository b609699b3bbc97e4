# Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
"""Long audio in pieces."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from media.engines.decoding import SAMPLE_RATE_HZ, Samples
from media.engines.pieces import LONGEST_S, SHORTEST_S, pieces_of


def noise(seconds: float, seed: int = 0) -> Samples:
    count = int(seconds * SAMPLE_RATE_HZ)
    return np.random.default_rng(seed).normal(0, 0.1, count).astype(np.float32)


def test_nothing_is_no_piece() -> None:
    assert list(pieces_of(noise(0))) == []


def test_short_audio_is_one_piece() -> None:
    samples = noise(LONGEST_S)
    ((start, piece),) = pieces_of(samples)
    assert start == 0
    assert piece is samples or np.array_equal(piece, samples)


def test_audio_is_cut_in_a_pause() -> None:
    samples = noise(40)
    pause = slice(int(24.0 * SAMPLE_RATE_HZ), int(24.6 * SAMPLE_RATE_HZ))
    samples[pause] = 0
    starts = [start for start, _ in pieces_of(samples)]
    assert len(starts) == 2
    assert pause.start <= starts[1] <= pause.stop


@given(seconds=st.floats(0, 200), seed=st.integers(0, 5))
def test_the_pieces_are_the_audio(seconds: float, seed: int) -> None:
    samples = noise(seconds, seed)
    pieces = list(pieces_of(samples))
    assert np.array_equal(np.concatenate([np.zeros(0, np.float32), *(piece for _, piece in pieces)]), samples)
    lengths = [len(piece) / SAMPLE_RATE_HZ for _, piece in pieces]
    assert all(length <= LONGEST_S for length in lengths)
    assert all(length >= SHORTEST_S for length in lengths[:-1])
    assert [start for start, _ in pieces] == [
        sum(len(piece) for _, piece in pieces[:index]) for index in range(len(pieces))
    ]
