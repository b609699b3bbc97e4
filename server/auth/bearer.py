# Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
"""Programs that show an access token of the provider in each request (RFC 6750, RFC 9068)."""

import time
from collections.abc import Callable
from dataclasses import dataclass

from aiohttp import web

from db.users import User, Users
from server.auth.refused import Refused
from server.auth.signatures import KeySource, verified
from server.auth.tokens import Expected, check_access_token

SCHEME = "bearer "


@dataclass(frozen=True, slots=True, kw_only=True)
class BearerOptions:
    """Whose access tokens are taken."""

    issuer: str
    audience: str
    """What tokens must be meant for: us, as the provider's administrator calls our API."""
    client_id: str
    """What the provider calls our sign-in; a token that is only for that is no access token."""
    leeway_s: float


class Bearer:
    """Finds the user of an access token."""

    def __init__(
        self, keys: KeySource, users: Users, options: BearerOptions, now: Callable[[], float] = time.time
    ) -> None:
        self._keys = keys
        self._users = users
        self._options = options
        self._now = now

    async def user_of(self, access_token: str) -> User:
        """Who sends it; one who was never here is entered. Raises Refused or ProviderUnavailable."""
        options = self._options
        signed = await verified(access_token, self._keys)
        expected = Expected(
            issuer=options.issuer, audience=options.audience, now=self._now(), leeway_s=options.leeway_s
        )
        subject = check_access_token(signed, expected, client_id=options.client_id)
        known = await self._users.find_by_subject(options.issuer, subject)
        return known or await self._users.find_or_create(options.issuer, subject, None, "User")


def has_bearer(request: web.Request) -> bool:
    """Whether the request shows a token, and so does not rely on a cookie."""
    return request.headers.get("Authorization", "").lower().startswith(SCHEME)


def bearer_token(request: web.Request) -> str:
    """The token that the request shows. Raises Refused where there are two ways to read it."""
    if len(request.headers.getall("Authorization", [])) > 1:
        raise Refused("token_malformed")
    return request.headers["Authorization"][len(SCHEME) :].strip()
