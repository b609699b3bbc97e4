# Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
"""Tasks that share a recogniser: places are never lost, whatever becomes of who had them."""

import asyncio
from collections.abc import Callable

import pytest

from media.core.turns import Urgency
from media.turns import Turns


def partial() -> Urgency:
    return Urgency.PARTIAL


def final() -> Urgency:
    return Urgency.FINAL


class Asking:
    """A task that takes a turn and stays until the test lets it go."""

    def __init__(self, turns: Turns, user: str = "ada", urgency: Callable[[], int] = partial) -> None:
        self.has_turn = asyncio.Event()
        self._may_go = asyncio.Event()
        self._turns, self._user, self._urgency = turns, user, urgency
        self.task = asyncio.create_task(self._ask())

    async def _ask(self) -> None:
        async with self._turns.turn(self._user, self._urgency):
            self.has_turn.set()
            await self._may_go.wait()

    async def go(self) -> None:
        self._may_go.set()
        await self.task

    async def give_up(self) -> None:
        self.task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await self.task


async def settled() -> None:
    """All tasks have run as far as they can without a place."""
    for _ in range(10):
        await asyncio.sleep(0)


async def test_only_so_many_have_a_turn_at_once() -> None:
    turns = Turns(2)
    asking = [Asking(turns) for _ in range(4)]
    await settled()
    assert [it.has_turn.is_set() for it in asking] == [True, True, False, False]
    await asking[0].go()
    await asking[2].has_turn.wait()
    assert not asking[3].has_turn.is_set()
    for it in asking[1:]:
        await it.go()


async def test_a_final_passes_the_partials_that_wait() -> None:
    turns = Turns(1)
    first, waits, urgent = Asking(turns), Asking(turns, "ben"), Asking(turns, "cleo", final)
    await settled()
    await first.go()
    await urgent.has_turn.wait()
    assert not waits.has_turn.is_set()
    await urgent.go()
    await waits.go()


async def test_a_partial_that_has_become_a_final_is_looked_at_anew() -> None:
    turns = Turns(1)
    has_paused = False
    first, waits = Asking(turns), Asking(turns, "ben")
    changes = Asking(turns, "cleo", lambda: Urgency.FINAL if has_paused else Urgency.PARTIAL)
    await settled()
    has_paused = True
    await first.go()
    await changes.has_turn.wait()
    assert not waits.has_turn.is_set()
    await changes.go()
    await waits.go()


async def test_whoever_is_cancelled_while_it_waits_takes_no_place() -> None:
    turns = Turns(1)
    first, impatient, patient = Asking(turns), Asking(turns), Asking(turns)
    await settled()
    await impatient.give_up()
    await first.go()
    await patient.has_turn.wait()
    await patient.go()


async def test_whoever_is_cancelled_in_its_turn_frees_its_place() -> None:
    turns = Turns(1)
    first, patient = Asking(turns), Asking(turns)
    await settled()
    await first.give_up()
    await patient.has_turn.wait()
    await patient.go()


async def test_whoever_is_cancelled_just_when_it_was_called_frees_its_place() -> None:
    turns = Turns(1)
    first, called, patient = Asking(turns), Asking(turns), Asking(turns)
    await settled()
    await asyncio.gather(first.go(), called.give_up())
    assert not called.has_turn.is_set()
    await patient.has_turn.wait()
    await patient.go()


async def test_an_error_in_a_turn_frees_the_place_and_is_not_hidden() -> None:
    turns = Turns(1)
    with pytest.raises(ZeroDivisionError):
        async with turns.turn("ada", partial):
            raise ZeroDivisionError
    async with asyncio.timeout(5), turns.turn("ada", partial):
        assert True
