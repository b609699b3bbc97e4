# Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
"""Access tokens of the provider as the way in for programs, and tokens that are no such thing."""

from collections.abc import AsyncIterator, Callable
from typing import Any

import httpx
import pytest

from db import Database, Users
from tests.provider import CLIENT_ID, FromNow, LyingProvider, half_hash, rsa_key, signed
from tests.signed_on import Site, site


@pytest.fixture
async def program(ours: Site) -> AsyncIterator[httpx.AsyncClient]:
    """It keeps no cookies."""
    async with ours.browser() as program:
        yield program


async def me(program: httpx.AsyncClient, token: str, scheme: str = "Bearer") -> httpx.Response:
    return await program.get("/api/me", headers={"Authorization": f"{scheme} {token}"})


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"typ": "application/at+jwt"},
        {"typ": "JWT"},
        {"typ": None},
        {"aud": ["https://dragoman.example/api", "https://other.example"]},
        {"exp": FromNow(-1)},
    ],
)
async def test_an_access_token_for_us_lets_a_program_in(
    ours: Site, program: httpx.AsyncClient, changes: dict[str, Any]
) -> None:
    response = await me(program, ours.provider.access_token(**changes))
    assert response.status_code == 200
    assert "Set-Cookie" not in response.headers


async def test_the_scheme_is_written_in_any_case(ours: Site, program: httpx.AsyncClient) -> None:
    assert (await me(program, ours.provider.access_token(), "bearer")).status_code == 200


async def test_a_program_acts_for_the_same_user_as_the_browser(
    ours: Site, program: httpx.AsyncClient
) -> None:
    first = (await me(program, ours.provider.access_token())).json()
    async with ours.browser() as browser:
        await ours.sign_in(browser)
        there = (await browser.get("/api/me")).json()
    again = (await me(program, ours.provider.access_token())).json()
    assert first["id"] == there["id"] == again["id"]
    assert again["display_name"] == "Ada"


def an_id_token(provider: LyingProvider) -> str:
    return signed(provider.id_claims("nonce", "x"), provider.key)


def an_id_token_with_our_audience(provider: LyingProvider) -> str:
    return signed({**provider.id_claims("nonce", "x"), "aud": "https://dragoman.example/api"}, provider.key)


Forge = Callable[[LyingProvider], str]
LIES: dict[str, tuple[Forge, str]] = {
    "nothing between the dots": (lambda _: "..", "token_malformed"),
    "a word": (lambda _: "guess", "token_malformed"),
    "another audience": (lambda p: p.access_token(aud="https://other.example"), "token_audience_wrong"),
    "the sign-in's audience": (lambda p: p.access_token(aud=CLIENT_ID), "token_audience_wrong"),
    "no audience": (lambda p: p.access_token(aud=None), "token_audience_wrong"),
    "another issuer": (lambda p: p.access_token(iss="https://evil.example"), "token_issuer_wrong"),
    "expired": (lambda p: p.access_token(exp=FromNow(-120)), "token_expired"),
    "without an end": (lambda p: p.access_token(exp=None), "token_exp_missing"),
    "not yet valid": (lambda p: p.access_token(nbf=FromNow(600)), "token_not_yet_valid"),
    "issued in the future": (lambda p: p.access_token(iat=FromNow(600)), "token_issued_at_wrong"),
    "without a subject": (lambda p: p.access_token(sub=None), "token_subject_missing"),
    "without a client": (lambda p: p.access_token(client_id=None), "token_client_id_missing"),
    "without a number": (lambda p: p.access_token(jti=None), "token_jti_missing"),
    "of another key": (lambda p: p.access_token(key=rsa_key("first")), "token_signature_wrong"),
    "of an unknown key": (lambda p: p.access_token(key=rsa_key("else")), "unknown_key"),
    "an ID token": (an_id_token, "token_type_wrong"),
    "an ID token with our audience": (an_id_token_with_our_audience, "token_type_wrong"),
    "hashed like an ID token": (
        lambda p: p.access_token(typ="JWT", at_hash=half_hash("x")),
        "token_type_wrong",
    ),
    "Keycloak's ID token": (
        lambda p: signed({**p.id_claims("", "x"), "nonce": "n", "typ": "ID"}, p.key),
        "token_type_wrong",
    ),
    "a logout token": (lambda p: p.logout_token(), "token_type_wrong"),
    "a logout token with our audience": (
        lambda p: p.logout_token(aud="https://dragoman.example/api"),
        "token_type_wrong",
    ),
}


