# Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
from collections.abc import AsyncIterator, Iterator

import av
import numpy as np
import pytest

from media.core.segmenter import SegmenterOptions
from media.core.windows import WINDOW_MS, WINDOW_SAMPLES, FloatArray
from media.listener import Listener
from media.stream import Stream
from media.utterance import Snapshot, Utterance

OPTIONS = SegmenterOptions(min_speech_ms=96, pre_roll_ms=320, end_ms=640, post_roll_ms=192, threshold=0.5)
SPEECH, SILENCE = 0.9, 0.01


class ScriptedDetector:
    """Says what it was told to say, window after window, and silence after that."""

    def __init__(self, probabilities: list[float]) -> None:
        self._rest: Iterator[float] = iter(probabilities)

    def probability(self, window: FloatArray) -> float:
        assert window.shape == (WINDOW_SAMPLES,)
        return next(self._rest, SILENCE)


async def frames_of(samples: FloatArray) -> AsyncIterator[av.AudioFrame]:
    """16 kHz mono in frames of 20 ms, whose sizes no window divides."""
    pcm = (samples * 32767).astype(np.int16)
    for start in range(0, len(pcm), 320):
        frame = av.AudioFrame.from_ndarray(pcm[None, start : start + 320], format="s16", layout="mono")
        frame.sample_rate = 16_000
        yield frame


async def listened(probabilities: list[float], windows: int) -> tuple[list[Snapshot], list[int]]:
    """The utterances of so many windows, each of which holds its own number as its samples."""
    samples = np.repeat(np.arange(windows) / 1_000, WINDOW_SAMPLES).astype(np.float32)
    utterances: Stream[Utterance] = Stream()
    heard: list[int] = []
    await Listener(ScriptedDetector(probabilities), OPTIONS, utterances, heard.append).run(frames_of(samples))
    return [utterance.snapshot(600_000) async for utterance in utterances], heard


def window_numbers(snapshot: Snapshot) -> list[int]:
    middles = snapshot.samples[WINDOW_SAMPLES // 2 :: WINDOW_SAMPLES]
    return [round(float(value) * 1_000) for value in middles]


async def test_an_utterance_begins_before_its_first_speech_and_ends_after_its_last() -> None:
    snapshots, _ = await listened([SILENCE] * 20 + [SPEECH] * 10, 60)
    assert len(snapshots) == 1
    assert snapshots[0].start_ms == 10 * WINDOW_MS
    assert snapshots[0].end_ms == 36 * WINDOW_MS
    assert window_numbers(snapshots[0]) == list(range(10, 36))


async def test_speech_at_the_very_beginning_is_whole() -> None:
    snapshots, _ = await listened([SPEECH] * 10, 60)
    assert snapshots[0].start_ms == 0
    assert window_numbers(snapshots[0])[:3] == [0, 1, 2]


async def test_speech_that_the_frames_end_in_is_ended_with_its_last_sample() -> None:
    snapshots, _ = await listened([SILENCE] * 20 + [SPEECH] * 40, 50)
    assert snapshots[0].moment is not None
    assert snapshots[0].moment.ended
    assert snapshots[0].end_ms == pytest.approx(50 * WINDOW_MS, abs=WINDOW_MS)
    assert window_numbers(snapshots[0])[-1] >= 49


async def test_two_stretches_of_speech_are_two_utterances_that_do_not_overlap() -> None:
    pause = [SILENCE] * (OPTIONS.end_ms // WINDOW_MS + 1)
    snapshots, _ = await listened([SPEECH] * 10 + pause + [SPEECH] * 10, 100)
    assert len(snapshots) == 2
    assert snapshots[0].end_ms <= snapshots[1].start_ms


async def test_silence_makes_no_utterance_and_is_still_heard() -> None:
    snapshots, heard = await listened([], 50)
    assert snapshots == []
    assert heard == sorted(heard)
    assert heard[-1] == pytest.approx(50 * WINDOW_MS, abs=2 * WINDOW_MS)
