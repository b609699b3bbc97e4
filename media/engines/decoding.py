# Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
"""Audio files become samples: 16 kHz mono WAV at once, everything else through FFmpeg's libraries."""

import io
import wave
from collections.abc import Iterator

import av
import numpy as np
import numpy.typing as npt

SAMPLE_RATE_HZ = 16_000
MOST_SECONDS = 15 * 60
"""Longer audio is refused: one request would keep all others waiting for minutes."""

FORMATS = "wav,flac,ogg,matroska,webm,mp3,mov,mp4,m4a,aac,aiff,au,caf,w64,amr"
"""What FFmpeg may take a file for. Playlists are not among them: they make it open other files and hosts."""

Samples = npt.NDArray[np.float32]
"""Mono, 16 kHz, in [-1, 1]."""


class AudioUnreadable(Exception):
    """This is no audio that we can decode."""


class AudioTooLong(Exception):
    """There are more than `MOST_SECONDS` of it."""


def decode_audio(content: bytes) -> Samples:
    """All samples of an audio file; none where it holds none. Raises AudioUnreadable or AudioTooLong."""
    pcm = _pcm_of_plain_wav(content)
    if pcm is None:
        return _decoded_by_ffmpeg(content)
    if len(pcm) > MOST_SECONDS * SAMPLE_RATE_HZ:
        raise AudioTooLong
    return _in_floats(pcm)


def _pcm_of_plain_wav(content: bytes) -> npt.NDArray[np.int16] | None:
    """The samples of a 16-bit mono WAV at 16 kHz, which is what our own client sends."""
    try:
        with wave.open(io.BytesIO(content)) as reader:
            if (reader.getnchannels(), reader.getsampwidth(), reader.getframerate()) != (
                1,
                2,
                SAMPLE_RATE_HZ,
            ):
                return None
            data = reader.readframes(reader.getnframes())
    except (wave.Error, EOFError):
        return None
    return np.frombuffer(data[: len(data) // 2 * 2], dtype="<i2")


def _decoded_by_ffmpeg(content: bytes) -> Samples:
    blocks: list[npt.NDArray[np.int16]] = []
    count = 0
    for block in _blocks(content):
        blocks.append(block)
        count += len(block)
        if count > MOST_SECONDS * SAMPLE_RATE_HZ:
            raise AudioTooLong
    return _in_floats(np.concatenate([np.zeros(0, np.int16), *blocks]))


def _in_floats(pcm: npt.NDArray[np.int16]) -> Samples:
    return pcm.astype(np.float32) / np.float32(32768)


def _blocks(content: bytes) -> Iterator[npt.NDArray[np.int16]]:
    # In floats FFmpeg would mix two channels to more than 1.
    resampler = av.AudioResampler(format="s16", layout="mono", rate=SAMPLE_RATE_HZ)
    try:
        with av.open(io.BytesIO(content), "r", container_options={"format_whitelist": FORMATS}) as container:
            if not container.streams.audio:
                raise AudioUnreadable
            for frame in _frames(container):
                for resampled in resampler.resample(frame):
                    yield resampled.to_ndarray().reshape(-1).astype(np.int16, copy=False)
    except av.FFmpegError as error:
        raise AudioUnreadable from error


def _frames(container: av.container.InputContainer) -> Iterator[av.AudioFrame | None]:
    """All frames that can be decoded, then None to flush the resampler.

    A damaged packet is passed over, as players do; where every packet is damaged, that is an error.
    """
    good = damaged = 0
    for packet in container.demux(container.streams.audio[0]):
        try:
            for frame in packet.decode():
                good += 1
                frame.pts = None  # Gaps in time stamps are no reason to fail: samples are counted.
                yield frame
        except av.InvalidDataError:
            damaged += 1
    if damaged and not good:
        raise AudioUnreadable
    yield None
