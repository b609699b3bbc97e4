# Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
"""Blocks of any size become windows of one size."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from media.core.windows import WINDOW_MS, WINDOW_SAMPLES, FloatArray, Windows


def ramp(count: int) -> FloatArray:
    return np.arange(1, count + 1, dtype=np.float32)


def windows_of(blocks: list[FloatArray]) -> list[FloatArray]:
    windows = Windows()
    full = [window for block in blocks for window in windows.feed(block)]
    rest = windows.flush()
    return full if rest is None else [*full, rest]


def test_a_window_is_32_ms() -> None:
    assert WINDOW_MS == 32


def test_a_window_comes_when_it_is_full() -> None:
    windows = Windows()
    assert windows.feed(ramp(WINDOW_SAMPLES - 1)) == []
    (window,) = windows.feed(ramp(1))
    assert window.dtype == np.float32
    np.testing.assert_array_equal(window[-2:], [WINDOW_SAMPLES - 1, 1])


def test_the_rest_is_filled_up_with_silence() -> None:
    windows = Windows()
    windows.feed(ramp(3))
    rest = windows.flush()
    assert rest is not None
    np.testing.assert_array_equal(rest, [1, 2, 3] + [0] * (WINDOW_SAMPLES - 3))


def test_there_is_no_rest_after_a_full_window() -> None:
    windows = Windows()
    windows.feed(ramp(2 * WINDOW_SAMPLES))
    assert windows.flush() is None


def test_a_window_is_not_written_to_again() -> None:
    windows = Windows()
    (window,) = windows.feed(ramp(WINDOW_SAMPLES))
    windows.feed(np.zeros(WINDOW_SAMPLES, dtype=np.float32))
    np.testing.assert_array_equal(window, ramp(WINDOW_SAMPLES))


def test_a_window_does_not_change_with_the_block_it_came_from() -> None:
    block = ramp(WINDOW_SAMPLES)
    (window,) = Windows().feed(block)
    block[:] = 0
    np.testing.assert_array_equal(window, ramp(WINDOW_SAMPLES))


@given(st.lists(st.integers(0, 1500), max_size=20))
def test_any_blocks_make_the_same_windows_and_nothing_is_lost(sizes: list[int]) -> None:
    samples = ramp(sum(sizes))
    blocks = np.split(samples, np.cumsum(sizes)[:-1]) if sizes else []
    in_blocks = windows_of(list(blocks))
    at_once = windows_of([samples])
    assert len(in_blocks) == len(at_once)
    if at_once:
        np.testing.assert_array_equal(np.concatenate(in_blocks), np.concatenate(at_once))
        np.testing.assert_array_equal(np.concatenate(at_once)[: len(samples)], samples)
    assert all(len(window) == WINDOW_SAMPLES for window in in_blocks)
