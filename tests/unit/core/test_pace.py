# Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
"""When the recogniser is asked, and when a pause ends a paragraph."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from media.core.pace import Moment, Pace, PaceOptions, Step

OPTIONS = PaceOptions(
    step_ms=400,
    first_step_ms=300,
    share=0.5,
    waver_ms=64,
    pause_ms=200,
    finished_pause_ms=600,
    unfinished_pause_ms=1_200,
)


def moment(end_ms: int, *, silence_ms: int = 0, resumed_ms: int = 0, ended: bool = False) -> Moment:
    return Moment(resumed_ms=resumed_ms, speech_end_ms=end_ms - silence_ms, end_ms=end_ms, ended=ended)


def test_the_first_partial_waits_for_some_speech() -> None:
    pace = Pace(OPTIONS)
    assert pace.step(moment(1_299, resumed_ms=1_000), finished=True) is Step.WAIT
    assert pace.step(moment(1_300, resumed_ms=1_000), finished=True) is Step.PARTIAL


def test_the_next_partial_waits_for_a_step_of_new_audio() -> None:
    pace = Pace(OPTIONS)
    pace.looked(moment(1_000), took_ms=10)
    assert pace.step(moment(1_399), finished=True) is Step.WAIT
    assert pace.step(moment(1_400), finished=True) is Step.PARTIAL


def test_a_slow_recogniser_is_asked_less_often() -> None:
    pace = Pace(OPTIONS)
    pace.looked(moment(1_000), took_ms=700)
    assert pace.step(moment(2_399), finished=True) is Step.WAIT
    assert pace.step(moment(2_400), finished=True) is Step.PARTIAL


def test_no_partial_is_begun_where_a_pause_may_begin() -> None:
    assert Pace(OPTIONS).step(moment(5_000, silence_ms=64), finished=True) is Step.WAIT


def test_at_a_pause_the_end_is_foreseen_once() -> None:
    pace = Pace(OPTIONS)
    assert pace.step(moment(5_000, silence_ms=200), finished=True) is Step.SPECULATE
    pace.looked(moment(5_000, silence_ms=200), took_ms=100)
    assert pace.step(moment(5_300, silence_ms=500), finished=True) is Step.WAIT


def test_a_partial_that_heard_no_silence_is_not_what_was_foreseen() -> None:
    pace = Pace(OPTIONS)
    pace.looked(moment(4_900, silence_ms=100), took_ms=100)
    assert pace.step(moment(5_000, silence_ms=200), finished=True) is Step.SPECULATE


def test_a_finished_sentence_closes_after_the_short_pause() -> None:
    pace = Pace(OPTIONS)
    pace.looked(moment(5_000, silence_ms=200), took_ms=100)
    assert pace.step(moment(5_400, silence_ms=600), finished=True) is Step.CLOSE


def test_an_unfinished_one_settles_then_and_closes_after_the_long_pause() -> None:
    pace = Pace(OPTIONS)
    pace.looked(moment(5_000, silence_ms=200), took_ms=100)
    assert pace.step(moment(5_400, silence_ms=600), finished=False) is Step.SETTLE
    pace.settled(moment(5_400, silence_ms=600))
    assert pace.step(moment(5_999, silence_ms=1_199), finished=False) is Step.WAIT
    assert pace.step(moment(6_000, silence_ms=1_200), finished=False) is Step.CLOSE


def test_what_is_closed_is_closed_once() -> None:
    pace = Pace(OPTIONS)
    pace.looked(moment(5_000, silence_ms=200), took_ms=100)
    pace.closed(moment(5_400, silence_ms=600))
    assert pace.step(moment(9_000, silence_ms=4_200), finished=True) is Step.WAIT


def test_after_a_pause_it_goes_on_as_at_the_beginning() -> None:
    pace = Pace(OPTIONS)
    pace.looked(moment(5_000, silence_ms=200), took_ms=100)
    pace.closed(moment(5_400, silence_ms=600))
    assert pace.step(moment(6_299, resumed_ms=6_000), finished=True) is Step.WAIT
    assert pace.step(moment(6_300, resumed_ms=6_000), finished=True) is Step.PARTIAL


def test_the_end_of_the_audio_is_heard_closed_and_over_without_waiting() -> None:
    pace = Pace(OPTIONS)
    last = moment(5_000, ended=True)
    assert pace.step(last, finished=False) is Step.SPECULATE
    pace.looked(last, took_ms=100)
    assert pace.step(last, finished=False) is Step.CLOSE
    pace.closed(last)
    assert pace.step(last, finished=False) is Step.END


@pytest.mark.parametrize(
    "nonsense",
    [
        {"step_ms": 0},
        {"waver_ms": 0},
        {"share": 0.0},
        {"share": 1.1},
        {"pause_ms": 640},
        {"unfinished_pause_ms": 600},
    ],
)
def test_options_that_make_no_sense_are_refused(nonsense: dict[str, float]) -> None:
    with pytest.raises(ValueError, match=r"positive|hold|above 0"):
        PaceOptions(**nonsense)  # type: ignore[arg-type]


@given(st.lists(st.tuples(st.booleans(), st.integers(1, 60)), min_size=1, max_size=12), st.booleans())
def test_every_utterance_is_heard_to_its_end_and_closed_before_it_is_over(
    stretches: list[tuple[bool, int]], finished: bool
) -> None:
    pace = Pace(OPTIONS)
    end_ms = speech_end_ms = resumed_ms = 0
    heard_to_ms = closed_to_ms = -1
    windows = [speech for speech, count in stretches for _ in range(count)]
    for index, speech in enumerate([True, *windows]):
        if speech and end_ms - speech_end_ms >= OPTIONS.pause_ms:
            resumed_ms = end_ms
        end_ms += 32
        speech_end_ms = end_ms if speech else speech_end_ms
        now = Moment(
            resumed_ms=resumed_ms,
            speech_end_ms=speech_end_ms,
            end_ms=end_ms,
            ended=index == len(windows),
        )
        while (step := pace.step(now, finished=finished)) not in (Step.WAIT, Step.END):
            match step:
                case Step.SETTLE:
                    pace.settled(now)
                case Step.CLOSE:
                    assert heard_to_ms == speech_end_ms
                    assert closed_to_ms < speech_end_ms
                    closed_to_ms = speech_end_ms
                    pace.closed(now)
                case _:
                    heard_to_ms = speech_end_ms if pace.is_pause(now) else heard_to_ms
                    pace.looked(now, took_ms=50)
    assert step is Step.END
    assert closed_to_ms == speech_end_ms
