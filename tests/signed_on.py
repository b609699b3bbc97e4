# Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
"""A server of ours whose people sign in through an identity provider, and their browsers."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import httpx
from aiohttp.test_utils import TestServer, unused_port

from server.app import build_app
from server.auth.local import OneTimeLink
from tests.provider import AUDIENCE, CLIENT_ID, CLIENT_SECRET, LyingProvider
from tests.settings import settings_with


@dataclass(frozen=True, slots=True)
class Site:
    """Ours."""

    base_url: str
    provider: LyingProvider

    def browser(self) -> httpx.AsyncClient:
        """One with its own cookies, which goes nowhere by itself."""
        return httpx.AsyncClient(base_url=self.base_url, trust_env=False)

    async def begin(self, browser: httpx.AsyncClient, next_page: str = "/") -> str:
        """Until the person has signed in at the provider; the address that they are sent back to."""
        response = await browser.get("/login", params={"next": next_page})
        assert response.status_code == 303, response.text
        return self.provider.sign_in(response.headers["Location"])

    async def sign_in(self, browser: httpx.AsyncClient, next_page: str = "/") -> httpx.Response:
        """The whole way; the answer to the browser's return."""
        return await browser.get(await self.begin(browser, next_page))

    async def is_signed_in(self, browser: httpx.AsyncClient) -> bool:
        return (await browser.get("/api/me")).status_code == 200


@asynccontextmanager
async def site(database_url: str, provider: LyingProvider, **more: Any) -> AsyncIterator[Site]:
    """Served as long as this is open."""
    base_url = f"http://127.0.0.1:{(port := unused_port())}"
    sign_in = {
        "app_base_url": base_url,
        "oidc_issuer_url": provider.issuer,
        "oidc_client_id": CLIENT_ID,
        "oidc_client_secret": CLIENT_SECRET,
        "jwt_audience": AUDIENCE,
    }
    app = build_app(settings_with(database_url, **{**sign_in, **more}), OneTimeLink())
    async with TestServer(app, port=port):
        yield Site(base_url, provider)


def code_of(page: httpx.Response) -> str:
    """The code on a page in words."""
    found = re.search(r'data-code="(\w+)"', page.text)
    return found[1] if found else ""
