# Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
"""/metrics over HTTP: only for whoever shows the token, and without a word about anybody."""

from collections.abc import AsyncIterator

import pytest
from aiohttp import DummyCookieJar, web
from aiohttp.test_utils import TestClient, TestServer
from prometheus_client.parser import text_string_to_metric_families

from db import Database, Users
from server.routes.metrics import METRICS, metrics_app
from tests.settings import settings_with
from tests.whole import cookie_of, spoken, whole_app

TOKEN = "for the monitoring system"

Client = TestClient[web.Request, web.Application]


@pytest.fixture
async def client(database_url: str) -> AsyncIterator[Client]:
    app = whole_app(settings_with(database_url, metrics_token=TOKEN))
    async with TestClient(TestServer(app), cookie_jar=DummyCookieJar()) as client:
        yield client


async def test_whoever_shows_the_token_reads_all_figures(client: Client) -> None:
    response = await client.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"})
    assert response.status == 200
    assert response.headers["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8"
    assert response.headers["Cache-Control"] == "no-store"
    names = {family.name for family in text_string_to_metric_families(await response.text())}
    assert {"dragoman_live_sessions", "dragoman_engine_errors", "process_cpu_seconds"} <= names


@pytest.mark.parametrize(
    "authorization", ["", TOKEN, "Bearer", "Bearer ", f"Basic {TOKEN}", f"Bearer {TOKEN}!", "Bearer \udcff"]
)
async def test_whoever_does_not_reads_none(client: Client, authorization: str) -> None:
    response = await client.get("/metrics", headers={"Authorization": authorization})
    assert response.status == 401
    assert response.headers["WWW-Authenticate"] == 'Bearer realm="metrics"'
    assert "dragoman_live" not in await response.text()


async def test_to_be_signed_in_is_not_enough(client: Client, database: Database) -> None:
    user = await Users(database).local_user()
    cookie = (await cookie_of(database, user.id))["dragoman"]
    assert (await client.get("/metrics", headers={"Cookie": f"dragoman={cookie}"})).status == 401


async def test_without_a_token_in_the_settings_there_is_no_such_address(database_url: str) -> None:
    async with TestClient(TestServer(whole_app(settings_with(database_url)))) as client:
        assert (await client.get("/metrics", headers={"Authorization": "Bearer "})).status == 404


async def test_figures_hold_nothing_of_anybody(client: Client, database: Database) -> None:
    user = await Users(database).local_user()
    conversation_id = await spoken(database, user.id, ("Secret.", "Geheim."))
    assert client.app is not None
    text = client.app[METRICS].text().decode()
    for secret in (str(user.id), str(conversation_id), "Secret", "Geheim"):
        assert secret not in text


async def test_on_a_port_of_their_own_they_need_no_token(client: Client) -> None:
    assert client.app is not None
    async with TestClient(TestServer(metrics_app(client.app[METRICS]))) as monitor:
        response = await monitor.get("/metrics")
        assert response.status == 200
        assert "dragoman_live_sessions 0.0" in (await response.text()).splitlines()
