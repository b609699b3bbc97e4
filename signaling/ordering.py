# Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
"""Packets in the order in which they were sent, each as soon as that is possible. Pure.

    IN ORDER --the next--------------------------> IN ORDER   hands it on at once
    IN ORDER --a later one-----------------------> WAITING    keeps it: one before it is missing
    WAITING  --the missing one-------------------> IN ORDER   hands it on with what was kept
    WAITING  --more than MOST_KEPT are kept------> IN ORDER   gives the missing one up, hands on what was kept
    any      --one that was handed on or given up> same       drops it
    any      --a number far away-----------------> IN ORDER   the sender has begun to count anew: hands on all

Numbers are those of RTP (RFC 3550, section 5.1): 16 bits, and after the highest comes 0.
"""

from typing import Generic, TypeVar

T = TypeVar("T")

MOST_KEPT = 2
"""Packets that wait for one before them: with packets of 60 ms, a lost one holds the others up for 120 ms."""
FAR = 1_000
"""A number further away than this belongs to another count."""
_NUMBERS = 1 << 16


class Ordering(Generic[T]):
    """One stream of numbered packets."""

    def __init__(self) -> None:
        self._next: int | None = None
        self._kept: dict[int, T] = {}

    def feed(self, number: int, packet: T) -> list[T]:
        """What can be handed on now, in order. `number` is from 0 to 65,535."""
        if self._next is None:
            self._next = number
        ahead = (number - self._next) % _NUMBERS
        behind = _NUMBERS - ahead
        if min(ahead, behind) > FAR:
            return self._begin_anew(number, packet)
        if behind <= FAR:
            return []
        self._kept[number] = packet
        if len(self._kept) > MOST_KEPT:
            self._next = min(self._kept, key=self._distance)
        return self._ready()

    def _ready(self) -> list[T]:
        ready: list[T] = []
        while self._next in self._kept:
            ready.append(self._kept.pop(self._next))
            self._next = (self._next + 1) % _NUMBERS
        return ready

    def _begin_anew(self, number: int, packet: T) -> list[T]:
        ready = [self._kept[kept] for kept in sorted(self._kept, key=self._distance)]
        self._kept.clear()
        self._next = (number + 1) % _NUMBERS
        return [*ready, packet]

    def _distance(self, number: int) -> int:
        assert self._next is not None, "nothing is kept before there is a first"
        return (number - self._next) % _NUMBERS
