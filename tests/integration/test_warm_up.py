# Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
"""A page that opens has both models loaded: real HTTP to the application and from it to scripted models."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from structlog.testing import capture_logs

from db import Database, Users
from media.clients.http import model_server_http
from media.clients.llm import LlmClient, LlmOptions
from media.clients.whisper import WhisperClient, WhisperOptions
from server.warm_up import WarmUp
from tests.scripted import ScriptedOllama, ScriptedWhisper, fails, hangs
from tests.settings import settings_with
from tests.whole import cookie_of, whole_app


@pytest.fixture
async def whisper() -> AsyncIterator[ScriptedWhisper]:
    async with ScriptedWhisper(lambda _: []) as whisper:
        yield whisper


@pytest.fixture
async def ollama() -> AsyncIterator[ScriptedOllama]:
    async with ScriptedOllama() as ollama:
        yield ollama


@dataclass(slots=True)
class Warming:
    """What decides, with the live sessions that it is told of."""

    warm_up: WarmUp
    speakers: list[str]


@pytest.fixture
async def warming(
    whisper: ScriptedWhisper, ollama: ScriptedOllama, request: pytest.FixtureRequest
) -> AsyncIterator[Warming]:
    speakers: list[str] = []
    async with model_server_http() as http, AsyncExitStack() as stack:
        models = (
            WhisperClient(http, WhisperOptions(base_url=whisper.base_url, model="base")),
            LlmClient(http, LlmOptions(base_url=ollama.base_url, model="gemma")),
        )
        warm_up = WarmUp(models, speakers, every_s=getattr(request, "param", 60))
        await stack.enter_async_context(asynccontextmanager(warm_up.lifetime)(web.Application()))
        yield Warming(warm_up, speakers)


async def test_both_models_really_work_once(
    warming: Warming, whisper: ScriptedWhisper, ollama: ScriptedOllama
) -> None:
    with capture_logs() as logs:
        warming.warm_up.wish()
        await asyncio.gather(whisper.server.asked(1), ollama.server.asked(1))
        await warming.warm_up.done()
    assert len(whisper.asked[0].samples) == 8000
    assert ollama.asked[0]["options"]["num_predict"] == 1
    (line,) = [line for line in logs if line["event"] == "models_warm"]
    assert line["whisper_s"] >= 0
    assert line["llm_s"] >= 0


async def test_many_pages_that_open_are_one_wish(warming: Warming, whisper: ScriptedWhisper) -> None:
    for _ in range(3):
        warming.warm_up.wish()
        await warming.warm_up.done()
    assert len(whisper.asked) == 1


@pytest.mark.parametrize("warming", [0.001], indirect=True)
async def test_a_wish_while_the_models_are_asked_is_the_same_wish(
    warming: Warming, whisper: ScriptedWhisper
) -> None:
    whisper.server.next(hangs())
    warming.warm_up.wish()
    await whisper.server.asked(1)
    warming.warm_up.wish()
    assert len(whisper.asked) == 1


@pytest.mark.parametrize("warming", [0.001], indirect=True)
async def test_after_a_while_it_is_done_again(warming: Warming, whisper: ScriptedWhisper) -> None:
    for count in (1, 2):
        warming.warm_up.wish()
        await warming.warm_up.done()
        assert len(whisper.asked) == count


@pytest.mark.parametrize("warming", [0], indirect=True)
async def test_it_can_be_switched_off(warming: Warming, whisper: ScriptedWhisper) -> None:
    warming.warm_up.wish()
    await warming.warm_up.done()
    assert whisper.asked == []


async def test_nobody_who_speaks_is_disturbed(warming: Warming, whisper: ScriptedWhisper) -> None:
    warming.speakers.append("ada")
    warming.warm_up.wish()
    await warming.warm_up.done()
    assert whisper.asked == []
    warming.speakers.clear()
    warming.warm_up.wish()
    await warming.warm_up.done()
    assert len(whisper.asked) == 1


async def test_models_that_do_not_answer_are_logged_and_no_more(
    warming: Warming, whisper: ScriptedWhisper, ollama: ScriptedOllama
) -> None:
    whisper.server.next(fails(503))
    await ollama.server.down()
    with capture_logs() as logs:
        warming.warm_up.wish()
        await warming.warm_up.done()
    events = {line["event"] for line in logs}
    assert {"whisper_failed", "llm_failed"} <= events
    assert {"event": "models_warm", "whisper_s": None, "llm_s": None, "log_level": "info"} in logs


async def test_a_page_that_opens_is_answered_at_once_and_its_wish_ends_with_the_server(
    database: Database, database_url: str, whisper: ScriptedWhisper, ollama: ScriptedOllama
) -> None:
    whisper.server.always(hangs())
    settings = settings_with(database_url, whisper_base_url=whisper.base_url, ollama_base_url=ollama.base_url)
    user = await Users(database).local_user()
    cookies = await cookie_of(database, user.id)
    async with TestClient(TestServer(whole_app(settings)), cookies=cookies) as browser:
        answer = await browser.post("/api/warm-up")
        assert answer.status == 202
        await asyncio.gather(whisper.server.asked(1), ollama.server.asked(1))
    await asyncio.wait_for(whisper.server.hung_up.wait(), 5)
