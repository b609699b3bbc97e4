# Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
"""When a server can know what it was sent: which packet ends which utterance.

What a talker has said is encoded, decoded, resampled, cut and segmented once more, as the server does it; so
the moment is known at which the last packet that something needs was sent. All after that is the server's.
"""

import hashlib
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

import av
import numpy as np
from numpy.typing import NDArray

from media.audio import Resampler
from media.core.segmenter import Segmenter, SegmenterOptions, SpeechEnded, SpeechStarted
from media.core.windows import SAMPLE_RATE_HZ, WINDOW_SAMPLES, FloatArray, Windows
from media.vad import SileroVad
from tests.bench.played import Played
from tests.bench.playing import SILENCE_S
from tests.peers import opus_encoder

TAIL_SAMPLES = 8 * WINDOW_SAMPLES
"""So much of the end of some audio tells it from all other."""
PACKET_MS = 60
PACKET_SAMPLES = PACKET_MS * SAMPLE_RATE_HZ // 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class HeardUtterance:
    """One utterance as the server must have heard it."""

    start_ms: int
    """Where its audio begins, in all that was sent."""
    speech_end_ms: int
    ended_at: float
    """When the packet was sent that made the silence after it long enough."""


class Hearing:
    """What one talker has said, as the server got it."""

    def __init__(self, played: Played, vad: SileroVad, options: SegmenterOptions) -> None:
        self._begun = played.microphone_started
        self._samples_by_packet: list[int] = []
        """How many samples of 16 kHz there were after each packet."""
        self.received: list[FloatArray] = []
        """The samples of each packet, 16 kHz mono."""
        self.utterances = list(self._heard(_said(played), vad, options))
        self._ends = _ends_by_tail(np.concatenate(self.received))

    def sent_at(self, samples: int) -> float:
        """When the packet was sent with which there were so many samples in all."""
        return self._time_of(bisect_left(self._samples_by_packet, samples) + 1)

    def end_sent_at(self, tail: str, before: float) -> float | None:
        """When the end of audio with this `tail_of` was sent, the latest `before` a time; None if never."""
        times = [at for end in self._ends.get(tail, ()) if (at := self.sent_at(end)) <= before]
        return max(times, default=None)

    def _heard(
        self, said: NDArray[np.int16], vad: SileroVad, options: SegmenterOptions
    ) -> Iterator[HeardUtterance]:
        segmenter, windows, stream = Segmenter(options), Windows(), vad.stream()
        count = start_ms = 0
        for number, samples in enumerate(_through_opus(said), start=1):
            count += len(samples)
            self._samples_by_packet.append(count)
            self.received.append(samples)
            for window in windows.feed(samples):
                for event in segmenter.feed(stream.probability(window)):
                    if isinstance(event, SpeechStarted):
                        start_ms = event.start_ms
                    if isinstance(event, SpeechEnded):
                        yield HeardUtterance(
                            start_ms=start_ms,
                            speech_end_ms=event.speech_end_ms,
                            ended_at=self._time_of(number),
                        )

    def _time_of(self, packets: int) -> float:
        """A packet is sent when its last sample has been spoken."""
        return self._begun + packets * PACKET_MS / 1000


def tail_of(samples: FloatArray) -> str:
    """A name for the last samples of some audio, as 16 bits each."""
    pcm = np.clip(np.rint(samples[-TAIL_SAMPLES:] * 32768), -32768, 32767).astype("<i2")
    return hashlib.sha256(pcm.tobytes()).hexdigest()


def _ends_by_tail(samples: FloatArray) -> dict[str, list[int]]:
    """Where audio with each tail ends; the server takes audio by windows."""
    ends: dict[str, list[int]] = {}
    for end in range(TAIL_SAMPLES, len(samples) + 1, WINDOW_SAMPLES):
        ends.setdefault(tail_of(samples[:end]), []).append(end)
    return ends


def _said(played: Played) -> NDArray[np.int16]:
    """All samples since the first packet."""
    before = round((played.started - played.microphone_started) * SAMPLE_RATE_HZ)
    pcm = (np.clip(played.clip.samples, -1, 1) * 32767).astype(np.int16)
    after = np.zeros(round(SILENCE_S * SAMPLE_RATE_HZ), np.int16)
    return np.concatenate([np.zeros(before, np.int16), pcm, after])


def _through_opus(said: NDArray[np.int16]) -> Iterator[FloatArray]:
    """The samples of each packet, as the server's resampler gives them."""
    encoder = opus_encoder(PACKET_MS)
    decoder = av.CodecContext.create("libopus", "r")
    assert isinstance(decoder, av.audio.codeccontext.AudioCodecContext)
    decoder.sample_rate = 48_000
    decoder.layout = "stereo"
    decoder.format = "s16"
    resampler = Resampler()
    for start in range(0, len(said) - PACKET_SAMPLES + 1, PACKET_SAMPLES):
        frame = av.AudioFrame.from_ndarray(
            said[np.newaxis, start : start + PACKET_SAMPLES], format="s16", layout="mono"
        )
        frame.sample_rate = SAMPLE_RATE_HZ
        (packet,) = encoder.encode(frame)
        packet.pts, packet.time_base = start, Fraction(1, SAMPLE_RATE_HZ)
        decoded = [resampler.feed(one) for one in decoder.decode(packet)]
        yield np.concatenate(decoded) if decoded else np.zeros(0, np.float32)
