# Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
"""Audio files of all kinds become 16 kHz mono."""

import io
import wave
from pathlib import Path

import av
import numpy as np
import pytest

from media.engines.decoding import MOST_SECONDS, SAMPLE_RATE_HZ, AudioTooLong, AudioUnreadable, decode_audio


def tone(rate_hz: int, seconds: float = 1.0) -> np.ndarray[tuple[int], np.dtype[np.int16]]:
    times = np.arange(int(rate_hz * seconds)) / rate_hz
    return np.round(np.sin(2 * np.pi * 440 * times) * 16000).astype("<i2")


def wav(pcm: bytes, *, channels: int = 1, rate_hz: int = SAMPLE_RATE_HZ) -> bytes:
    content = io.BytesIO()
    with wave.open(content, "wb") as writer:
        writer.setnchannels(channels)
        writer.setsampwidth(2)
        writer.setframerate(rate_hz)
        writer.writeframes(pcm)
    return content.getvalue()


def encoded(container: str, codec: str) -> bytes:
    """A second of a tone."""
    rate_hz = 48_000
    content = io.BytesIO()
    with av.open(content, "w", format=container) as output:
        stream = output.add_stream(codec, rate=rate_hz, layout="mono")
        assert isinstance(stream, av.AudioStream)
        frame = av.AudioFrame.from_ndarray(tone(rate_hz).reshape(1, -1), format="s16", layout="mono")
        frame.sample_rate = rate_hz
        resampler = av.AudioResampler(format=stream.format, layout="mono", rate=rate_hz)
        for part in (*resampler.resample(frame), None):
            output.mux(stream.encode(part))
    return content.getvalue()


def test_our_own_wav_is_read_sample_by_sample() -> None:
    pcm = tone(SAMPLE_RATE_HZ)
    samples = decode_audio(wav(pcm.tobytes()))
    assert samples.dtype == np.float32
    assert np.array_equal(samples, pcm.astype(np.float32) / 32768)


def test_a_wav_without_samples_is_empty() -> None:
    assert len(decode_audio(wav(b""))) == 0


def test_a_wav_that_was_cut_off_gives_what_is_there() -> None:
    content = wav(tone(SAMPLE_RATE_HZ).tobytes())
    assert len(decode_audio(content[: len(content) // 2 + 1])) == pytest.approx(SAMPLE_RATE_HZ / 2, abs=100)


def test_stereo_at_another_rate_is_mixed_and_resampled() -> None:
    stereo = np.repeat(tone(44_100), 2)
    samples = decode_audio(wav(stereo.tobytes(), channels=2, rate_hz=44_100))
    assert len(samples) == pytest.approx(SAMPLE_RATE_HZ, abs=50)
    assert np.abs(samples).max() == pytest.approx(16000 / 32768, abs=0.05)


@pytest.mark.parametrize(
    ("container", "codec"),
    [("flac", "flac"), ("ogg", "libopus"), ("webm", "libopus"), ("mp3", "mp3"), ("mp4", "aac")],
)
def test_what_browsers_and_phones_record_is_decoded(container: str, codec: str) -> None:
    samples = decode_audio(encoded(container, codec))
    assert len(samples) == pytest.approx(SAMPLE_RATE_HZ, rel=0.06)
    spectrum = np.abs(np.fft.rfft(samples))
    assert np.argmax(spectrum) * SAMPLE_RATE_HZ / len(samples) == pytest.approx(440, abs=3)


@pytest.mark.parametrize(
    "content",
    [b"", b"no audio" * 500, bytes(4000), b"RIFF\x24\0\0\0WAVE", encoded("flac", "flac")[:60]],
    ids=["empty", "text", "zeros", "half a header", "cut off"],
)
def test_garbage_is_refused(content: bytes) -> None:
    with pytest.raises(AudioUnreadable):
        decode_audio(content)


@pytest.mark.parametrize(
    "playlist",
    ["#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\n{}\n#EXT-X-ENDLIST\n", "ffconcat version 1.0\nfile {}\n"],
)
def test_a_playlist_opens_no_other_file(tmp_path: Path, playlist: str) -> None:
    other = tmp_path / "other.wav"
    other.write_bytes(wav(tone(SAMPLE_RATE_HZ).tobytes()))
    with pytest.raises(AudioUnreadable):
        decode_audio(playlist.format(other).encode())


def test_a_damaged_part_is_passed_over() -> None:
    content = bytearray(encoded("mp3", "mp3"))
    content[len(content) // 2 : len(content) // 2 + 200] = bytes(200)
    assert len(decode_audio(bytes(content))) > SAMPLE_RATE_HZ // 2


def test_a_picture_is_no_audio() -> None:
    content = io.BytesIO()
    with av.open(content, "w", format="matroska") as output:
        stream = output.add_stream("mjpeg", rate=1, width=16, height=16, pix_fmt="yuvj420p")
        output.mux(stream.encode(av.VideoFrame(16, 16, "yuvj420p")))
        output.mux(stream.encode(None))
    with pytest.raises(AudioUnreadable):
        decode_audio(content.getvalue())


def test_too_long_audio_is_refused() -> None:
    seconds = MOST_SECONDS + 1
    with pytest.raises(AudioTooLong):
        decode_audio(wav(bytes(2 * SAMPLE_RATE_HZ * seconds)))
    with pytest.raises(AudioTooLong):
        decode_audio(wav(bytes(2 * 8_000 * seconds), rate_hz=8_000))
