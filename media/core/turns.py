# Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
"""Whose turn it is at the recogniser, which can hear only so many at once.

    WAITING --call---> CALLED    a place was free, and nobody who waits came before this one
    WAITING --leave--> gone      gave up
    CALLED  --leave--> gone      finished, or gave up: the place is free for another

The most urgent comes first, so no final waits behind anything less: a partial that has to let many of them
pass is the least worth having. Among the equally urgent comes the user who was called the longest time ago,
which makes users take turns however often each of them asks, and of one user's the one that waits longest.
"""

from collections.abc import Callable
from enum import IntEnum

MOST_REMEMBERED = 1_000
"""Users whose last call is kept in mind; whoever was called before all of these counts as never called."""


class Urgency(IntEnum):
    """What a request is for; less is more urgent."""

    FINAL = 0
    """A person has paused and waits for the last words of it."""
    SPECULATION = 1
    """They may have; it saves time if so."""
    PARTIAL = 2
    """They go on talking, and the next partial will say more than this one."""


class Ticket:
    """One who waits or has been called."""

    __slots__ = ("urgency", "user")

    def __init__(self, user: str, urgency: Callable[[], int]) -> None:
        self.user = user
        self.urgency = urgency
        """Asked anew each time that a place is free."""


class TurnOrder:
    """Who waits, who has been called, and who comes next."""

    def __init__(self, at_once: int) -> None:
        """`at_once`: how many may be called at the same time."""
        if at_once < 1:
            raise ValueError("somebody must be able to have a turn")
        self._at_once = at_once
        self._waiting: dict[Ticket, None] = {}
        """In the order in which they came."""
        self._called: set[Ticket] = set()
        self._users: dict[str, None] = {}
        """Those called before, the latest last."""

    def arrive(self, user: str, urgency: Callable[[], int]) -> Ticket:
        """One more waits."""
        ticket = Ticket(user, urgency)
        self._waiting[ticket] = None
        return ticket

    def leave(self, ticket: Ticket) -> None:
        """This one waits no more, or has had its turn."""
        self._waiting.pop(ticket, None)
        self._called.discard(ticket)

    def call(self) -> list[Ticket]:
        """Those for whom there is a place now, the first first."""
        called: list[Ticket] = []
        while self._waiting and len(self._called) < self._at_once:
            called.append(self._next())
            self._give_place(called[-1])
        return called

    def _next(self) -> Ticket:
        calls = {user: place for place, user in enumerate(self._users)}
        # `min` takes the first of equals, which is the one that waits longest.
        return min(self._waiting, key=lambda ticket: (ticket.urgency(), calls.get(ticket.user, -1)))

    def _give_place(self, ticket: Ticket) -> None:
        del self._waiting[ticket]
        self._called.add(ticket)
        self._users.pop(ticket.user, None)
        self._users[ticket.user] = None
        if len(self._users) > MOST_REMEMBERED:
            del self._users[next(iter(self._users))]
