# Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
"""How one signs in, the one-time link, signing out, and who is signed in."""

import json
import secrets
from dataclasses import dataclass

import structlog
from aiohttp import web

from db.users import LOCAL
from server.accounts import Accounts
from server.auth.access import current_user
from server.auth.local import PATH, OneTimeLink
from server.auth.login import id_token_of, sign_in, sign_out, signed_in_user_id
from server.auth.refused import ProviderUnavailable, Refused
from server.errors import Problem
from server.sign_on import SignOn

log = structlog.get_logger()

NOT_KEPT = {"Cache-Control": "no-store"}


@dataclass(frozen=True, slots=True)
class LoginParts:
    """What these routes need."""

    accounts: Accounts
    link: OneTimeLink
    sign_on: SignOn | None
    """None: the link is the way in."""


LOGIN = web.AppKey("login", LoginParts)


def routes() -> list[web.RouteDef]:
    """The addresses of logins, however one signs in."""
    return [
        web.get("/api/sign-in", describe),
        web.post("/api/logout", leave),
        web.get("/api/me", show_user),
    ]


def local_routes() -> list[web.RouteDef]:
    """The addresses that exist only where no identity provider is configured."""
    # A HEAD request, as programs send that only look whether a link works, must not use it up.
    return [web.get(PATH, enter, allow_head=False)]


async def describe(request: web.Request) -> web.Response:
    """How one signs in here."""
    way = (
        {"method": "oidc", "url": "/login"} if request.app[LOGIN].sign_on else {"method": "local", "url": ""}
    )
    return web.json_response(way, headers=NOT_KEPT)


async def enter(request: web.Request) -> web.Response:
    """The one-time link: who opens it is signed in."""
    if "prefetch" in request.headers.get("Sec-Purpose", ""):
        raise Problem(503, "only_when_opened", "Open the link", "It works once, so it is not loaded ahead.")
    if not request.app[LOGIN].link.redeem(request.query.get("token", "")):
        log.warning("sign_in_refused")
        raise _worthless_link()
    user = await request.app[LOGIN].accounts.users.local_user()
    await sign_in(request, user.id)
    log.info("signed_in", user_id=str(user.id))
    return web.Response(
        status=303,
        headers={"Location": "/", "Referrer-Policy": "no-referrer", "Cache-Control": "no-store"},
    )


async def leave(request: web.Request) -> web.Response:
    """Sign out: in all browsers, and of all that is being said. Tells where to go then."""
    parts = request.app[LOGIN]
    user_id, id_token = await signed_in_user_id(request), await id_token_of(request)
    await sign_out(request)
    response = web.json_response({"next": "/"}, headers=NOT_KEPT)
    if user_id is not None:
        await parts.accounts.sign_out_everywhere(user_id)
        log.info("signed_out", user_id=str(user_id))
    if parts.sign_on and id_token:
        response.text = json.dumps({"next": await _sign_out_there(parts.sign_on, id_token, response)})
    return response


async def _sign_out_there(sign_on: SignOn, id_token: str, response: web.Response) -> str:
    """Where the browser signs out at the provider, if that can be."""
    state = secrets.token_urlsafe(16)
    try:
        address = await sign_on.client.end_address(id_token, state)
    except (ProviderUnavailable, Refused) as error:
        log.warning("not_signed_out_at_provider", cause=str(error))
        return "/"
    if address is None:
        return "/"
    sign_on.pending.expect_return(response, state)
    return address


async def show_user(request: web.Request) -> web.Response:
    """Who is signed in."""
    user = current_user(request)
    way = "local" if user.oidc_issuer == LOCAL else "oidc"
    return web.json_response(
        {"id": str(user.id), "display_name": user.display_name, "sign_in": way}, headers=NOT_KEPT
    )


def _worthless_link() -> Problem:
    return Problem(
        403,
        "link_not_valid",
        "This sign-in link does not work any more",
        "It works once. If you have used it in this browser, go on to the start page. "
        "Otherwise stop the server and start it again: it prints a new link.",
    )
