# Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
"""The API's description says what the server does: no route is missing, no answer comes as a surprise."""

import asyncio
import json
import re
from typing import Any
from uuid import UUID, uuid4

import pytest
import schemathesis
from aiohttp import DummyCookieJar, web
from aiohttp.test_utils import TestClient, TestServer
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import (
    content_type_conformance,
    not_a_server_error,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from schemathesis.core.failures import FailureGroup

from db import Database, Users
from server.config import Settings
from server.routes.docs import openapi, page
from server.routes.health import version
from tests.settings import settings_with
from tests.whole import cookie_of, spoken, whole_app

METHODS = {"get", "post", "put", "patch", "delete", "options"}
EXAMPLES = 12
"""How many requests of each kind are tried for each operation."""

Client = TestClient[web.Request, web.Application]


@schemathesis.serializer("application/sdp", "application/trickle-ice-sdpfrag")
def plain(_: schemathesis.SerializationContext, value: object) -> bytes:
    """Bodies that are simply text."""
    return str(value).encode(errors="surrogatepass")


UNDESCRIBED = {
    # Between browsers, the identity provider and us; OpenID Connect describes them.
    ("get", "/login"),
    ("get", "/login/callback"),
    ("get", "/login/signed-out"),
    ("post", "/login/back-channel-logout"),
    # The web client.
    ("get", "/"),
    ("get", "/history"),
    ("get", "/history/{conversation_id}"),
    ("get", "/assets/{name}"),
    ("get", "/{name}"),
}


def with_provider(database_url: str) -> Settings:
    return settings_with(
        database_url,
        oidc_issuer_url="http://127.0.0.1:9",
        oidc_client_id="dragoman",
        jwt_audience="api",
        metrics_token="s3cret",
    )


def described() -> set[tuple[str, str]]:
    return {(method, path) for path, item in openapi()["paths"].items() for method in METHODS & item.keys()}


def routed(app: web.Application) -> set[tuple[str, str]]:
    """HEAD is not told apart from GET."""
    return {
        (route.method.lower(), route.resource.canonical)
        for route in app.router.routes()
        if route.resource is not None and route.method != "HEAD"
    }


async def test_what_is_described_is_there_and_what_is_there_is_described(database_url: str) -> None:
    apps = [whole_app(settings_with(database_url)), whole_app(with_provider(database_url))]
    there = set().union(*map(routed, apps))
    assert described() & UNDESCRIBED == set()
    assert described() | UNDESCRIBED == there


def test_every_operation_has_a_name_of_its_own_and_every_reference_leads_somewhere() -> None:
    document = openapi()
    names = [document["paths"][path][method]["operationId"] for method, path in described()]
    assert len(names) == len(set(names))
    for reference in re.findall(r'"\$ref": "#/([^"]+)"', json.dumps(document)):
        found: Any = document
        for step in reference.split("/"):
            found = found[step]
    assert document["info"]["version"] == version()


def test_every_operation_behind_the_login_says_so() -> None:
    for path, item in openapi()["paths"].items():
        for method in METHODS & item.keys():
            is_open = item[method].get("security") == []
            assert ("401" in item[method]["responses"]) != is_open, f"{method} {path}"


@pytest.fixture
async def client(database_url: str) -> Any:
    app = whole_app(settings_with(database_url, metrics_token="s3cret"))
    async with TestClient(TestServer(app), cookie_jar=DummyCookieJar()) as client:
        yield client


async def test_the_document_and_its_page_are_served(client: Client, database: Database) -> None:
    user = await Users(database).local_user()
    cookie = f"dragoman={(await cookie_of(database, user.id))['dragoman']}"
    response = await client.get("/api/openapi.json", headers={"Cookie": cookie})
    assert (response.status, response.content_type) == (200, "application/json")
    assert await response.json() == openapi()
    response = await client.get("/api/docs", headers={"Cookie": cookie})
    assert (response.status, response.content_type) == (200, "text/html")
    assert await response.text() == page()
    policy = response.headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'")
    assert "unsafe" not in policy


def test_the_page_shows_every_operation_and_asks_nobody_else() -> None:
    html = page()
    for method, path in described():
        assert f"<code>{method.upper()} {path}</code>" in html
    assert not re.search(r"<(script|link|img|iframe)\b|https?://|url\(|@import", html)


async def test_every_answer_is_one_that_is_described(client: Client, database: Database) -> None:
    user = await Users(database).local_user()
    conversation_id = await spoken(
        database, user.id, ("Hello <b>you</b>.", "Hallo."), title="<script>alert(1)</script>"
    )
    operations = sorted(described(), key=lambda one: (one[0] == "delete", one[1] == "/api/logout", one))
    for method, path in operations:
        token = (await cookie_of(database, user.id))["dragoman"]
        for cookie in (None, token):
            await asyncio.to_thread(probe, str(client.make_url("/")), method, path, cookie, conversation_id)


async def test_an_answer_that_is_not_described_is_noticed() -> None:
    async def surprise(_: web.Request) -> web.Response:
        return web.json_response({"code": "teapot"}, status=418)

    app = web.Application()
    app.router.add_get("/api/me", surprise)
    async with TestServer(app) as server:
        with pytest.raises(FailureGroup, match="Undocumented"):
            await asyncio.to_thread(probe, str(server.make_url("/")), "get", "/api/me", None, uuid4())


def probe(base_url: str, method: str, path: str, cookie: str | None, conversation_id: UUID) -> None:
    """Requests made up from the document, and answers held against it."""
    schema = schemathesis.openapi.from_dict(json.loads(json.dumps(openapi())))
    schema.config.update(base_url=base_url.rstrip("/"))
    operation = schema[path][method.upper()]
    headers = {"Cookie": f"dragoman={cookie}"} if cookie else {}
    tried: list[int] = []

    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy())
    def test(case: schemathesis.Case[Any]) -> None:
        # Every other time a conversation that is there.
        if "conversation_id" in (case.path_parameters or {}) and len(tried) % 2:
            case.path_parameters["conversation_id"] = str(conversation_id)
        response = case.call(headers=headers, allow_redirects=False)
        tried.append(response.status_code)
        case.validate_response(response, checks=CHECKS)

    test()
    assert tried


CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
