# Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
"""Sign-ins that are under way: kept for minutes, bound to one browser by a cookie, good for one return."""

import re
from dataclasses import asdict
from datetime import timedelta

from aiohttp import web

from db.logins import Logins
from server.auth.oidc import Pending
from server.auth.refused import Refused

_STATE = re.compile(r"[\w-]{1,64}", re.ASCII)


class PendingSignIns:
    """A row for each, found by the cookie's token and the provider's `state` together."""

    def __init__(self, logins: Logins, *, https: bool, lifetime: timedelta) -> None:
        self._logins = logins
        self._https = https
        self._lifetime = lifetime
        prefix = "__Host-" if https else ""
        self._cookie = f"{prefix}dragoman-login"
        self._logout_cookie = f"{prefix}dragoman-logout"

    async def keep(self, response: web.StreamResponse, pending: Pending) -> None:
        """Keep it for the browser that this answer goes to."""
        token = await self._logins.create(None, asdict(pending), self._lifetime)
        self._set_cookie(response, self._cookie, token)

    async def take(self, request: web.Request, state: str) -> Pending:
        """The one that this browser has begun; it is gone then. Raises Refused."""
        token = request.cookies.get(self._cookie)
        if not token:
            raise Refused("sign_in_not_begun")
        if not _STATE.fullmatch(state):
            raise Refused("state_wrong")
        kept = await self._logins.take(token, state)
        if kept is None:
            raise Refused("state_wrong")
        return Pending(**kept)

    def forget(self, response: web.StreamResponse) -> None:
        """Delete the cookie."""
        self._delete_cookie(response, self._cookie)

    def expect_return(self, response: web.StreamResponse, state: str) -> None:
        """This browser now signs out at the provider, and comes back with this state."""
        self._set_cookie(response, self._logout_cookie, state)

    def check_return(self, request: web.Request, response: web.StreamResponse) -> None:
        """It is back from signing out. Raises Refused where that was not begun here."""
        expected = request.cookies.get(self._logout_cookie, "")
        given = request.query.getall("state", [])
        if not expected or given != [expected]:
            raise Refused("logout_state_wrong")
        self._delete_cookie(response, self._logout_cookie)

    def _set_cookie(self, response: web.StreamResponse, name: str, value: str) -> None:
        seconds = int(self._lifetime.total_seconds())
        response.set_cookie(
            name, value, max_age=seconds, path="/", secure=self._https, httponly=True, samesite="Lax"
        )

    def _delete_cookie(self, response: web.StreamResponse, name: str) -> None:
        response.del_cookie(name, path="/", secure=self._https, httponly=True, samesite="Lax")
