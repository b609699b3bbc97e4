# Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
"""Something fetched from elsewhere, kept for a while and fetched by one at a time.

state        asked for                                  fetching fails
empty        fetched; the others wait for it            raised, and again to all who ask within RETRY_S
fresh        answered from memory
old          fetched again                              the old one is used on, until it is stale
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

import structlog

from server.auth.refused import ProviderUnavailable, Refused

T = TypeVar("T")
log = structlog.get_logger()

RETRY_S = 5.0
"""After a failure nobody asks again for so long: who waits is answered, the provider spared."""
STALE_S = 24 * 3600.0
"""An old value is better than none, but not for ever."""


class Cache(Generic[T]):
    """Keeps what `fetch` returned."""

    def __init__(
        self,
        name: str,
        fetch: Callable[[], Awaitable[T]],
        lifetime_s: float,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`name` is for logs."""
        self._name = name
        self._fetch = fetch
        self._lifetime_s = lifetime_s
        self._clock = clock
        self._lock = asyncio.Lock()
        self._kept: tuple[float, T] | None = None
        self._failed: tuple[float, ProviderUnavailable | Refused] | None = None

    async def get(self) -> T:
        """The value. Raises ProviderUnavailable or Refused where there is none."""
        async with self._lock:
            if self._kept and self._age(self._kept[0]) < self._lifetime_s:
                return self._kept[1]
            return await self._fetched_or_old()

    async def fetch_again(self) -> T:
        """A new value, however fresh the old one is."""
        async with self._lock:
            return await self._fetched_or_old()

    async def _fetched_or_old(self) -> T:
        try:
            return await self._fetched()
        except (ProviderUnavailable, Refused):
            if self._kept and self._age(self._kept[0]) < STALE_S:
                return self._kept[1]
            raise

    async def _fetched(self) -> T:
        if self._failed and self._age(self._failed[0]) < RETRY_S:
            raise self._failed[1]
        try:
            value = await self._fetch()
        except (ProviderUnavailable, Refused) as error:
            log.warning("provider_failed", asked_for=self._name, cause=str(error))
            self._failed = (self._clock(), error)
            raise
        self._kept, self._failed = (self._clock(), value), None
        return value

    def _age(self, moment: float) -> float:
        return self._clock() - moment
