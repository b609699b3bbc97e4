# Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
"""Nobody reaches what is another's: every route x method x who asks, from the application's own route table.

A route that has no entry here fails the test, and so does an entry that has no route.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import pytest
from aiohttp import DummyCookieJar, web
from aiohttp.test_utils import TestClient, TestServer
from sqlalchemy import text

from db import Database, Logins, User, Users
from tests.peers import Talker
from tests.provider import AUDIENCE, CLIENT_ID, CLIENT_SECRET, LyingProvider
from tests.settings import settings_with
from tests.whole import cookie_of, spoken, whole_app

Route = tuple[str, str]
"""Method and address."""
ACTORS = ("nobody", "signed out", "other audience", "disabled", "other", "owner", "owner's token")
STRANGERS = ("nobody", "signed out", "other audience", "disabled")


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What each one who asks is answered, and what is sent."""

    statuses: dict[str, int]
    body: str | None = None
    content_type: str = ""
    query: str = ""


def everybody(status: int, **more: str) -> Entry:
    """Open to all: it tells nothing of anybody."""
    return Entry(statuses=dict.fromkeys(ACTORS, status), **more)


def signed_in(status: int, **more: str) -> Entry:
    """For whoever is known, about themselves."""
    known = dict.fromkeys(("owner", "other", "owner's token"), status)
    return Entry(statuses={**dict.fromkeys(STRANGERS, 401), **known}, **more)


def own(status: int, **more: str) -> Entry:
    """An object: for all but its owner it is not there. The owner's second request comes after the first."""
    again = 404 if status == 204 else status
    known = {"other": 404, "owner": status, "owner's token": again}
    return Entry(statuses={**dict.fromkeys(STRANGERS, 401), **known}, **more)


CONVERSATION = "/api/conversations/{conversation_id}"
LIVE_SESSION = "/api/live/{live_session_id}"
SDP, FRAGMENT = "application/sdp", "application/trickle-ice-sdpfrag"
TITLE = '{"title": "Mine now"}'

ENTRIES: dict[Route, Entry] = {
    ("GET", "/"): everybody(200),
    ("GET", "/history"): everybody(200),
    ("GET", "/history/{conversation_id}"): everybody(200),
    ("GET", "/assets/{name}"): everybody(404),
    ("GET", "/{name}"): everybody(404),
    ("GET", "/health"): everybody(200),
    ("GET", "/metrics"): everybody(401),
    ("GET", "/api/sign-in"): everybody(200),
    ("GET", "/api/me"): signed_in(200),
    ("GET", "/api/languages"): signed_in(200),
    ("GET", "/api/openapi.json"): signed_in(200),
    ("GET", "/api/docs"): signed_in(200),
    ("GET", "/api/conversations"): signed_in(200),
    ("GET", CONVERSATION): own(200),
    ("PATCH", CONVERSATION): own(200, body=TITLE, content_type="application/json"),
    ("GET", f"{CONVERSATION}/export"): own(200, query="?format=json"),
    ("DELETE", CONVERSATION): own(204),
    ("POST", "/api/warm-up"): signed_in(202),
    ("OPTIONS", "/api/live"): signed_in(204),
    ("POST", "/api/live"): signed_in(400, body="v=1", content_type=SDP),
    # The fragment is empty: what matters is who gets as far as to be told so.
    ("PATCH", LIVE_SESSION): own(400, body="", content_type=FRAGMENT),
    ("DELETE", LIVE_SESSION): own(200),
    ("GET", "/login"): everybody(303),
    ("GET", "/login/callback"): everybody(403),
    ("GET", "/login/signed-out"): everybody(403),
    ("POST", "/login/back-channel-logout"): everybody(400),
    ("GET", "/login/local"): everybody(403),
    ("POST", "/api/logout"): everybody(200),
}
LOCAL_ONLY = {("GET", "/login/local")}


def table_of(app: web.Application) -> set[Route]:
    """HEAD is GET without a body, wherever it is there at all."""
    return {
        (route.method, route.resource.canonical)
        for route in app.router.routes()
        if route.resource is not None and route.method != "HEAD"
    }


@pytest.fixture
def web_client(tmp_path: Path) -> Path:
    (tmp_path / "index.html").write_text("<!doctype html><title>Dragoman</title>")
    return tmp_path


def provider_settings(provider: LyingProvider) -> dict[str, str]:
    return {
        "oidc_issuer_url": provider.issuer,
        "oidc_client_id": CLIENT_ID,
        "oidc_client_secret": CLIENT_SECRET,
        "jwt_audience": AUDIENCE,
        "metrics_token": "for the monitoring system",
    }


