# Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
import asyncio
from collections.abc import Callable

import numpy as np

from media.core.pace import Moment
from media.core.windows import FloatArray
from media.utterance import Utterance

LONG_MS = 60_000


def audio(ms: int, value: float = 0.1) -> FloatArray:
    return np.full(ms * 16, value, np.float32)


def test_a_snapshot_holds_what_was_appended_and_where_it_begins() -> None:
    utterance = Utterance(1_000)
    utterance.append(audio(32, 0.1))
    utterance.append(audio(32, 0.2))
    snapshot = utterance.snapshot(LONG_MS)
    assert (snapshot.start_ms, snapshot.end_ms) == (1_000, 1_064)
    assert snapshot.samples.tolist() == [*audio(32, 0.1), *audio(32, 0.2)]


def test_a_snapshot_is_not_changed_by_what_comes_after_it() -> None:
    utterance = Utterance(0)
    utterance.append(audio(32))
    snapshot = utterance.snapshot(LONG_MS)
    utterance.append(audio(32))
    utterance.end(64)
    assert len(snapshot.samples) == 32 * 16
    assert snapshot.moment == Moment(resumed_ms=0, speech_end_ms=32, end_ms=32, ended=False)


def test_audio_after_the_end_is_let_go() -> None:
    utterance = Utterance(100)
    utterance.append(audio(400))
    utterance.append(audio(600), speech=False)
    utterance.end(700)
    assert utterance.snapshot(LONG_MS).end_ms == 700
    assert utterance.moment == Moment(resumed_ms=100, speech_end_ms=500, end_ms=700, ended=True)


def test_dropped_audio_moves_the_start_and_nothing_else() -> None:
    utterance = Utterance(100)
    utterance.append(audio(400, 0.1))
    utterance.append(audio(400, 0.2))
    utterance.drop_before(500)
    snapshot = utterance.snapshot(LONG_MS)
    assert (snapshot.start_ms, snapshot.end_ms) == (500, 900)
    assert set(snapshot.samples.tolist()) == {float(np.float32(0.2))}


def test_a_long_utterance_is_looked_at_in_pieces_that_are_not_all_of_it() -> None:
    utterance = Utterance(0)
    utterance.append(audio(5_000))
    utterance.end(5_000)
    piece = utterance.snapshot(2_000)
    assert (piece.end_ms, piece.moment) == (2_000, None)
    utterance.drop_before(4_000)
    assert utterance.snapshot(2_000).moment == utterance.moment


def test_a_pause_parts_two_stretches_of_speech_and_a_syllable_does_not() -> None:
    utterance = Utterance(0)
    for ms, speech in ((320, True), (96, False), (320, True), (320, False), (320, True), (64, False)):
        utterance.append(audio(ms), speech=speech)
    assert utterance.snapshot(LONG_MS).speech == ((0, 736), (1_056, 1_376))
    assert utterance.moment == Moment(resumed_ms=1_056, speech_end_ms=1_376, end_ms=1_440, ended=False)


def test_speech_whose_audio_was_dropped_is_forgotten() -> None:
    utterance = Utterance(0)
    for ms, speech in ((320, True), (320, False), (320, True)):
        utterance.append(audio(ms), speech=speech)
    utterance.drop_before(640)
    assert utterance.snapshot(LONG_MS).speech == ((640, 960),)


def test_it_knows_when_the_last_speech_arrived_and_how_long_that_was_on_its_way() -> None:
    times = iter([0.0, 1.0, 2.0])
    utterance = Utterance(0, now=lambda: next(times))
    utterance.append(audio(32), capture_ms=61)
    utterance.append(audio(32), capture_ms=63)
    utterance.append(audio(32), speech=False, capture_ms=99)
    assert (utterance.spoken_at, utterance.capture_ms) == (2.0, 63)


async def test_waiting_ends_with_more_audio_or_with_the_end() -> None:
    utterance = Utterance(0)
    changes: list[Callable[[], None]] = [lambda: utterance.append(audio(32)), lambda: utterance.end(32)]
    for change in changes:
        waiting = asyncio.create_task(utterance.changed())
        await asyncio.sleep(0)
        assert not waiting.done()
        change()
        await waiting
