# Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
"""Signing in with the one-time link, what a login opens, and how it ends; on a real server and PostgreSQL."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from http.cookies import Morsel
from uuid import UUID, uuid4

import pytest
from aiohttp import ClientResponse, web
from aiohttp.test_utils import TestClient
from pytest_aiohttp import AiohttpClient
from sqlalchemy import text
from structlog.testing import capture_logs

from db import Conversations, Database, Logins, Users
from server.app import build_app
from server.auth.access import WITHOUT_LOGIN
from server.auth.local import OneTimeLink
from tests.conftest import fresh_database
from tests.settings import settings_with

Client = TestClient[web.Request, web.Application]
SignIn = Callable[[], Awaitable[ClientResponse]]


@pytest.fixture
def link() -> OneTimeLink:
    return OneTimeLink()


@pytest.fixture
async def client(database_url: str, link: OneTimeLink, aiohttp_client: AiohttpClient) -> Client:
    """A browser that is not signed in."""
    return await aiohttp_client(build_app(settings_with(database_url), link))


@pytest.fixture
async def signed_in(client: Client, link: OneTimeLink) -> Client:
    await opened(client, link)
    return client


async def opened(client: Client, link: OneTimeLink, **headers: str) -> ClientResponse:
    """The answer to opening the link, without going where it leads."""
    return await client.get(link.address(""), allow_redirects=False, headers=headers)


def cookie_of(response: ClientResponse) -> Morsel[str]:
    (cookie,) = response.cookies.values()
    return cookie


async def problem_of(response: ClientResponse) -> tuple[int, str]:
    """Status and code of a problem document, which must be whole."""
    assert response.content_type == "application/problem+json"
    body = await response.json()
    assert body["type"] == "about:blank"
    assert body["status"] == response.status
    assert body["title"]
    return response.status, body["code"]


async def test_the_link_signs_in_and_leads_to_the_start_page(client: Client, link: OneTimeLink) -> None:
    response = await opened(client, link)
    assert (response.status, response.headers["Location"]) == (303, "/")
    assert response.headers["Referrer-Policy"] == "no-referrer"
    assert response.headers["Cache-Control"] == "no-store"
    me = await client.get("/api/me")
    assert me.status == 200
    body = await me.json()
    assert UUID(body["id"])
    assert body["display_name"]


async def test_the_link_works_once(client: Client, link: OneTimeLink) -> None:
    address = link.address("")
    await opened(client, link)
    client.session.cookie_jar.clear()
    response = await client.get(address, allow_redirects=False)
    assert response.status == 403
    assert "works once" in await response.text()
    assert (await client.get("/api/me")).status == 401


async def test_a_wrong_link_is_refused_and_does_not_use_up_the_right_one(
    client: Client, link: OneTimeLink
) -> None:
    for token in ("", "guess", "\udcff", link.address("")[:-1]):
        response = await client.get(
            "/login/local", params={"token": token.encode("utf-8", "replace").decode()}
        )
        assert response.status == 403
        assert not response.cookies
    assert (await opened(client, link)).status == 303


async def test_looking_whether_the_link_works_does_not_use_it_up(client: Client, link: OneTimeLink) -> None:
    assert (await client.head(link.address(""))).status == 405
    assert (await opened(client, link, **{"Sec-Purpose": "prefetch;prerender"})).status == 503
    assert (await opened(client, link)).status == 303


def test_a_link_expires_if_told_to() -> None:
    now = [0.0]
    link = OneTimeLink(lifetime_s=60, clock=lambda: now[0])
    token = link.address("").partition("token=")[2]
    now[0] = 60.0
    assert not link.redeem(token)


def test_the_token_of_a_link_has_256_random_bits() -> None:
    tokens = {OneTimeLink().address("").partition("token=")[2] for _ in range(3)}
    assert len(tokens) == 3
    assert all(len(token) == 43 for token in tokens)


async def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(
    client: Client, link: OneTimeLink
) -> None:
    cookie = cookie_of(await opened(client, link))
    assert cookie.key == "dragoman"
    assert cookie["httponly"]
    assert (cookie["samesite"], cookie["path"], cookie["domain"]) == ("Lax", "/", "")
    assert int(cookie["max-age"]) == 90 * 24 * 3600


async def test_with_https_the_cookie_never_leaves_it(
    database_url: str, link: OneTimeLink, aiohttp_client: AiohttpClient
) -> None:
    settings = settings_with(database_url, app_base_url="https://dragoman.example.org")
    client = await aiohttp_client(build_app(settings, link))
    cookie = cookie_of(await opened(client, link))
    assert cookie.key == "__Host-dragoman"
    assert cookie["secure"]
    assert (cookie["path"], cookie["domain"]) == ("/", "")

    own = {"Cookie": f"{cookie.key}={cookie.value}", "Origin": "https://dragoman.example.org"}
    assert (await client.get("/api/me", headers=own)).status == 200
    gone = cookie_of(await client.post("/api/logout", headers=own))
    # Browsers ignore a deletion of such a cookie that is not Secure itself.
    assert (gone.key, gone.value, gone["max-age"]) == ("__Host-dragoman", "", "0")
    assert gone["secure"]


async def test_no_address_of_the_api_answers_without_a_login(client: Client) -> None:
    asked = 0
    for route in client.app.router.routes():
        assert route.resource is not None
        path = route.resource.canonical
        if path.startswith("/api") and (route.method, path) not in WITHOUT_LOGIN:
            response = await client.request(route.method, path.replace("{", "").replace("}", ""))
            assert response.status == 401, (route.method, path)
            asked += 1
    assert asked >= 7


@pytest.mark.parametrize("path", ["/api/me", "/%61pi/me", "/api/nothing", "/api/me/"])
async def test_however_an_address_is_spelt_it_needs_a_login(client: Client, path: str) -> None:
    assert await problem_of(await client.get(path)) == (401, "not_signed_in")


async def test_health_needs_no_login(client: Client) -> None:
    response = await client.get("/health")
    assert response.status == 200
    assert await response.json() == {"status": "ok", "version": "0.1.0"}


async def test_signing_out_ends_the_login_and_not_only_the_cookie(
    signed_in: Client, database: Database
) -> None:
    (stolen,) = [cookie.value for cookie in signed_in.session.cookie_jar]
    response = await signed_in.post("/api/logout")
    assert (response.status, await response.json()) == (200, {"next": "/"})
    assert cookie_of(response)["max-age"] == "0"
    again = await signed_in.get("/api/me", headers={"Cookie": f"dragoman={stolen}"})
    assert again.status == 401
    async with database.transaction() as session:
        assert (await session.execute(text("SELECT count(*) FROM logins"))).scalar_one() == 0


async def test_signing_out_twice_is_no_error(signed_in: Client) -> None:
    assert [(await signed_in.post("/api/logout")).status for _ in range(2)] == [200, 200]


async def test_signing_in_makes_a_new_login_and_ends_the_old_one(
    client: Client, link: OneTimeLink, database: Database
) -> None:
    logins, user = Logins(database), await Users(database).local_user()
    old = await logins.create(user.id, {}, timedelta(days=1))
    cookie = cookie_of(await opened(client, link, Cookie=f"dragoman={old}"))
    assert cookie.value != old
    assert await logins.read(old, timedelta(days=1)) is None
    assert await logins.read(cookie.value, timedelta(days=1)) is not None


@pytest.mark.parametrize("token", ["", "guess", "%00", "\xff" * 300])
async def test_a_cookie_that_nobody_gave_out_is_no_login(client: Client, token: str) -> None:
    response = await client.get("/api/me", headers={"Cookie": f"dragoman={token}"})
    assert await problem_of(response) == (401, "not_signed_in")


@pytest.mark.parametrize(("hours", "status"), [(719, 200), (721, 401)])
async def test_a_login_that_nobody_uses_ends(
    signed_in: Client, database: Database, hours: int, status: int
) -> None:
    await let_pass(database, hours)
    assert (await signed_in.get("/api/me")).status == status


async def test_a_login_ends_after_its_time_however_much_it_is_used(
    signed_in: Client, database: Database
) -> None:
    statuses = []
    for _ in range(4):
        await let_pass(database, 700)
        statuses.append((await signed_in.get("/api/me")).status)
    assert statuses == [200, 200, 200, 401]


async def let_pass(database: Database, hours: int) -> None:
    """Time passes for what is stored."""
    async with database.transaction() as session:
        for column in ("created_at", "last_seen_at", "expires_at"):
            await session.execute(text(f"UPDATE logins SET {column} = {column} - interval '{hours} hours'"))


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://localhost.evil.example:8080"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
async def test_a_page_of_another_site_changes_nothing(signed_in: Client, headers: dict[str, str]) -> None:
    response = await signed_in.post("/api/logout", headers=headers)
    assert await problem_of(response) == (403, "foreign_origin")
    assert (await signed_in.get("/api/me", headers=headers)).status == 200


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Origin": "http://localhost:8080", "Sec-Fetch-Site": "same-origin"},
        {"Origin": "http://app.example:5173", "Sec-Fetch-Site": "cross-site"},
    ],
)
async def test_our_pages_allowed_ones_and_programs_may_change_things(
    database_url: str, aiohttp_client: AiohttpClient, link: OneTimeLink, headers: dict[str, str]
) -> None:
    settings = settings_with(database_url, allowed_origins="http://app.example:5173 http://other.example")
    client = await aiohttp_client(build_app(settings, link))
    await opened(client, link)
    assert (await client.post("/api/logout", headers=headers)).status == 200


async def test_the_address_that_the_browser_used_is_ours(signed_in: Client) -> None:
    origin = str(signed_in.make_url("/")).rstrip("/")
    assert (await signed_in.post("/api/logout", headers={"Origin": origin})).status == 200


async def test_who_signs_in_is_logged_and_the_token_is_not(client: Client, link: OneTimeLink) -> None:
    token = link.address("").partition("token=")[2]
    with capture_logs() as lines:
        await client.get("/login/local?token=guess")
        await opened(client, link)
        await client.post("/api/logout")
    assert [line["event"] for line in lines] == ["sign_in_refused", "signed_in", "signed_out"]
    assert token not in str(lines)
    assert "guess" not in str(lines)


async def test_a_database_that_is_gone_is_said_in_words(
    postgres: str, link: OneTimeLink, aiohttp_client: AiohttpClient
) -> None:
    async with fresh_database(postgres) as url:
        client = await aiohttp_client(build_app(settings_with(url), link))
        await opened(client, link)
    response = await client.get("/api/me")
    assert await problem_of(response) == (503, "database_unavailable")
    assert response.headers["Retry-After"]
    assert (await client.get("/health")).status == 200


async def test_languages_come_with_their_defaults(signed_in: Client) -> None:
    body = await (await signed_in.get("/api/languages")).json()
    assert body["source"][0] == {"code": "auto", "name": "Detect language"}
    assert {"code": "de", "name": "German"} in body["source"]
    assert {"code": "de", "name": "German"} in body["target"]
    assert "auto" not in [language["code"] for language in body["target"]]
    assert (body["default_source"], body["default_target"]) == ("auto", "en")
    assert body["demonstration_model"] is True


async def test_a_conversation_is_read_by_its_owner_only(signed_in: Client, database: Database) -> None:
    conversations, users = Conversations(database), Users(database)
    me, other = await users.local_user(), await users.find_or_create("https://id.example", "2", None, "Other")
    now = datetime.now(UTC)
    mine, others = uuid4(), uuid4()
    for conversation_id, user in ((mine, me), (others, other)):
        await conversations.start(conversation_id, user.id, "auto", "de", now)
        await conversations.open_paragraph(conversation_id, 0, "Hello", now)

    body = await (await signed_in.get(f"/api/conversations/{mine}")).json()
    assert (body["id"], body["source_language"], body["target_language"]) == (str(mine), "auto", "de")
    assert datetime.fromisoformat(body["created_at"]) == now
    (paragraph,) = body["paragraphs"]
    assert (paragraph["paragraph_index"], paragraph["source_text"]) == (0, "Hello")
    assert (paragraph["status"], paragraph["ended_at"]) == ("in_progress", None)

    for foreign in (others, uuid4(), "nonsense"):
        response = await signed_in.get(f"/api/conversations/{foreign}")
        assert await problem_of(response) == (404, "not_found")
