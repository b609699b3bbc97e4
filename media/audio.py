# Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
"""A track's frames become samples (16 kHz, mono, float32 in [-1, 1]), and samples a file to upload."""

import io
import wave
from collections.abc import Iterable

import av
import numpy as np

from media.core.windows import SAMPLE_RATE_HZ, FloatArray

_FULL_SCALE = 32768.0


class Resampler:
    """Turns the frames of one track, of any rate, layout and sample format, into 16 kHz mono.

    The filter keeps its state from frame to frame, so a track has one of these and nobody else feeds it.
    Frames' timestamps are not looked at: a sender can make them jump by a day (RFC 3550 leaves them to it),
    while the samples it sent are simply the samples it sent.
    """

    def __init__(self) -> None:
        self._filter = _new_filter()
        self._format: tuple[int, str, str] | None = None

    def feed(self, frame: av.AudioFrame) -> FloatArray:
        """What this frame adds. The filter holds about 1 ms back; `flush` gives it."""
        frame_format = (frame.sample_rate, frame.layout.name, frame.format.name)
        if self._format is None or frame_format == self._format:
            self._format = frame_format
            return _samples(self._filter.resample(frame))
        rest = self.flush()
        self._format = frame_format
        return np.concatenate((rest, _samples(self._filter.resample(frame))))

    def flush(self) -> FloatArray:
        """What the filter still held; afterwards a new track may begin."""
        rest = _samples(self._filter.resample(None))
        self._filter = _new_filter()
        self._format = None
        return rest


def wav_bytes(samples: FloatArray) -> bytes:
    """A WAV file (16-bit PCM, 16 kHz, mono) of these samples; what is louder than full scale is clipped."""
    pcm = np.clip(np.rint(samples * _FULL_SCALE), -_FULL_SCALE, _FULL_SCALE - 1).astype("<i2")
    file = io.BytesIO()
    with wave.open(file, "wb") as writer:
        writer.setnchannels(1)
        writer.setsampwidth(2)
        writer.setframerate(SAMPLE_RATE_HZ)
        writer.writeframes(pcm.tobytes())
    return file.getvalue()


def _new_filter() -> av.AudioResampler:
    # 16-bit output on purpose: FFmpeg scales a mix of channels down to full scale for integers only, so that
    # a voice on both channels would come out as floats up to 1.41.
    return av.AudioResampler(format="s16", layout="mono", rate=SAMPLE_RATE_HZ)


def _samples(frames: Iterable[av.AudioFrame | None]) -> FloatArray:
    # The filter lets frames pass that are right already, and at the end the None that asks for the rest.
    blocks = [frame.to_ndarray()[0] for frame in frames if frame is not None]
    if not blocks:
        return np.zeros(0, np.float32)
    return np.concatenate(blocks).astype(np.float32) / np.float32(_FULL_SCALE)
