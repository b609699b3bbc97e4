# Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
"""Who is live: the owner of all running live sessions, of their limits and of their orderly end."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

import structlog
from structlog.contextvars import bind_contextvars

from server.live import LiveSession
from signaling.peer import PeerNeverConnected

log = structlog.get_logger()

SHUT_OUT_GRACE_S = 2.5
"""How long the live sessions of somebody who is shut out may drain."""


class TooManyLiveSessions(Exception):
    """The server, or this user, runs as many as it may."""


class LiveSessions:
    """Runs live sessions, each in a task of its own, so that one that breaks breaks alone."""

    def __init__(self, limit: int, limit_of_user: int) -> None:
        self._limit = limit
        self._limit_of_user = limit_of_user
        self._running: dict[str, tuple[UUID, LiveSession, asyncio.Task[None]]] = {}
        self._expected: list[UUID] = []
        """Users whose offers are being answered."""
        self._shut_out: set[UUID] = set()
        """Those of them who were shut out meanwhile."""
        self._ending: set[str] = set()
        """Live sessions of those who were shut out."""
        self._closing = False

    def __len__(self) -> int:
        return len(self._running)

    @contextmanager
    def room(self, user_id: UUID) -> Iterator[None]:
        """A place for one more, held until `start`. Raises TooManyLiveSessions where there is none."""
        speakers = [owner for owner, _, _ in self._running.values()] + self._expected
        if self._closing or len(speakers) >= self._limit or speakers.count(user_id) >= self._limit_of_user:
            raise TooManyLiveSessions
        self._expected.append(user_id)
        try:
            yield
        finally:
            self._expected.remove(user_id)
            if user_id not in self._expected:
                self._shut_out.discard(user_id)

    def start(self, user_id: UUID, live_session: LiveSession) -> None:
        """Run it until it ends."""
        live_session_id = live_session.live_session_id
        task = asyncio.create_task(self._run(user_id, live_session), name=f"live session {live_session_id}")
        self._running[live_session_id] = (user_id, live_session, task)
        task.add_done_callback(lambda _: self._running.pop(live_session_id, None))
        if user_id in self._shut_out:
            self._end(live_session, task)

    def of(self, user_id: UUID, live_session_id: str) -> LiveSession | None:
        """The user's own live session."""
        owner, live_session, _ = self._running.get(live_session_id, (None, None, None))
        return live_session if owner == user_id else None

    def speakers(self) -> set[UUID]:
        """Who is live."""
        return {owner for owner, _, _ in self._running.values()}

    def end_of_user(self, user_id: UUID) -> None:
        """End all live sessions of a user: their inputs now, the rest after a short grace."""
        if user_id in self._expected:
            self._shut_out.add(user_id)
        for owner, live_session, task in self._running.values():
            if owner == user_id:
                self._end(live_session, task)

    async def close(self, grace_s: float) -> None:
        """Admit no more, end the inputs, let everything drain for `grace_s`, cancel the rest."""
        self._closing = True
        for _, live_session, _ in self._running.values():
            live_session.stop("server_stopping")
        tasks = [task for _, _, task in self._running.values()]
        if not tasks:
            return
        _, late = await asyncio.wait(tasks, timeout=grace_s)
        for task in late:
            task.cancel()
        await asyncio.gather(*late, return_exceptions=True)

    def _end(self, live_session: LiveSession, task: asyncio.Task[None]) -> None:
        live_session_id = live_session.live_session_id
        if live_session_id in self._ending:
            return  # To be cancelled once more would disturb its orderly end.
        self._ending.add(live_session_id)
        task.add_done_callback(lambda _: self._ending.discard(live_session_id))
        live_session.stop("signed_out")
        late = asyncio.get_running_loop().call_later(SHUT_OUT_GRACE_S, task.cancel)
        task.add_done_callback(lambda _: late.cancel())

    async def _run(self, user_id: UUID, live_session: LiveSession) -> None:
        bind_contextvars(
            live_session_id=live_session.live_session_id,
            user_id=str(user_id),
            conversation_id=str(live_session.conversation_id),
        )
        log.info("live_session_started")
        try:
            await live_session.run()
        except PeerNeverConnected:
            log.warning("peer_never_connected")
        except Exception:
            # The owner of the task: nobody above would see it. The other live sessions go on.
            log.exception("live_session_broke")
        else:
            log.info("live_session_ended", reason=live_session.reason)
