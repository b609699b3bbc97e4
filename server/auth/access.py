# Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
"""Who may use the API: whoever is signed in, from a page of ours.

Everything under /api needs a login, by whichever network interface a request came. The few routes that do not
are listed here.
"""

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware
from structlog.contextvars import bound_contextvars

from db.users import User, Users
from server.auth.login import signed_in_user_id
from server.errors import Problem, is_api

WITHOUT_LOGIN = frozenset({("POST", "/api/logout")})
"""Routes under /api for everybody. Signing out twice is no error."""

READING_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
"""Methods that change nothing."""

USER = web.RequestKey("user", User)


def current_user(request: web.Request) -> User:
    """Who sends the request. Raises Problem where nobody is signed in."""
    if USER not in request:
        raise Problem(
            401,
            "not_signed_in",
            "Not signed in",
            "Open the sign-in link that the server printed when it started.",
        )
    return request[USER]


def require_login(users: Users) -> Middleware:
    """Refuse requests to the API from those who are not signed in."""

    @web.middleware
    async def middleware(request: web.Request, handler: Handler) -> web.StreamResponse:
        if not is_api(request) or _is_open(request):
            return await handler(request)
        user_id = await signed_in_user_id(request)
        user = await users.find(user_id) if user_id else None
        if user is not None:
            request[USER] = user
        user = current_user(request)
        # Bound for this request only: the next one on the same connection runs in the same context.
        with bound_contextvars(user_id=str(user.id)):
            return await handler(request)

    return middleware


def refuse_foreign_pages(origins: frozenset[str]) -> Middleware:
    """Refuse changes that a page of another site asks for (CSRF).

    Browsers say where a request comes from (`Origin`, `Sec-Fetch-Site`). Other programs say nothing, and hold
    no cookie that somebody else could make them send.
    """

    @web.middleware
    async def middleware(request: web.Request, handler: Handler) -> web.StreamResponse:
        if request.method not in READING_METHODS and _is_foreign(request, origins):
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