@dataclass(frozen=True, slots=True)
class Everyone:
    """Who asks."""

    database: Database
    provider: LyingProvider
    owner: User
    other: User
    disabled: User

    async def headers(self, actor: str) -> dict[str, str]:
        """What a request of theirs carries. Each time a login of its own: one route ends logins."""
        match actor:
            case "nobody":
                return {}
            case "signed out":
                token = (await cookie_of(self.database, self.owner.id))["dragoman"]
                await Logins(self.database).delete(token)
                return {"Cookie": f"dragoman={token}"}
            case "other audience":
                token = self.provider.access_token(sub=self.owner.oidc_sub, aud="https://other.example")
                return {"Authorization": f"Bearer {token}"}
            case "owner's token":
                token = self.provider.access_token(sub=self.owner.oidc_sub)
                return {"Authorization": f"Bearer {token}"}
        user: User = getattr(self, actor)
        return {"Cookie": f"dragoman={(await cookie_of(self.database, user.id))['dragoman']}"}


async def everyone(database: Database, provider: LyingProvider) -> Everyone:
    users = Users(database)
    owner, other, disabled = [
        await users.find_or_create(provider.issuer, name, None, name) for name in ("ada", "bob", "eve")
    ]
    async with database.transaction() as session:
        await session.execute(
            text("UPDATE users SET disabled_at = now() WHERE id = :id"), {"id": disabled.id}
        )
    return Everyone(database, provider, owner, other, disabled)


def methods_of(app: web.Application, route: Route) -> Iterator[str]:
    """The method itself, and HEAD where that is there, too. HEAD first: it changes nothing."""
    method, address = route
    known = {one.method for one in app.router.routes() if one.resource and one.resource.canonical == address}
    if method == "GET" and "HEAD" in known:
        yield "HEAD"
    yield method


async def test_every_route_has_an_entry_and_every_entry_a_route(database_url: str, web_client: Path) -> None:
    async with LyingProvider() as provider:
        local = table_of(whole_app(settings_with(database_url), web_client))
        single = table_of(whole_app(settings_with(database_url, **provider_settings(provider)), web_client))
    assert local - single == LOCAL_ONLY
    assert single | local == set(ENTRIES)


async def test_every_route_answers_each_one_as_it_should(
    database_url: str, database: Database, web_client: Path
) -> None:
    async with LyingProvider() as provider:
        app = whole_app(settings_with(database_url, **provider_settings(provider)), web_client)
        people = await everyone(database, provider)
        async with TestClient(TestServer(app), cookie_jar=DummyCookieJar()) as client:
            cookies = await cookie_of(database, people.owner.id)
            async with Talker(str(client.make_url("")).rstrip("/"), cookies) as talker:
                for route in (
                    ENTRIES.keys() - LOCAL_ONLY - {("POST", "/api/logout"), ("DELETE", LIVE_SESSION)}
                ):
                    await check(app, client, people, route, talker.location)
                # These end what the others need.
                await check(app, client, people, ("DELETE", LIVE_SESSION), talker.location)
                await check(app, client, people, ("POST", "/api/logout"), talker.location)


async def check(
    app: web.Application,
    client: TestClient[web.Request, web.Application],
    people: Everyone,
    route: Route,
    live_session: str,
) -> None:
    entry = ENTRIES[route]
    conversation_id = await spoken(people.database, people.owner.id, ("Secret.", "Geheim."), title="Mine")
    address = route[1].replace("{conversation_id}", str(conversation_id))
    address = address.replace(LIVE_SESSION, live_session).replace("{name}", "nothing.txt")
    for actor in ACTORS:
        for method in methods_of(app, route):
            headers = await people.headers(actor)
            if entry.content_type:
                headers["Content-Type"] = entry.content_type
            response = await client.request(
                method, address + entry.query, headers=headers, data=entry.body, allow_redirects=False
            )
            assert response.status == entry.statuses[actor], f"{method} {route[1]} as {actor}"
            content = await response.read()
            if not actor.startswith("owner"):
                for secret in ("Secret", "Geheim", str(people.owner.id)):
                    assert secret.encode() not in content, f"{method} {route[1]} as {actor}"


async def test_the_id_of_no_conversation_is_as_good_as_that_of_anothers(
    database_url: str, database: Database, web_client: Path
) -> None:
    async with LyingProvider() as provider:
        app = whole_app(settings_with(database_url, **provider_settings(provider)), web_client)
        people = await everyone(database, provider)
        theirs = await spoken(database, people.owner.id, ("Secret.", "Geheim."))
        async with TestClient(TestServer(app), cookie_jar=DummyCookieJar()) as client:
            headers = await people.headers("other")
            answers = set()
            for name in (theirs, uuid4(), "nonsense"):
                response = await client.get(f"/api/conversations/{name}", headers=headers)
                answers.add((response.status, await response.text()))
            assert len(answers) == 1
