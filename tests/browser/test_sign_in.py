# Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
"""Signing in and out in a real Chromium at a certified provider."""

from collections.abc import AsyncIterator

import pytest
from aiohttp.test_utils import TestServer, unused_port
from playwright.async_api import BrowserContext, Page, expect
from sqlalchemy import text

from db import Database
from server.app import build_app
from server.auth.local import OneTimeLink
from tests.browser.chromium import PHONE, chromium
from tests.provider import CLIENT_ID, CLIENT_SECRET
from tests.real_provider import real_provider
from tests.settings import settings_with

pytestmark = pytest.mark.browser


@pytest.fixture
async def base_url(database_url: str) -> AsyncIterator[str]:
    """Our server; its people sign in at a real provider."""
    port = unused_port()
    base_url = f"http://127.0.0.1:{port}"
    async with real_provider(base_url) as issuer:
        settings = settings_with(
            database_url,
            app_base_url=base_url,
            oidc_issuer_url=issuer,
            oidc_client_id=CLIENT_ID,
            oidc_client_secret=CLIENT_SECRET,
        )
        async with TestServer(build_app(settings, OneTimeLink()), port=port):
            yield base_url


async def sign_in(page: Page, base_url: str, name: str) -> None:
    """From our sign-in to the page that was wanted, which need not exist."""
    await page.goto(f"{base_url}/login?next=/history")
    await page.fill("input[name=login]", name)
    await page.fill("input[name=password]", "any")
    await page.click("button[type=submit]")
    await expect(page.locator("input[name=prompt][value=consent]")).to_be_attached()
    await page.click("button[type=submit]")
    await page.wait_for_url(f"{base_url}/history")


async def name_of(context: BrowserContext, base_url: str) -> str | None:
    me = await context.request.get(f"{base_url}/api/me")
    return (await me.json())["display_name"] if me.ok else None


async def test_a_person_signs_in_and_out_in_a_browser(base_url: str) -> None:
    async with chromium() as browser:
        context = await browser.new_context(viewport=PHONE)
        page = await context.new_page()
        await sign_in(page, base_url, "ada")
        assert await name_of(context, base_url) == "ada the First"

        ours = [cookie for cookie in await context.cookies(base_url) if "dragoman" in cookie["name"]]
        assert [(cookie["name"], cookie["httpOnly"], cookie["sameSite"]) for cookie in ours] == [
            ("dragoman", True, "Lax")
        ]
        assert "dragoman" not in await page.evaluate("document.cookie")

        answer = await context.request.post(f"{base_url}/api/logout")
        await page.goto((await answer.json())["next"])
        await page.click("button[value=yes]")
        await page.wait_for_url(lambda address: address.startswith(base_url))
        assert await name_of(context, base_url) is None

        # The provider, too, asks who it is now.
        await page.goto(f"{base_url}/login")
        await expect(page.locator("input[name=login]")).to_be_visible()


async def test_when_the_login_has_expired_the_page_signs_in_again_by_itself_and_is_where_it_was(
    base_url: str, database: Database
) -> None:
    async with chromium() as browser:
        context = await browser.new_context(viewport=PHONE)
        page = await context.new_page()
        await sign_in(page, base_url, "ada")
        await expect(page.get_by_test_id("search")).to_be_visible()
        async with database.transaction() as session:
            await session.execute(text("UPDATE logins SET expires_at = now() - interval '1 second'"))

        async with page.expect_request(lambda request: "/login/callback" in request.url):
            await page.get_by_test_id("search").fill("words")
        await page.wait_for_url(f"{base_url}/history?q=words")
        await expect(page.get_by_test_id("search")).to_have_value("words")
        assert await name_of(context, base_url) == "ada the First"
