# Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
"""Ordered sending on a data channel that may be late, slow or gone; whoever puts never waits.

    WAITING --open---> OPEN      what was put meanwhile is sent
    WAITING --close--> CLOSED
    OPEN    --close--> CLOSED    what waits is dropped, and so is whatever is put from now on

Dropping is safe: what is final was stored before it was put here. Events are numbered when they are handed to
the channel, so what arrives counts up by one, whatever was left out before. While the channel is busy, events
wait here, and a newer partial, or the final, of the same paragraph takes the place of a partial that waits; a
newer `audio_received` does the same. All else goes out, in the order in which it was put.

A final that knows its stages is told how long it waited here: from `put` until the channel was given it. What
the channel itself then still holds back (256 KiB at most) and the way to the browser are not in that.
"""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Protocol

import structlog

from media.events import AudioReceived, Event, Notice, Stages, SttParagraphFinal, SttPartial
from signaling.protocol import EventTooLong, event_body, numbered

log = structlog.get_logger()

BUSY_BYTES = 256 * 1024
"""The channel is left alone while it holds more than this."""
MAX_BACKLOG_BYTES = 1024 * 1024
"""Held by the channel and waiting here together; beyond it the reader is too slow."""
MAX_STILL_MS = 10_000
"""A reader that takes nothing for so long, while there is something, is too slow."""

MAX_SEND_MS = 10**6 - 1
"""No longer wait of a final is told: its digits are counted before anybody knows how long it will be."""

_TOO_LONG_MESSAGE = (
    "A paragraph is too long to be shown while it is live. It is kept whole; reload to read it."
)


class Channel(Protocol):
    """What is used of an `aiortc.RTCDataChannel`."""

    @property
    def readyState(self) -> str: ...

    @property
    def bufferedAmount(self) -> int:
        """Bytes that were sent but have not left yet."""

    def send(self, data: str) -> None: ...


@dataclass(frozen=True, slots=True)
class _Timed:
    """A final that is to be told how long it waited."""

    final: SttParagraphFinal
    stages: Stages
    put_at: float
    """In seconds, by the outbox's clock."""

    def stages_after(self, ms: int) -> Stages:
        """As they are when it has waited so long."""
        return replace(self.stages, send_ms=min(ms, MAX_SEND_MS))

    def body(self, stages: Stages) -> str:
        """With these stages. Raises `EventTooLong`."""
        return event_body(replace(self.final, stages=stages))


class Outbox:
    """The events of one peer on their way to its data channel."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        """`now`: seconds by a clock that never goes back."""
        self.on_final_sent: Callable[[Stages], None] = lambda _: None
        """Told of each final that has stages, as the channel is given it."""
        self._now = now
        self._channel: Channel | None = None
        self._is_closed = False
        self._is_overfull = False
        self._waiting: dict[int, str] = {}
        """Events without numbers, in order; the key counts all that were ever put."""
        self._waiting_bytes = 0
        self._replaceable: dict[str, int] = {}
        """Keys of `_waiting`, by what a newer event would have to be about."""
        self._timed: dict[int, _Timed] = {}
        """Those of `_waiting` that are finals with stages."""
        self._put_count = 0
        self._sent_count = 0
        self._sent_bytes = 0
        self._taken_bytes = 0
        self._still_ms = 0
        self._has_said_too_long = False
        self._is_empty = asyncio.Event()
        self._is_empty.set()

    def open(self, channel: Channel) -> None:
        """Sends over this channel from now on; its "bufferedamountlow" event is to call `hand_over`."""
        self._channel = channel
        self.hand_over()

    def close(self) -> None:
        """There is no channel any more, or never will be."""
        self._is_closed = True
        self._waiting.clear()
        self._timed.clear()
        self._waiting_bytes = 0
        self._is_empty.set()

    def put(self, event: Event) -> None:
        """Sends the event as soon as that is possible, after all that was put before."""
        if self._is_closed or self._is_overfull:
            return
        timed = _to_be_timed(event, self._now())
        try:
            # A final is measured as if it had waited longest, so that it fits whenever it is sent.
            body = timed.body(timed.stages_after(MAX_SEND_MS)) if timed else event_body(event)
        except EventTooLong as error:
            self._say_too_long(error)
            return
        topic = _topic(event)
        self._drop(self._replaceable.pop(topic, 0))
        self._put_count += 1
        if topic and not isinstance(event, SttParagraphFinal):
            self._replaceable[topic] = self._put_count
        if timed:
            self._timed[self._put_count] = timed
        self._waiting[self._put_count] = body
        self._waiting_bytes += len(body.encode())
        self.hand_over()

    def hand_over(self) -> None:
        """Gives the channel as much of what waits as it should hold."""
        if self._is_closed:
            return
        channel = self._channel
        while (
            self._waiting
            and channel
            and channel.readyState == "open"
            and channel.bufferedAmount <= BUSY_BYTES
        ):
            self._sent_count += 1
            message = numbered(self._next_body(), self._sent_count)
            self._sent_bytes += len(message.encode())
            channel.send(message)
        held_bytes = channel.bufferedAmount if channel else 0
        self._is_overfull = self._is_overfull or held_bytes + self._waiting_bytes > MAX_BACKLOG_BYTES
        if self._waiting or held_bytes:
            self._is_empty.clear()
        else:
            self._is_empty.set()

    async def flush(self, timeout_ms: int = 5_000) -> bool:
        """Waits until everything has left, or there is nowhere to send it; False if that takes longer.

        What has left may still be under way: `Peer.close` waits for its arrival.
        """
        try:
            async with asyncio.timeout(timeout_ms / 1000):
                await self._is_empty.wait()
        except TimeoutError:
            return False
        return True

    def is_stuck(self, passed_ms: int) -> bool:
        """Whether the reader is too slow to go on; asked at a beat, with the time since the last one."""
        taken_bytes = self._sent_bytes - (self._channel.bufferedAmount if self._channel else 0)
        if self._is_empty.is_set() or taken_bytes > self._taken_bytes:
            self._still_ms = 0
        else:
            self._still_ms += passed_ms
        self._taken_bytes = taken_bytes
        return self._is_overfull or self._still_ms >= MAX_STILL_MS

    def _next_body(self) -> str:
        """Takes out what waits first; a final is told now how long it did."""
        key = next(iter(self._waiting))
        body, timed = self._drop(key), self._timed.pop(key, None)
        if timed is None:
            return body
        stages = timed.stages_after(round(1000 * (self._now() - timed.put_at)))
        self.on_final_sent(stages)
        return timed.body(stages)

    def _drop(self, key: int) -> str:
        """Takes out what waits under that key, if it still does."""
        body = self._waiting.pop(key, "")
        self._waiting_bytes -= len(body.encode())
        return body

    def _say_too_long(self, error: EventTooLong) -> None:
        # The live session goes on: what is final is in the database, which is where a reload looks.
        if not self._has_said_too_long:
            self._has_said_too_long = True
            log.error("event_too_long", cause=str(error))
            self.put(Notice(code="event_too_long", message=_TOO_LONG_MESSAGE))


def _to_be_timed(event: Event, now: float) -> _Timed | None:
    if isinstance(event, SttParagraphFinal) and event.stages:
        return _Timed(event, event.stages, now)
    return None


def _topic(event: Event) -> str:
    """What the event is the newest about, if that makes an older one superfluous."""
    match event:
        case SttPartial() | SttParagraphFinal():
            return f"paragraph {event.paragraph_id}"
        case AudioReceived():
            return event.type
        case _:
            return ""
