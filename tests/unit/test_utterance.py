# Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
import asyncio

import numpy as np

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
    assert not snapshot.ended


def test_a_snapshot_is_not_changed_by_what_comes_after_it() -> None:
    utterance = Utterance(0)
    utterance.append(audio(32))
    snapshot = utterance.snapshot(LONG_MS)
    utterance.append(audio(32))
    utterance.end(64, 64)
    assert len(snapshot.samples) == 32 * 16


def test_audio_after_the_end_is_let_go() -> None:
    utterance = Utterance(100)
    utterance.append(audio(1_000))
    utterance.end(speech_end_ms=500, end_ms=700)
    snapshot = utterance.snapshot(LONG_MS)
    assert (snapshot.end_ms, snapshot.speech_end_ms, snapshot.ended) == (700, 500, True)


def test_dropped_audio_moves_the_start_and_nothing_else() -> None:
    utterance = Utterance(100)
    utterance.append(audio(400, 0.1))
    utterance.append(audio(400, 0.2))
    utterance.drop_before(500)
    snapshot = utterance.snapshot(LONG_MS)
    assert (snapshot.start_ms, snapshot.end_ms) == (500, 900)
    assert set(snapshot.samples.tolist()) == {float(np.float32(0.2))}


def test_a_long_utterance_is_looked_at_in_pieces_that_have_not_ended() -> None:
    utterance = Utterance(0)
    utterance.append(audio(5_000))
    utterance.end(5_000, 5_000)
    piece = utterance.snapshot(2_000)
    assert (piece.end_ms, piece.ended, piece.speech_end_ms) == (2_000, False, None)
    utterance.drop_before(4_000)
    assert utterance.snapshot(2_000).ended


async def test_waiting_ends_when_there_is_enough_new_audio() -> None:
    utterance = Utterance(0)
    waiting = asyncio.create_task(utterance.worth_a_look(64, None))
    utterance.append(audio(32))
    await asyncio.sleep(0)
    assert not waiting.done()
    utterance.append(audio(32))
    await waiting


async def test_waiting_ends_at_a_pause_that_was_not_looked_at_yet() -> None:
    utterance = Utterance(0)
    utterance.append(audio(500))
    utterance.pause(300)
    await utterance.worth_a_look(LONG_MS, None)
    again = asyncio.create_task(utterance.worth_a_look(LONG_MS, 300))
    await asyncio.sleep(0)
    assert not again.done()
    utterance.resume()
    utterance.append(audio(500))
    utterance.pause(900)
    await again


async def test_during_a_pause_that_was_looked_at_new_audio_is_no_reason_to_look() -> None:
    utterance = Utterance(0)
    utterance.append(audio(500))
    utterance.pause(300)
    waiting = asyncio.create_task(utterance.worth_a_look(400, 300))
    utterance.append(audio(100))
    await asyncio.sleep(0)
    assert not waiting.done()
    utterance.end(300, 500)
    await waiting
