# Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
"""A certified identity provider (`oidc-provider`) as a process of its own, and how people use its pages."""

import asyncio
import html
import re
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest

FOLDER = Path(__file__).parent / "oidc_provider"
NODE = Path(sys.executable).with_name("node")
RECORDER = ("recorder", "another secret")
"""A program that is registered there, and its secret."""


@asynccontextmanager
async def real_provider(our_base_url: str, port: int = 0) -> AsyncIterator[str]:
    """Its issuer; it knows the server at `our_base_url` as a client."""
    if not (FOLDER / "node_modules").is_dir():
        pytest.skip("oidc-provider is not installed: npm ci --prefix tests/oidc_provider")
    pages = ("/login/callback", "/login/signed-out", "/login/back-channel-logout")
    process = await asyncio.create_subprocess_exec(
        NODE,
        FOLDER / "index.mjs",
        str(port),
        *(our_base_url + page for page in pages),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        assert process.stdout is not None
        issuer = (await process.stdout.readline()).decode().strip()
        assert issuer, "the provider did not start"
        yield issuer
    finally:
        assert process.stdin is not None
        process.stdin.close()
        await process.wait()


async def sign_in_there(browser: httpx.AsyncClient, first: str, name: str) -> httpx.Response:
    """Follow an address to the provider, give a name and agree, until it sends the browser away."""
    page = await _followed(browser, await browser.get(first))
    for fields in ({"login": name, "password": "any"}, {}):
        if "<form" in page.text and 'name="prompt"' in page.text:
            page = await _followed(browser, await browser.post(_action(page), data=_hidden(page) | fields))
    return page


async def sign_out_there(browser: httpx.AsyncClient, first: str) -> httpx.Response:
    """Follow an address to the provider and agree to sign out."""
    page = await _followed(browser, await browser.get(first))
    answer = await browser.post(_action(page), data=_hidden(page) | {"logout": "yes"})
    return await _followed(browser, answer)


async def _followed(browser: httpx.AsyncClient, answer: httpx.Response) -> httpx.Response:
    while answer.is_redirect and answer.next_request is not None:
        if urlsplit(answer.headers["Location"]).path == "/":
            return answer  # Our start page: we are there.
        answer = await browser.send(answer.next_request)
    return answer


def _action(page: httpx.Response) -> str:
    found = re.search(r'<form[^>]*action="([^"]+)"', page.text)
    assert found, page.text
    return str(page.url.join(html.unescape(found[1])))


def _hidden(page: httpx.Response) -> dict[str, str]:
    return dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page.text))
