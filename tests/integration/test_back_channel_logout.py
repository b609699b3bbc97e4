# Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
"""The provider tells that somebody has signed out there, or somebody else claims so."""

from collections.abc import AsyncIterator, Callable
from typing import Any

import httpx
import pytest

from tests.provider import AUDIENCE, LOGOUT_EVENT, FromNow, LyingProvider, rsa_key, signed, unsigned
from tests.signed_on import Site


@pytest.fixture
async def browser(ours: Site) -> AsyncIterator[httpx.AsyncClient]:
    """Somebody is signed in there."""
    async with ours.browser() as browser:
        await ours.sign_in(browser)
        yield browser


async def told(ours: Site, token: str) -> httpx.Response:
    """The provider's request: no cookie, no origin."""
    async with ours.browser() as provider:
        return await provider.post("/login/back-channel-logout", data={"logout_token": token})


@pytest.mark.parametrize("who", [{"sid": None}, {"sub": None, "sid": "provider-login-1"}, {"sid": "other"}])
async def test_who_has_signed_out_there_is_signed_out_here(
    ours: Site, browser: httpx.AsyncClient, who: dict[str, Any]
) -> None:
    response = await told(ours, ours.provider.logout_token(**who))
    assert response.status_code == 200
    assert response.headers["Cache-Control"] == "no-store"
    assert not await ours.is_signed_in(browser)


@pytest.mark.parametrize("who", [{"sub": "eve"}, {"sub": None, "sid": "another-login"}])
async def test_others_stay_signed_in(ours: Site, browser: httpx.AsyncClient, who: dict[str, Any]) -> None:
    assert (await told(ours, ours.provider.logout_token(**who))).status_code == 200
    assert await ours.is_signed_in(browser)


async def test_a_logout_token_works_once(ours: Site, browser: httpx.AsyncClient) -> None:
    token = ours.provider.logout_token()
    assert (await told(ours, token)).status_code == 200
    await ours.sign_in(browser)
    assert (await told(ours, token)).json()["error_description"] == "token_used_before"
    assert await ours.is_signed_in(browser)


def an_id_token(provider: LyingProvider) -> str:
    return signed(provider.id_claims("nonce", "x"), provider.key)


def signed_by_nobody(provider: LyingProvider) -> str:
    return unsigned({"iss": provider.issuer, "sub": "ada"}, alg="none", typ="logout+jwt") + "."


Forge = Callable[[LyingProvider], str]
LIES: dict[str, tuple[Forge, str]] = {
    "nobody has signed": (signed_by_nobody, "token_algorithm_not_allowed"),
    "another key has signed": (lambda p: p.logout_token(key=rsa_key("first")), "token_signature_wrong"),
    "it is an ID token": (an_id_token, "token_type_wrong"),
    "its type is not said": (lambda p: p.logout_token(header={"typ": None}), "token_type_wrong"),
    "its type is another": (lambda p: p.logout_token(header={"typ": "JWT"}), "token_type_wrong"),
    "there is no event": (lambda p: p.logout_token(events=None), "token_event_missing"),
    "it is another event": (lambda p: p.logout_token(events={"https://x": {}}), "token_event_missing"),
    "the event is a word": (lambda p: p.logout_token(events=LOGOUT_EVENT), "token_event_missing"),
    "the event says nothing": (lambda p: p.logout_token(events={LOGOUT_EVENT: 1}), "token_event_missing"),
    "there is a nonce": (lambda p: p.logout_token(nonce="n"), "token_nonce_forbidden"),
    "it is for another": (lambda p: p.logout_token(aud=AUDIENCE), "token_audience_wrong"),
    "it is of another issuer": (lambda p: p.logout_token(iss="https://evil.example"), "token_issuer_wrong"),
    "there is no number": (lambda p: p.logout_token(jti=None), "token_jti_missing"),
    "there is no time": (lambda p: p.logout_token(iat=None), "token_iat_missing"),
    "it is old": (lambda p: p.logout_token(iat=FromNow(-7200)), "token_issued_at_wrong"),
    "it is of tomorrow": (lambda p: p.logout_token(iat=FromNow(86400)), "token_issued_at_wrong"),
    "it has expired": (lambda p: p.logout_token(exp=FromNow(-61)), "token_expired"),
    "it says nobody": (lambda p: p.logout_token(sub=None), "token_subject_missing"),
    "it is a word": (lambda _: "guess", "token_malformed"),
}


@pytest.mark.parametrize("name", LIES)
async def test_a_lie_signs_nobody_out(name: str, ours: Site, browser: httpx.AsyncClient) -> None:
    forge, code = LIES[name]
    response = await told(ours, forge(ours.provider))
    assert response.status_code == 400
    assert response.json() == {"error": "invalid_request", "error_description": code}
    assert await ours.is_signed_in(browser)


@pytest.mark.parametrize("body", ["", "logout_token=", "logout_token=a&logout_token=b", "other=x"])
async def test_what_is_no_message_is_refused(ours: Site, browser: httpx.AsyncClient, body: str) -> None:
    response = await browser.post(
        "/login/back-channel-logout",
        content=body,
        headers={"Content-Type": "application/x-www-form-urlencoded"},
    )
    assert response.status_code == 400
    assert await ours.is_signed_in(browser)
