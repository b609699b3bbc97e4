# Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
"""What a recogniser is asked about a clip: at once, as an utterance that grows, and behind the VAD."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from media.core.segmenter import Segmenter, SegmenterOptions, SpeechEnded, SpeechStarted
from media.core.windows import SAMPLE_RATE_HZ, WINDOW_MS, FloatArray, Windows
from media.vad import SileroVad

FIRST_STEP_MS = 700
STEP_MS = 500
BLIND_STEP_MS = 2_000
"""Without the VAD there is much more to decode."""
LONGEST_MS = 14_000
"""Of an utterance; what is longer goes on as another."""

Spans = tuple[tuple[int, int], ...]
"""(start_ms, end_ms) of each."""


@dataclass(frozen=True, slots=True)
class Look:
    """One question to the recogniser."""

    scene: str
    start_ms: int
    end_ms: int
    final: bool
    speech: Spans | None
    """What the VAD takes for speech; None where it is not asked."""

    def samples(self, clip: FloatArray) -> FloatArray:
        """The audio of it."""
        return clip[_index(self.start_ms) : _index(self.end_ms)]


def whole(duration_ms: int) -> Iterator[Look]:
    """The clip at once, as a file is transcribed."""
    yield Look("whole", 0, duration_ms, final=True, speech=None)


def growing(duration_ms: int) -> Iterator[Look]:
    """The clip as if all of it were speech."""
    for start_ms, end_ms in _pieces(0, duration_ms):
        for until_ms in _steps(start_ms, end_ms, BLIND_STEP_MS):
            yield Look("growing", start_ms, until_ms, final=until_ms == end_ms, speech=None)


def live(samples: FloatArray, vad: SileroVad) -> Iterator[Look]:
    """The utterances that the VAD lets through, as they grow."""
    utterances, speech = _heard(samples, vad)
    for start_ms, end_ms in utterances:
        for piece_start_ms, piece_end_ms in _pieces(start_ms, end_ms):
            for until_ms in _steps(piece_start_ms, piece_end_ms, STEP_MS):
                final = until_ms == piece_end_ms
                yield Look("live", piece_start_ms, until_ms, final, _until(speech, until_ms))


def _heard(samples: FloatArray, vad: SileroVad) -> tuple[list[tuple[int, int]], Spans]:
    """The utterances, and the runs of windows that hold speech."""
    options = SegmenterOptions()
    segmenter, stream, windows = Segmenter(options), vad.stream(), Windows()
    blocks = windows.feed(samples)
    rest = windows.flush()
    probabilities = [stream.probability(block) for block in (*blocks, *([] if rest is None else [rest]))]
    events = [event for probability in probabilities for event in segmenter.feed(probability)]
    events += segmenter.flush()
    starts = [event.start_ms for event in events if isinstance(event, SpeechStarted)]
    ends = [event.end_ms for event in events if isinstance(event, SpeechEnded)]
    return list(zip(starts, ends, strict=True)), _runs(probabilities, options.release_threshold)


def _runs(probabilities: Sequence[float], threshold: float) -> Spans:
    spans: list[tuple[int, int]] = []
    for index, probability in enumerate(probabilities):
        start_ms = index * WINDOW_MS
        if probability < threshold:
            continue
        if spans and spans[-1][1] == start_ms:
            start_ms = spans.pop()[0]
        spans.append((start_ms, (index + 1) * WINDOW_MS))
    return tuple(spans)


def _until(speech: Spans, end_ms: int) -> Spans:
    return tuple((start, min(end, end_ms)) for start, end in speech if start < end_ms)


def _pieces(start_ms: int, end_ms: int) -> Iterator[tuple[int, int]]:
    for piece_ms in range(start_ms, end_ms, LONGEST_MS):
        yield piece_ms, min(piece_ms + LONGEST_MS, end_ms)


def _steps(start_ms: int, end_ms: int, step_ms: int) -> Iterator[int]:
    """Where the audio of each partial ends, and then that of the final."""
    yield from range(start_ms + FIRST_STEP_MS, end_ms, step_ms)
    yield end_ms


def _index(ms: int) -> int:
    return ms * SAMPLE_RATE_HZ // 1000
