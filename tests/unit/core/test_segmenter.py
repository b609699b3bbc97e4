# Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
"""Where speech begins, pauses and ends."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from media.core.segmenter import (
    Segmenter,
    SegmenterOptions,
    SpeechEnded,
    SpeechEvent,
    SpeechStarted,
)
from media.core.windows import WINDOW_MS

SPEECH, SILENCE, BETWEEN = 0.9, 0.1, 0.4

options_of_any_kind = st.builds(
    SegmenterOptions,
    min_speech_ms=st.integers(0, 300),
    pre_roll_ms=st.integers(0, 1000),
    end_ms=st.integers(400, 1000),
    post_roll_ms=st.integers(0, 400),
)
stretches = st.lists(
    st.tuples(st.sampled_from((SPEECH, SILENCE, BETWEEN)), st.integers(1, 60)), max_size=25
).map(lambda runs: [probability for probability, windows in runs for _ in range(windows)])


def heard(
    *stretches_ms: tuple[float, int], options: SegmenterOptions | None = None, flush: bool = False
) -> list[SpeechEvent]:
    """What the segmenter says of stretches of windows, each with its probability and length."""
    segmenter = Segmenter(options or SegmenterOptions(end_ms=640))
    events: list[SpeechEvent] = []
    for probability, length_ms in stretches_ms:
        for _ in range(length_ms // WINDOW_MS):
            events += segmenter.feed(probability)
    return events + segmenter.flush() if flush else events


def test_speech_becomes_an_utterance_with_room_around_it() -> None:
    assert heard((SILENCE, 960), (SPEECH, 1600), (SILENCE, 960)) == [
        SpeechStarted(start_ms=660),
        SpeechEnded(speech_end_ms=2560, end_ms=2760),
    ]


def test_silence_says_nothing() -> None:
    assert heard((SILENCE, 32_000), flush=True) == []


def test_a_click_is_no_speech() -> None:
    assert heard((SILENCE, 960), (SPEECH, 64), (SILENCE, 960), flush=True) == []


def test_speech_after_a_short_pause_is_the_same_utterance() -> None:
    events = heard((SPEECH, 960), (SILENCE, 320), (SPEECH, 960), (SILENCE, 960))
    assert events == [SpeechStarted(0), SpeechEnded(speech_end_ms=2240, end_ms=2440)]


def test_the_end_of_speech_is_known_while_silence_lasts() -> None:
    segmenter = Segmenter()
    ends_ms = []
    for probability in (SPEECH, SPEECH, SPEECH, SILENCE, BETWEEN, SPEECH):
        segmenter.feed(probability)
        ends_ms.append(segmenter.speech_end_ms)
    assert ends_ms == [32, 64, 96, 96, 96, 192]


def test_a_probability_between_the_thresholds_neither_starts_nor_ends_speech() -> None:
    assert heard((BETWEEN, 960), flush=True) == []
    assert heard((SPEECH, 320), (BETWEEN, 3200)) == [SpeechStarted(0)]


def test_a_probability_between_the_thresholds_does_not_resume_speech() -> None:
    events = heard((SPEECH, 320), (SILENCE, 32), (BETWEEN, 960))
    assert events[-1] == SpeechEnded(speech_end_ms=320, end_ms=520)


def test_the_pre_roll_does_not_reach_into_the_utterance_before() -> None:
    options = SegmenterOptions(pre_roll_ms=2000, end_ms=640)
    events = heard((SPEECH, 960), (SILENCE, 704), (SPEECH, 960), options=options)
    assert events[-2:] == [SpeechEnded(speech_end_ms=960, end_ms=1160), SpeechStarted(start_ms=1160)]


def test_flush_ends_speech_where_the_audio_ends() -> None:
    assert heard((SPEECH, 960), (SILENCE, 96), flush=True)[-1] == SpeechEnded(960, end_ms=1056)


def test_flush_ends_a_pause() -> None:
    assert heard((SPEECH, 960), (SILENCE, 320), flush=True)[-1] == SpeechEnded(960, end_ms=1160)


def test_position_is_the_time_of_the_audio_fed() -> None:
    segmenter = Segmenter()
    for _ in range(5):
        segmenter.feed(SILENCE)
    assert segmenter.position_ms == 160


@pytest.mark.parametrize(
    "nonsense",
    [
        {"threshold": 0.3},
        {"threshold": 1.5},
        {"release_threshold": 0.0},
        {"min_speech_ms": -1},
        {"end_ms": 0, "post_roll_ms": 0},
        {"post_roll_ms": 2_501},
    ],
)
def test_options_that_make_no_sense_are_refused(nonsense: dict[str, float]) -> None:
    with pytest.raises(ValueError, match=r"hold|negative|at most|positive"):
        SegmenterOptions(**nonsense)  # type: ignore[arg-type]


@given(stretches, options_of_any_kind)
def test_starts_and_ends_alternate_and_utterances_never_overlap(
    probabilities: list[float], options: SegmenterOptions
) -> None:
    segmenter = Segmenter(options)
    bounds = [0]
    for event in [*(e for p in probabilities for e in segmenter.feed(p)), *segmenter.flush()]:
        match event:
            case SpeechStarted(start_ms):
                assert len(bounds) % 2 == 1
                bounds.append(start_ms)
            case SpeechEnded(speech_end_ms, end_ms):
                assert len(bounds) % 2 == 0
                assert bounds[-1] < speech_end_ms <= end_ms
                bounds.append(end_ms)
    assert len(bounds) % 2 == 1
    assert bounds == sorted(bounds)
    assert bounds[-1] <= segmenter.position_ms


@given(stretches)
def test_every_stretch_of_speech_that_is_long_enough_is_in_an_utterance(probabilities: list[float]) -> None:
    segmenter = Segmenter()
    events = [*(e for p in probabilities for e in segmenter.feed(p)), *segmenter.flush()]
    starts = [event.start_ms for event in events if isinstance(event, SpeechStarted)]
    ends = [event.end_ms for event in events if isinstance(event, SpeechEnded)]
    for index in range(len(probabilities) - 2):
        if probabilities[index : index + 3] == [SPEECH] * 3:
            start_ms, end_ms = index * WINDOW_MS, (index + 3) * WINDOW_MS
            bounds = zip(starts, ends, strict=True)
            assert any(start <= start_ms and end_ms <= end for start, end in bounds)
