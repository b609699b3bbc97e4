# Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
"""Signing in through the identity provider, and hearing from it that somebody has signed out."""

from dataclasses import dataclass
from uuid import UUID

import structlog
from aiohttp import web

from db.logins import PROVIDER_LOGIN
from db.users import User
from server.accounts import Accounts
from server.auth.login import sign_in
from server.auth.next_page import next_page
from server.auth.oidc import Identity
from server.auth.refused import ProviderUnavailable, Refused
from server.auth.tokens import ProviderLogout
from server.errors import Problem
from server.setting_types import CALLBACK, SIGNED_OUT
from server.sign_on import SignOn

log = structlog.get_logger()

NOT_KEPT = {"Referrer-Policy": "no-referrer", "Cache-Control": "no-store"}
RETRY_AFTER_S = 10


@dataclass(frozen=True, slots=True)
class OidcParts:
    """What these routes need."""

    accounts: Accounts
    sign_on: SignOn


OIDC = web.AppKey("oidc", OidcParts)


def routes() -> list[web.RouteDef]:
    """The addresses that exist where an identity provider is configured."""
    return [
        web.get("/login", begin, allow_head=False),
        web.get(CALLBACK, finish, allow_head=False),
        web.get(SIGNED_OUT, come_back_signed_out, allow_head=False),
        web.post("/login/back-channel-logout", hear_of_logout),
    ]


async def begin(request: web.Request) -> web.Response:
    """Send the browser to the provider."""
    if "prefetch" in request.headers.get("Sec-Purpose", ""):
        raise Problem(503, "only_when_opened", "Open the link", "A sign-in is not loaded ahead.")
    sign_on = request.app[OIDC].sign_on
    try:
        address, pending = await sign_on.client.begin(next_page(request.query.get("next", "/")))
    except (ProviderUnavailable, Refused) as error:
        raise _problem(error) from error
    response = web.Response(status=303, headers={"Location": address, **NOT_KEPT})
    await sign_on.pending.keep(response, pending)
    return response


async def finish(request: web.Request) -> web.Response:
    """The browser is back from the provider."""
    parts = request.app[OIDC]
    try:
        answer = _unambiguous(request)
        # Gone before anything is asked with the code: whatever happens now, it cannot happen twice.
        pending = await parts.sign_on.pending.take(request, answer.get("state", ""))
        identity = await parts.sign_on.client.finish(answer, pending)
        user = await _welcomed(parts, identity)
    except (ProviderUnavailable, Refused) as error:
        raise _problem(error) from error
    kept = {PROVIDER_LOGIN: identity.provider_login, "id_token": identity.id_token}
    await sign_in(request, user.id, kept)
    log.info("signed_in", user_id=str(user.id))
    response = web.Response(status=303, headers={"Location": pending.next_page, **NOT_KEPT})
    parts.sign_on.pending.forget(response)
    return response


async def come_back_signed_out(request: web.Request) -> web.Response:
    """The browser is back from signing out at the provider."""
    response = web.Response(status=303, headers={"Location": "/", **NOT_KEPT})
    try:
        request.app[OIDC].sign_on.pending.check_return(request, response)
    except Refused as error:
        raise _problem(error) from error
    return response


async def hear_of_logout(request: web.Request) -> web.Response:
    """The provider says that somebody has signed out there."""
    parts = request.app[OIDC]
    try:
        tokens = (await request.post()).getall("logout_token", [])
        if len(tokens) != 1 or not isinstance(tokens[0], str):
            raise Refused("logout_token_missing")
        logout = await parts.sign_on.back_channel.signed_out(tokens[0])
    except (ProviderUnavailable, Refused) as error:
        log.warning("back_channel_logout_refused", cause=str(error))
        # As section 2.8 of the specification has it.
        return web.json_response(
            {"error": "invalid_request", "error_description": str(error)}, status=400, headers=NOT_KEPT
        )
    for user_id in await _users_of(parts, logout):
        await parts.accounts.sign_out_everywhere(user_id)
        log.info("signed_out_by_provider", user_id=str(user_id))
    return web.Response(status=200, headers=NOT_KEPT)


async def _users_of(parts: OidcParts, logout: ProviderLogout) -> set[UUID]:
    found: set[UUID] = set()
    if logout.subject is not None:
        user = await parts.accounts.users.find_by_subject(parts.sign_on.client.issuer, logout.subject)
        found |= {user.id} if user else set()
    if logout.provider_login is not None:
        found |= await parts.accounts.logins.users_of_provider_login(logout.provider_login)
    return found


def _unambiguous(request: web.Request) -> dict[str, str]:
    """The query, which holds nothing twice: what one program checks, another must not read otherwise."""
    answer = dict(request.query)
    if len(answer) != len(request.query):
        raise Refused("parameter_repeated")
    return answer


async def _welcomed(parts: OidcParts, identity: Identity) -> User:
    issuer = parts.sign_on.client.issuer
    user = await parts.accounts.users.find_or_create(
        issuer, identity.subject, identity.email, identity.display_name
    )
    if user.disabled_at is not None:
        raise Refused("account_disabled")
    return user


def _problem(error: ProviderUnavailable | Refused) -> Problem:
    if isinstance(error, ProviderUnavailable):
        log.warning("sign_in_failed", cause=error.cause)
        return _provider_away()
    log.warning("sign_in_refused", cause=error.code)
    title, detail = _WORDS.get(error.code, _UNTRUSTED)
    status = 502 if error.code.startswith("provider_") else 403
    return Problem(status, error.code, title, detail)


def _provider_away() -> Problem:
    return Problem(
        503,
        "provider_unavailable",
        "The sign-in service does not answer",
        "Dragoman itself runs, and what you have said is kept. Try again in a moment.",
        headers={"Retry-After": str(RETRY_AFTER_S)},
    )


_AGAIN = "Go to the start page and sign in again."
_UNTRUSTED = (
    "Signing in did not work",
    f"What came back from the sign-in service could not be trusted. {_AGAIN} "
    "If that does not help, give the code below to whoever runs this server.",
)
_WORDS = {
    "account_disabled": ("This account is disabled", "Ask whoever runs this server."),
    "sign_in_denied": ("You have not signed in", f"The sign-in service was told not to. {_AGAIN}"),
    "sign_in_not_begun": (
        "This sign-in was begun elsewhere, or long ago",
        f"It must end in the browser in which it began, and within minutes. {_AGAIN}",
    ),
    "state_wrong": (
        "This sign-in is over",
        f"It was used before, it took too long, or another one was begun after it. {_AGAIN}",
    ),
    "logout_state_wrong": (
        "This sign-out was begun elsewhere, or long ago",
        "The start page shows whether you are signed in.",
    ),
    "client_refused": (
        "The sign-in service does not know this server",
        "Whoever runs this server should look at OIDC_CLIENT_ID and OIDC_CLIENT_SECRET.",
    ),
}
