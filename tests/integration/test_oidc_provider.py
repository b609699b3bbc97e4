# Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
"""Signing in and out with a certified provider that is not ours, end to end over HTTP."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from urllib.parse import urlsplit

import httpx
import pytest
from aiohttp.test_utils import TestServer, unused_port

from server.app import build_app
from server.auth.local import OneTimeLink
from tests.provider import AUDIENCE, CLIENT_ID, CLIENT_SECRET
from tests.real_provider import RECORDER, real_provider, sign_in_there, sign_out_there
from tests.settings import settings_with


@dataclass(frozen=True, slots=True)
class Ours:
    """Our server, whose people sign in at a real provider."""

    base_url: str
    issuer: str

    def browser(self) -> httpx.AsyncClient:
        return httpx.AsyncClient(base_url=self.base_url, trust_env=False)


@pytest.fixture
async def ours(database_url: str) -> AsyncIterator[Ours]:
    base_url = f"http://127.0.0.1:{unused_port()}"
    settings = settings_with(
        database_url,
        app_base_url=base_url,
        oidc_issuer_url=f"http://127.0.0.1:{unused_port()}",
        oidc_client_id=CLIENT_ID,
        oidc_client_secret=CLIENT_SECRET,
        jwt_audience=AUDIENCE,
    )
    app = build_app(settings, OneTimeLink())
    async with TestServer(app, port=urlsplit(base_url).port):
        yield Ours(base_url, settings.oidc_issuer_url)


@pytest.fixture
async def provider(ours: Ours) -> AsyncIterator[str]:
    async with real_provider(ours.base_url, urlsplit(ours.issuer).port or 0) as issuer:
        assert issuer == ours.issuer
        yield issuer


@pytest.fixture
async def browser(ours: Ours, provider: str) -> AsyncIterator[httpx.AsyncClient]:
    async with ours.browser() as browser:
        yield browser


async def signed_in_as(browser: httpx.AsyncClient) -> str | None:
    me = await browser.get("/api/me")
    return me.json()["display_name"] if me.status_code == 200 else None


async def test_a_person_signs_in_and_out(ours: Ours, browser: httpx.AsyncClient) -> None:
    back = await sign_in_there(browser, "/login?next=/?x=1", "ada")
    assert (back.status_code, back.headers["Location"]) == (303, "/?x=1")
    assert await signed_in_as(browser) == "ada the First"

    address = (await browser.post("/api/logout")).json()["next"]
    assert address.startswith(ours.issuer)
    assert await signed_in_as(browser) is None
    done = await sign_out_there(browser, address)
    assert (done.status_code, done.headers["Location"]) == (303, "/")

    # There, too: who signs in now is asked who they are.
    await sign_in_there(browser, "/login", "eve")
    assert await signed_in_as(browser) == "eve the First"


async def test_who_signs_out_at_the_provider_is_signed_out_here(
    ours: Ours, browser: httpx.AsyncClient
) -> None:
    await sign_in_there(browser, "/login", "ada")
    assert await signed_in_as(browser) == "ada the First"
    await sign_out_there(browser, f"{ours.issuer}/session/end")
    assert await signed_in_as(browser) is None


async def test_a_provider_that_comes_back_with_another_key_is_still_believed(
    ours: Ours,
) -> None:
    for name in ("ada", "eve"):
        async with (
            real_provider(ours.base_url, urlsplit(ours.issuer).port or 0),
            ours.browser() as browser,
        ):
            await sign_in_there(browser, "/login", name)
            assert await signed_in_as(browser) == f"{name} the First"


async def test_a_program_gets_an_access_token_there_and_uses_it_here(
    ours: Ours, provider: str, browser: httpx.AsyncClient
) -> None:
    form = {"grant_type": "client_credentials", "resource": AUDIENCE}
    answer = await browser.post(f"{provider}/token", data=form, auth=RECORDER)
    token = answer.json()["access_token"]
    me = await browser.get("/api/me", headers={"Authorization": f"Bearer {token}"})
    assert (me.status_code, me.json()["sign_in"]) == (200, "oidc")
