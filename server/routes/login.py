# Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
"""Signing in with the one-time link, signing out, and who is signed in."""

import structlog
from aiohttp import web

from db.users import Users
from server.auth.access import current_user
from server.auth.local import PATH, OneTimeLink
from server.auth.login import sign_in, sign_out
from server.errors import Problem

log = structlog.get_logger()

LINK = web.AppKey("link", OneTimeLink)
USERS = web.AppKey("users", Users)


def routes() -> list[web.RouteDef]:
    """The addresses of logins."""
    return [
        # A HEAD request, as programs send that only look whether a link works, must not use it up.
        web.get(PATH, enter, allow_head=False),
        web.post("/api/logout", leave),
        web.get("/api/me", show_user),
    ]


async def enter(request: web.Request) -> web.Response:
    """The one-time link: who opens it is signed in."""
    if "prefetch" in request.headers.get("Sec-Purpose", ""):
        raise Problem(503, "only_when_opened", "Open the link", "It works once, so it is not loaded ahead.")
    if not request.app[LINK].redeem(request.query.get("token", "")):
        log.warning("sign_in_refused")
        raise _worthless_link()
    user = await request.app[USERS].local_user()
    await sign_in(request, user.id)
    log.info("signed_in", user_id=str(user.id))
    return web.Response(
        status=303,
        headers={"Location": "/", "Referrer-Policy": "no-referrer", "Cache-Control": "no-store"},
    )


async def leave(request: web.Request) -> web.Response:
    """Sign out."""
    await sign_out(request)
    log.info("signed_out")
    return web.Response(status=204)


async def show_user(request: web.Request) -> web.Response:
    """Who is signed in."""
    user = current_user(request)
    return web.json_response(
        {"id": str(user.id), "display_name": user.display_name}, headers={"Cache-Control": "no-store"}
    )


def _worthless_link() -> Problem:
    return Problem(
        403,
        "link_not_valid",
        "This sign-in link does not work any more",
        "It works once. If you have used it in this browser, go on to the start page. "
        "Otherwise stop the server and start it again: it prints a new link.",
    )
