# Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
"""Who may use the API: whoever is signed in, from a page of ours, or shows an access token.

Everything under /api needs one of them, by whichever network interface a request came. The few routes that do
not are listed here. A request with a token is judged by that alone, and any cookie with it is not looked at.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import structlog
from aiohttp import web
from aiohttp.typedefs import Handler, Middleware
from structlog.contextvars import bound_contextvars

from db.users import User, Users
from server.auth.bearer import Bearer, bearer_token, has_bearer
from server.auth.login import signed_in_user_id
from server.auth.refused import ProviderUnavailable, Refused
from server.errors import Problem, is_api

log = structlog.get_logger()

WITHOUT_LOGIN = frozenset({("POST", "/api/logout"), ("GET", "/api/sign-in"), ("HEAD", "/api/sign-in")})
"""Routes under /api for everybody. Signing out twice is no error."""

READING_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
"""Methods that change nothing."""

USER = web.RequestKey("user", User)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entrance:
    """Who is let in, and how."""

    users: Users
    issuer: str = ""
    """The identity provider whose users are let in; empty where there is none, and so one local user."""
    bearer: Bearer | None = None
    """None where no access tokens are taken."""

    async def user_of(self, request: web.Request) -> User:
        """Who sends the request. Raises Problem where that is nobody who may come in."""
        if has_bearer(request):
            user = await self._user_of_token(request)
        else:
            user = await self._user_of_cookie(request)
        if user.disabled_at is not None:
            raise self._refusal("account_disabled", "This account is disabled", "")
        return user

    async def _user_of_cookie(self, request: web.Request) -> User:
        user_id = await signed_in_user_id(request)
        user = await self.users.find(user_id) if user_id else None
        # Logins from before another provider was configured are worth nothing any more.
        if user is None or (self.issuer and user.oidc_issuer != self.issuer):
            raise self._refusal("not_signed_in", "Not signed in", "")
        return user

    async def _user_of_token(self, request: web.Request) -> User:
        if self.bearer is None:
            raise self._refusal("bearer_not_accepted", "Access tokens are not accepted here", "")
        try:
            return await self.bearer.user_of(bearer_token(request))
        except Refused as error:
            log.warning("bearer_refused", cause=error.code)
            raise self._refusal(error.code, "The access token was refused", "invalid_token") from error
        except ProviderUnavailable as error:
            log.warning("bearer_not_checked", cause=error.cause)
            raise _provider_away() from error

    def _refusal(self, code: str, title: str, error: str) -> Problem:
        return Problem(401, code, title, self._way_in(), headers=self._challenge(error))

    def _way_in(self) -> str:
        return "Sign in." if self.issuer else "Open the sign-in link that the server printed when it started."

    def _challenge(self, error: str) -> Mapping[str, str]:
        """RFC 6750, section 3."""
        if self.bearer is None:
            return {}
        return {"WWW-Authenticate": 'Bearer realm="dragoman"' + (f', error="{error}"' if error else "")}


def current_user(request: web.Request) -> User:
    """Who sends the request, once `require_login` has found that out."""
    return request[USER]


def require_login(entrance: Entrance) -> Middleware:
    """Refuse requests to the API from those who may not use it."""

    @web.middleware
    async def middleware(request: web.Request, handler: Handler) -> web.StreamResponse:
        if not is_api(request) or _is_open(request):
            return await handler(request)
        user = request[USER] = await entrance.user_of(request)
        # Bound for this request only: the next one on the same connection runs in the same context.
        with bound_contextvars(user_id=str(user.id)):
            return await handler(request)

    return middleware


def refuse_foreign_pages(origins: frozenset[str], login_cookie: str) -> Middleware:
    """Refuse changes that a page of another site asks for (CSRF).

    Browsers say where a request comes from (`Origin`, `Sec-Fetch-Site`). Other programs say nothing, and hold
    no cookie that somebody else could make them send. Who shows a token and no cookie is not asked: no page
    can make a browser do so for it.
    """

    @web.middleware
    async def middleware(request: web.Request, handler: Handler) -> web.StreamResponse:
        only_token = has_bearer(request) and login_cookie not in request.cookies
        changes = request.method not in READING_METHODS
        if changes and not only_token and _is_foreign(request, origins):
            raise Problem(403, "foreign_origin", "Refused", "This request came from a page of another site.")
        return await handler(request)

    return middleware


def _is_open(request: web.Request) -> bool:
    resource = request.match_info.route.resource
    return resource is not None and (request.method, resource.canonical) in WITHOUT_LOGIN


def _is_foreign(request: web.Request, origins: frozenset[str]) -> bool:
    origin = request.headers.get("Origin")
    if origin is None:
        return request.headers.get("Sec-Fetch-Site", "none") not in ("none", "same-origin")
    return origin.lower() not in origins and origin.lower() != f"{request.scheme}://{request.host}".lower()


def _provider_away() -> Problem:
    return Problem(
        503,
        "provider_unavailable",
        "The sign-in service does not answer",
        "The access token cannot be checked now. Try again in a moment.",
        headers={"Retry-After": "10"},
    )
