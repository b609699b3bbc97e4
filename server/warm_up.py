# Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
"""Both models are made to work before somebody speaks, so that a first sentence waits for none to load."""

import asyncio
from collections.abc import AsyncIterator, Sized
from contextlib import suppress
from typing import Protocol

import structlog
from aiohttp import web

from media.errors import EngineError

log = structlog.get_logger()


class Warmed(Protocol):
    """A model server that can be asked for something small and real."""

    async def health(self) -> float:
        """Seconds that it took. Raises EngineError."""


class WarmUp:
    """Owns the task in which the models are asked, and decides whether it is worth while.

    It is not while somebody speaks, since the models are at work then, nor soon after the last time.
    """

    def __init__(self, models: tuple[Warmed, Warmed], speakers: Sized, every_s: float) -> None:
        """`speakers`: the live sessions that run; `every_s`: seconds between two times, 0 for never."""
        self._models = models
        self._speakers = speakers
        self._every_s = every_s
        self._asked_at = -every_s
        self._task: asyncio.Task[None] | None = None

    def wish(self) -> None:
        """Somebody has opened the page. Returns at once; what goes wrong is only logged."""
        now = asyncio.get_running_loop().time()
        if not self._every_s or len(self._speakers) or now - self._asked_at < self._every_s:
            return
        if self._task and not self._task.done():
            return
        self._asked_at = now
        self._task = asyncio.create_task(self._run(), name="warm_up")
        self._task.add_done_callback(_say_if_broken)

    async def done(self) -> None:
        """Wait until nothing is being asked."""
        if self._task:
            await asyncio.wait([self._task])

    async def lifetime(self, _: web.Application) -> AsyncIterator[None]:
        """For an application's `cleanup_ctx`: what still runs ends with it."""
        yield
        if self._task:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task

    async def _run(self) -> None:
        async with asyncio.TaskGroup() as both:
            tasks = [both.create_task(_ask(model)) for model in self._models]
        whisper_s, llm_s = (task.result() for task in tasks)
        log.info("models_warm", whisper_s=whisper_s, llm_s=llm_s)


async def _ask(model: Warmed) -> float | None:
    """Seconds, or None where it did not answer: its client has logged why, and a speaker will be told."""
    try:
        return round(await model.health(), 2)
    except EngineError:
        return None


def _say_if_broken(task: asyncio.Task[None]) -> None:
    if not task.cancelled() and (error := task.exception()):
        log.critical("warm_up_broke", exc_info=error)
