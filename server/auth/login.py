# Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
"""Who is signed in, kept by a cookie with a random token and a row that the token finds.

aiohttp-session brings cookie and row to the request; what it would get wrong is decided here:

- A login ends by the row's own times (idle and absolute). The library's `created` moves with every change.
- Signing in always makes a new token and deletes the old one's row. The library would keep it.
- A cookie whose name begins with `__Host-` is only deleted by one that is Secure, too.

A login that a handler has changed is stored only when the handler answers or raises an HTTP exception; any
other error leaves it as it was.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from aiohttp import web
from aiohttp_session import AbstractStorage, Session, SessionData, get_session, new_session

from db.logins import Login, Logins

USER_ID = "user_id"


@dataclass(frozen=True, slots=True, kw_only=True)
class LoginOptions:
    """How long a login lasts, and whether its cookie needs HTTPS."""

    https: bool
    idle_timeout: timedelta
    """A login that was not used for so long is over."""
    lifetime: timedelta
    """A login that is so old is over, used or not."""


async def sign_in(request: web.Request, user_id: UUID, kept: Mapping[str, str | None] | None = None) -> None:
    """The answer to this request sets a new cookie; whoever was signed in with the old one no longer is.

    `kept` stays with the login, on the server.
    """
    login = await new_session(request)
    login.update({name: value for name, value in (kept or {}).items() if value})
    login[USER_ID] = str(user_id)


async def sign_out(request: web.Request) -> None:
    """The answer deletes the cookie; the row goes, too, so that a copy of the cookie is worthless."""
    (await get_session(request)).invalidate()


async def signed_in_user_id(request: web.Request) -> UUID | None:
    """Whose login the request's cookie names."""
    user_id = (await get_session(request)).get(USER_ID)
    return UUID(user_id) if user_id else None


async def id_token_of(request: web.Request) -> str | None:
    """What the identity provider has said of who is signed in, where it was one who did."""
    id_token = (await get_session(request)).get("id_token")
    return id_token if isinstance(id_token, str) else None


class LoginStorage(AbstractStorage):
    """aiohttp-session's storage on our table of logins. What it calls an identity is the cookie's token."""

    def __init__(self, logins: Logins, options: LoginOptions) -> None:
        super().__init__(
            cookie_name="__Host-dragoman" if options.https else "dragoman",
            secure=options.https,
            httponly=True,
            samesite="Lax",
        )
        self._logins = logins
        self._options = options

    async def load_session(self, request: web.Request) -> Session:
        """The request's login; a new, empty one where there is none (any more)."""
        token = self.load_cookie(request)
        login = await self._logins.read(token, self._options.idle_timeout) if token else None
        if login is None:
            return await self.new_session()
        return Session(token, data=_session_data(login), new=False)

    async def save_session(
        self, request: web.Request, response: web.StreamResponse, session: Session
    ) -> None:
        """Store what the handler has changed."""
        if session.new or session.empty:
            await self._end_old(request)
        if session.empty:
            self._forget_cookie(response)
        elif session.new:
            await self._begin(response, dict(session))
        else:
            await self._logins.save(str(session.identity), _data(dict(session)))

    async def _end_old(self, request: web.Request) -> None:
        old_token = self.load_cookie(request)
        if old_token:
            await self._logins.delete(old_token)

    async def _begin(self, response: web.StreamResponse, content: dict[str, Any]) -> None:
        lifetime = self._options.lifetime
        user_id = UUID(content[USER_ID]) if USER_ID in content else None
        token = await self._logins.create(user_id, _data(content), lifetime)
        self.save_cookie(response, token, max_age=int(lifetime.total_seconds()))

    def _forget_cookie(self, response: web.StreamResponse) -> None:
        response.del_cookie(
            self.cookie_name, path="/", secure=self._options.https, httponly=True, samesite="Lax"
        )


def _session_data(login: Login) -> SessionData:
    content = dict(login.data)
    if login.user_id is not None:
        content[USER_ID] = str(login.user_id)
    return {"created": int(login.created_at.timestamp()), "session": content}


def _data(content: dict[str, Any]) -> dict[str, Any]:
    """What has no column of its own."""
    return {name: value for name, value in content.items() if name != USER_ID}
