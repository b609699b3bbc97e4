# Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
"""Frames to samples to files: nothing lost, nothing louder, whatever the timestamps say."""

import io
import wave
from fractions import Fraction

import av
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from media.audio import Resampler, wav_bytes
from media.core.windows import SAMPLE_RATE_HZ, FloatArray

TONE_HZ = 440
PEAK = 0.9


def tone_frame(
    milliseconds: int, *, rate_hz: int = 48_000, layout: str = "stereo", pts: int | None = 0
) -> av.AudioFrame:
    samples = PEAK * np.sin(2 * np.pi * TONE_HZ * np.arange(rate_hz * milliseconds // 1000) / rate_hz)
    channels = 1 if layout == "mono" else 2
    pcm = np.repeat((samples * 32767).astype(np.int16), channels).reshape(1, -1)
    frame = av.AudioFrame.from_ndarray(pcm, format="s16", layout=layout)
    frame.sample_rate, frame.pts, frame.time_base = rate_hz, pts, Fraction(1, rate_hz)
    return frame


def resampled(frames: list[av.AudioFrame]) -> FloatArray:
    resampler = Resampler()
    return np.concatenate([*map(resampler.feed, frames), resampler.flush()])


def loudest_hz(samples: FloatArray) -> float:
    spectrum = np.abs(np.fft.rfft(samples))
    return float(np.argmax(spectrum) * SAMPLE_RATE_HZ / len(samples))


def test_a_second_of_stereo_becomes_a_second_of_mono_as_loud_as_before() -> None:
    samples = resampled([tone_frame(1000)])
    assert samples.dtype == np.float32
    assert samples.shape == (SAMPLE_RATE_HZ,)
    assert loudest_hz(samples) == TONE_HZ
    assert np.abs(samples[1000:-1000]).max() == pytest.approx(PEAK, abs=0.01)


@settings(max_examples=30)
@given(st.lists(st.sampled_from([10, 20, 40, 60]), min_size=1, max_size=20))
def test_no_sample_is_lost_however_the_audio_is_cut_into_frames(lengths_ms: list[int]) -> None:
    samples = resampled([tone_frame(length_ms) for length_ms in lengths_ms])
    assert len(samples) == sum(lengths_ms) * SAMPLE_RATE_HZ // 1000


@settings(max_examples=30)
@given(st.lists(st.none() | st.integers(-(2**40), 2**40), min_size=2, max_size=10))
def test_timestamps_change_nothing(timestamps: list[int | None]) -> None:
    jumping = resampled([tone_frame(20, pts=pts) for pts in timestamps])
    honest = resampled([tone_frame(20, pts=960 * index) for index in range(len(timestamps))])
    np.testing.assert_array_equal(jumping, honest)


def test_a_track_may_change_its_format_without_losing_samples() -> None:
    samples = resampled(
        [
            tone_frame(500),
            tone_frame(500, rate_hz=8_000, layout="mono"),
            tone_frame(500, rate_hz=SAMPLE_RATE_HZ, layout="mono"),
            tone_frame(500),
        ]
    )
    assert len(samples) == 2 * SAMPLE_RATE_HZ
    assert loudest_hz(samples) == pytest.approx(TONE_HZ, abs=1)


def test_samples_that_are_right_already_pass_unchanged() -> None:
    frame = tone_frame(20, rate_hz=SAMPLE_RATE_HZ, layout="mono")
    np.testing.assert_array_equal(resampled([frame]), frame.to_ndarray()[0] / np.float32(32768))


def test_a_resampler_that_heard_nothing_holds_nothing() -> None:
    assert len(Resampler().flush()) == 0


@given(st.lists(st.integers(-32768, 32767), max_size=50))
def test_a_wav_file_holds_every_sample_exactly(values: list[int]) -> None:
    samples = np.array(values, np.float32) / np.float32(32768)
    with wave.open(io.BytesIO(wav_bytes(samples))) as reader:
        assert (reader.getframerate(), reader.getnchannels(), reader.getsampwidth()) == (16_000, 1, 2)
        assert np.frombuffer(reader.readframes(len(values)), "<i2").tolist() == values


def test_what_is_too_loud_is_clipped_and_does_not_wrap_around() -> None:
    with wave.open(io.BytesIO(wav_bytes(np.array([1.5, 1.0, -1.5], np.float32)))) as reader:
        assert np.frombuffer(reader.readframes(3), "<i2").tolist() == [32767, 32767, -32768]
