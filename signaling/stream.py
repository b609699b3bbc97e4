# Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
"""Bounded hand-over from callbacks, which cannot wait, to one reader, who can."""

import asyncio
from collections import deque
from typing import Generic, Self, TypeVar

T = TypeVar("T")


class Stream(Generic[T]):
    """Things in order, until they end."""

    def __init__(self, capacity: int) -> None:
        self._capacity = capacity
        self._items: deque[T] = deque()
        self._has_ended = False
        self._has_changed = asyncio.Event()

    def put(self, item: T) -> bool:
        """Adds an item; False where there is no room. After the end it is dropped, which is no fault."""
        if self._has_ended:
            return True
        if len(self._items) >= self._capacity:
            return False
        self._items.append(item)
        self._has_changed.set()
        return True

    def end(self) -> None:
        """The reader gets what is there and then no more."""
        self._has_ended = True
        self._has_changed.set()

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> T:
        while not self._items:
            if self._has_ended:
                raise StopAsyncIteration
            self._has_changed.clear()
            await self._has_changed.wait()
        return self._items.popleft()
