# Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
"""Fair turns at the recogniser for all live sessions of the server.

    async with turns.turn(user, urgency):
        snapshot = utterance.snapshot()     only now: what is asked about is never older than the turn
        await recogniser.transcribe(...)

Whoever waits holds no audio, and takes its snapshot when its turn has come: a slow recogniser makes people
wait longer between two partials, but no queue of audio grows. `media/core/turns.py` decides who comes next.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from media.core.turns import Ticket, TurnOrder


class Turns:
    """The places at the recogniser. One for the server."""

    def __init__(self, at_once: int) -> None:
        """`at_once`: how many requests the recogniser is asked at the same time."""
        self._order = TurnOrder(at_once)
        self._calls: dict[Ticket, asyncio.Event] = {}

    @asynccontextmanager
    async def turn(self, user: str, urgency: Callable[[], int]) -> AsyncIterator[None]:
        """Waits for this one's turn, and holds its place until the block is left.

        `urgency` is an `Urgency` and is asked each time that a place gets free, so it may change while this
        waits, but must not wait itself. Whoever is cancelled, waiting or not, leaves at once.
        """
        ticket = self._order.arrive(user, urgency)
        called = self._calls[ticket] = asyncio.Event()
        try:
            self._call()
            await called.wait()
            yield
        finally:
            self._order.leave(ticket)
            del self._calls[ticket]
            self._call()

    def _call(self) -> None:
        for ticket in self._order.call():
            self._calls[ticket].set()
