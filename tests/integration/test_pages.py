# Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
"""What the browser gets that is no API: the web client, pages in words, and headers that guard both."""

import base64
import hashlib
import re
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient
from pytest_aiohttp import AiohttpClient
from structlog.testing import capture_logs

from server.app import build_app
from server.auth.local import OneTimeLink
from tests.settings import settings_with

Client = TestClient[web.Request, web.Application]


@pytest.fixture
def web_client(tmp_path: Path) -> Path:
    """A web client as a build leaves it, next to files that are none of its."""
    folder = tmp_path / "dist"
    (folder / "assets").mkdir(parents=True)
    (folder / "index.html").write_text("<!doctype html><title>Dragoman</title>")
    (folder / "assets" / "index-4f2a.js").write_text("start()")
    (folder / "icon.svg").write_text("<svg/>")
    (tmp_path / "secret.txt").write_text("secret")
    return folder


@pytest.fixture
def app(database_url: str, web_client: Path) -> web.Application:
    return build_app(settings_with(database_url), OneTimeLink(), web_client)


@pytest.fixture
async def client(app: web.Application, aiohttp_client: AiohttpClient) -> Client:
    async def break_down(_: web.Request) -> web.Response:
        raise ZeroDivisionError("what somebody said")

    async def take(request: web.Request) -> web.Response:
        return web.Response(text=str(len(await request.read())))

    app.router.add_get("/broken", break_down)
    app.router.add_post("/take", take)
    return await aiohttp_client(app)


async def test_the_start_page_is_always_asked_for_again(client: Client) -> None:
    response = await client.get("/")
    assert response.status == 200
    assert response.content_type == "text/html"
    assert response.headers["Cache-Control"] == "no-cache"
    assert response.headers["ETag"]


async def test_what_has_a_hash_in_its_name_is_kept_for_good(client: Client) -> None:
    response = await client.get("/assets/index-4f2a.js")
    assert response.status == 200
    assert response.content_type in ("text/javascript", "application/javascript")
    assert "immutable" in response.headers["Cache-Control"]


async def test_icons_are_served(client: Client) -> None:
    response = await client.get("/icon.svg")
    assert (response.status, response.content_type) == (200, "image/svg+xml")


@pytest.mark.parametrize(
    "path",
    [
        "/nothing",
        "/assets/nothing.js",
        "/assets/",
        "/secret.txt",
        "/../secret.txt",
        "/assets/../../secret.txt",
        "/assets/..%2f..%2fsecret.txt",
        "/assets/%2e%2e/%2e%2e/secret.txt",
        "/index.html",
        "/login",
    ],
)
async def test_nothing_else_is_there(client: Client, path: str) -> None:
    response = await client.get(path)
    assert response.status == 404
    assert response.content_type == "text/html"
    assert "There is nothing at this address." in await response.text()


async def test_a_page_that_is_not_built_says_how_to_build_it(
    database_url: str, tmp_path: Path, aiohttp_client: AiohttpClient
) -> None:
    app = build_app(settings_with(database_url), OneTimeLink(), tmp_path / "none")
    response = await (await aiohttp_client(app)).get("/")
    assert response.status == 503
    assert "make run" in await response.text()


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/", 200),
        ("/assets/index-4f2a.js", 200),
        ("/health", 200),
        ("/nothing", 404),
        ("/broken", 500),
        ("/api/me", 401),
    ],
)
async def test_every_answer_guards_the_browser(client: Client, path: str, status: int) -> None:
    response = await client.get(path)
    assert response.status == status
    policy = response.headers["Content-Security-Policy"]
    assert "default-src 'self'" in policy or "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "base-uri 'none'" in policy
    assert "unsafe" not in policy
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Referrer-Policy"] == "no-referrer"
    assert response.headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert "microphone=(self)" in response.headers["Permissions-Policy"]
    assert "Server" not in response.headers
    assert "Strict-Transport-Security" not in response.headers


async def test_with_https_browsers_are_told_to_stay_with_it(
    database_url: str, web_client: Path, aiohttp_client: AiohttpClient
) -> None:
    settings = settings_with(database_url, app_base_url="https://dragoman.example.org")
    response = await (await aiohttp_client(build_app(settings, OneTimeLink(), web_client))).get("/")
    assert response.headers["Strict-Transport-Security"].startswith("max-age=")


async def test_the_policy_of_a_page_in_words_allows_its_own_style_and_nothing_else(client: Client) -> None:
    response = await client.get("/nothing")
    (style,) = re.findall("<style>(.*)</style>", await response.text())
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert f"style-src 'sha256-{digest}'" in response.headers["Content-Security-Policy"]


async def test_what_nobody_expected_is_logged_once_and_told_by_a_reference_only(client: Client) -> None:
    with capture_logs() as lines:
        response = await client.get("/broken")
    assert response.status == 500
    page = await response.text()
    (line,) = [line for line in lines if line["event"] == "request_failed"]
    assert line["reference"] in page
    assert line["exc_info"]
    assert "ZeroDivisionError" not in page
    assert "what somebody said" not in page


async def test_a_wrong_method_is_told_which_are_right(client: Client) -> None:
    response = await client.post("/health")
    assert response.status == 405
    assert response.headers["Allow"] == "GET,HEAD"


async def test_a_body_that_is_too_large_is_refused(client: Client) -> None:
    assert (await client.post("/take", data=b"x" * 65_536)).status == 200
    assert (await client.post("/take", data=b"x" * 65_537)).status == 413