@pytest.mark.parametrize("name", LIES)
async def test_what_is_no_access_token_for_us_lets_nobody_in(
    name: str, ours: Site, program: httpx.AsyncClient
) -> None:
    forge, code = LIES[name]
    response = await me(program, forge(ours.provider))
    assert (response.status_code, response.json()["code"]) == (401, code)
    assert response.headers["WWW-Authenticate"] == 'Bearer realm="dragoman", error="invalid_token"'
    offer = await program.post(
        "/api/live",
        content="v=0",
        headers={"Content-Type": "application/sdp", "Authorization": f"Bearer {forge(ours.provider)}"},
    )
    assert (offer.status_code, offer.json()["code"]) == (401, code)


async def test_who_shows_nothing_is_told_how(program: httpx.AsyncClient) -> None:
    response = await program.get("/api/me")
    assert (response.status_code, response.json()["code"]) == (401, "not_signed_in")
    assert response.headers["WWW-Authenticate"] == 'Bearer realm="dragoman"'


async def test_without_an_audience_no_token_is_taken(database_url: str, provider: LyingProvider) -> None:
    async with site(database_url, provider, jwt_audience="") as ours, ours.browser() as program:
        response = await me(program, provider.access_token(aud=CLIENT_ID))
    assert (response.status_code, response.json()["code"]) == (401, "bearer_not_accepted")
    assert "WWW-Authenticate" not in response.headers


async def test_a_token_that_is_refused_is_not_helped_by_a_cookie(ours: Site) -> None:
    async with ours.browser() as browser:
        await ours.sign_in(browser)
        assert (await me(browser, "guess")).status_code == 401


async def test_two_tokens_are_refused(ours: Site, program: httpx.AsyncClient) -> None:
    shown = [("Authorization", f"Bearer {ours.provider.access_token()}")] * 2
    response = await program.get("/api/me", headers=shown)
    assert (response.status_code, response.json()["code"]) == (401, "token_malformed")


@pytest.mark.parametrize("origin", ["https://evil.example", "null"])
async def test_a_program_may_say_any_origin_but_a_cookie_must_come_from_us(ours: Site, origin: str) -> None:
    headers = {"Origin": origin, "Authorization": f"Bearer {ours.provider.access_token()}"}
    async with ours.browser() as program, ours.browser() as browser:
        alone = await program.patch("/api/live/none", headers=headers)
        assert alone.status_code == 415
        await ours.sign_in(browser)
        with_cookie = await browser.patch("/api/live/none", headers=headers)
        assert (with_cookie.status_code, with_cookie.json()["code"]) == (403, "foreign_origin")
        for method in ("POST", "PATCH", "DELETE"):
            for foreign in ({"Origin": origin}, {"Sec-Fetch-Site": "cross-site"}):
                asked = await browser.request(method, "/api/live/none", headers=foreign)
                assert (asked.status_code, asked.json()["code"]) == (403, "foreign_origin")


async def test_a_disabled_user_is_not_let_in_with_a_token(
    ours: Site, program: httpx.AsyncClient, database: Database
) -> None:
    users = Users(database)
    ada = await users.find_or_create(ours.provider.issuer, "ada", None, "Ada")
    await users.disable(ada.id)
    response = await me(program, ours.provider.access_token())
    assert (response.status_code, response.json()["code"]) == (401, "account_disabled")


async def test_a_provider_that_is_away_is_not_taken_for_a_bad_token(
    database_url: str, provider: LyingProvider
) -> None:
    async with (
        site(database_url, provider, oidc_issuer_url="http://127.0.0.1:9") as ours,
        ours.browser() as program,
    ):
        response = await me(program, provider.access_token())
    assert (response.status_code, response.json()["code"]) == (503, "provider_unavailable")
