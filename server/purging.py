# Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
"""The end of what was deleted: at the start, and then once a day."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from datetime import timedelta

import structlog
from aiohttp import web

from db.errors import DatabaseUnavailable
from db.history import History

log = structlog.get_logger()

A_DAY_S = 24 * 60 * 60


def purging(
    history: History, older_than: timedelta, *, every_s: float = A_DAY_S
) -> Callable[[web.Application], AsyncIterator[None]]:
    """For `cleanup_ctx`, after what makes the tables. Nothing is ever purged where `older_than` is 0."""

    async def context(_: web.Application) -> AsyncIterator[None]:
        if not older_than:
            yield
            return
        purge = asyncio.create_task(_purge(history, older_than, every_s), name="purge_deleted")
        yield
        purge.cancel()
        with suppress(asyncio.CancelledError):
            await purge

    return context


async def _purge(history: History, older_than: timedelta, every_s: float) -> None:
    while True:
        try:
            if purged := await history.purge_deleted(older_than):
                log.info("deleted_purged", conversations=purged)
        except DatabaseUnavailable as error:
            log.warning("purge_failed", cause=str(error))
        await asyncio.sleep(every_s)
