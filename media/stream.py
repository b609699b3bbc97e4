# Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
"""A queue between two tasks that can end: what is put is taken in order, and then no more comes."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from typing import Generic, TypeVar

T = TypeVar("T")


class Stream(Generic[T]):
    """One writer, one reader. It has no limit of its own: what is put must be small or bounded elsewhere."""

    def __init__(self) -> None:
        self._items: deque[T] = deque()
        self._ended = False
        self._changed = asyncio.Event()

    def put(self, item: T) -> None:
        """Add an item; after `end` this is a programming error."""
        if self._ended:
            raise RuntimeError("the stream has ended")
        self._items.append(item)
        self._changed.set()

    def end(self) -> None:
        """No more will come; what is still inside is read first. Ending twice is ending once."""
        self._ended = True
        self._changed.set()

    async def __aiter__(self) -> AsyncIterator[T]:
        while True:
            while self._items:
                yield self._items.popleft()
            if self._ended:
                return
            self._changed.clear()
            await self._changed.wait()
