# Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
"""What the bench of doubt asks a recogniser about a clip."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from media.vad import SileroVad
from tests.bench.looks import LONGEST_MS, growing, live, whole
from tests.voice import Voice, silence


def test_a_whole_clip_is_one_final_look() -> None:
    (look,) = whole(3_000)
    assert (look.start_ms, look.end_ms, look.final) == (0, 3_000, True)
    assert len(look.samples(np.zeros(48_000, np.float32))) == 48_000


@given(st.integers(1, 60_000))
def test_finals_of_a_growing_clip_cover_it_and_partials_lie_within_them(duration_ms: int) -> None:
    looks = list(growing(duration_ms))
    finals = [look for look in looks if look.final]
    assert [look.start_ms for look in finals] == [0, *(look.end_ms for look in finals[:-1])]
    assert finals[-1].end_ms == duration_ms
    assert all(0 < look.end_ms - look.start_ms <= LONGEST_MS for look in looks)
    assert all(any(look.start_ms == final.start_ms for final in finals) for look in looks)


def test_behind_the_vad_only_what_is_said_is_looked_at() -> None:
    said = Voice("we went to sea").say("we went to sea")
    samples = np.concatenate([silence(2_000), said, silence(5_000), said, silence(2_000)])
    looks = list(live(samples, SileroVad()))
    starts = [look.start_ms for look in looks if look.final]
    assert len(starts) == 2
    assert all(1_000 < start_ms < 9_000 for start_ms in starts)
    last = looks[-1]
    assert last.speech is not None
    assert all(1_900 <= start_ms < end_ms <= last.end_ms for start_ms, end_ms in last.speech)
    assert looks[0].speech is not None
    assert max(end_ms for _, end_ms in looks[0].speech) <= looks[0].end_ms


def test_nothing_is_looked_at_in_silence() -> None:
    assert list(live(silence(3_000), SileroVad())) == []
