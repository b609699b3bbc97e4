# Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
"""The LLM client and an Ollama server: a real HTTP server that does as scripted."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import aclosing
from traceback import format_exception
from typing import Any

import httpx
import pytest
from structlog.testing import capture_logs

from media.clients.llm import LlmClient, LlmOptions
from media.errors import TranslatorRefused, TranslatorUnavailable
from tests.chats import CHAT, pieces_of, pieces_until_error
from tests.scripted import (
    Reply,
    ScriptedOllama,
    answers,
    breaks_connection,
    fails,
    hangs,
    redirects,
    streams,
)


@pytest.fixture
async def ollama() -> AsyncIterator[ScriptedOllama]:
    async with ScriptedOllama() as server:
        yield server


def client_of(ollama: ScriptedOllama, http: httpx.AsyncClient, **options: Any) -> LlmClient:
    return LlmClient(
        http, LlmOptions(base_url=ollama.base_url, model="gemma", **({"dialect": "ollama"} | options))
    )


async def test_the_answer_comes_in_pieces(ollama: ScriptedOllama, http: httpx.AsyncClient) -> None:
    assert await pieces_of(client_of(ollama, http)) == ["MEET", " ME", " AT", " THE", " BRIDGE"]


async def test_a_piece_is_there_before_the_answer_is_finished(
    ollama: ScriptedOllama, http: httpx.AsyncClient
) -> None:
    ollama.server.next(ollama.cut_after(1, then=hangs()))
    async with aclosing(client_of(ollama, http).chat(CHAT)) as pieces:
        assert await anext(pieces) == "MEET"


async def test_the_request_says_how_to_answer(ollama: ScriptedOllama, http: httpx.AsyncClient) -> None:
    await pieces_of(client_of(ollama, http, keep_alive="5m", most_tokens=99))
    assert ollama.asked == [
        {
            "model": "gemma",
            "messages": [
                {"role": "system", "content": "Shout."},
                {"role": "user", "content": "meet me at the bridge"},
            ],
            "stream": True,
            "think": False,
            "keep_alive": "5m",
            "options": {"temperature": 0.0, "num_predict": 99},
        }
    ]


async def test_answers_one_after_the_other_use_one_connection(
    ollama: ScriptedOllama, http: httpx.AsyncClient
) -> None:
    client = client_of(ollama, http)
    for _ in range(3):
        await pieces_of(client)
    assert ollama.server.connections == 1


async def test_a_server_that_does_not_know_think_is_asked_without_it(
    http: httpx.AsyncClient,
) -> None:
    async with ScriptedOllama(takes_think=False) as ollama:
        client = client_of(ollama, http)
        assert len(await pieces_of(client)) == 5
        assert len(await pieces_of(client)) == 5
        assert ["think" in body for body in ollama.asked] == [True, False, False]


@pytest.mark.parametrize("status", [400, 401, 404, 405])
async def test_a_request_that_will_never_do_is_refused(
    ollama: ScriptedOllama, http: httpx.AsyncClient, status: int
) -> None:
    ollama.server.always(fails(status, "model 'gemma' not found"))
    assert await pieces_until_error(client_of(ollama, http), TranslatorRefused, f"status_{status}") == []
    assert len(ollama.asked) == 1


async def test_a_redirect_is_not_followed(ollama: ScriptedOllama, http: httpx.AsyncClient) -> None:
    async with ScriptedOllama() as elsewhere:
        ollama.server.next(redirects(f"{elsewhere.base_url}/api/chat"))
        await pieces_until_error(client_of(ollama, http), TranslatorRefused, "status_307")
        assert elsewhere.asked == []


LINE = b'{"message": {"role": "assistant", "content": "a"}, "done": false}\n'


@pytest.mark.parametrize(
    ("reply", "cause"),
    [
        (fails(500), "status_500"),
        (fails(503), "status_503"),
        (answers(b"<html>\n"), "broken_answer"),
        (answers(b'{"message": 5}\n'), "broken_answer"),
        (answers(b""), "stream_cut"),
        (answers(b'{"message": "' + b"a" * 1_000_000), "line_too_long"),
        (streams(*[LINE] * 9), "answer_too_long"),
        (breaks_connection(), "connection_lost"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
async def test_trouble_of_the_server_is_unavailability(
    ollama: ScriptedOllama, http: httpx.AsyncClient, reply: Reply, cause: str
) -> None:
    ollama.server.next(reply)
    await pieces_until_error(client_of(ollama, http, max_answer_characters=8), TranslatorUnavailable, cause)
    assert len(await pieces_of(client_of(ollama, http))) == 5


async def test_a_stream_that_ends_without_done_is_no_answer(
    ollama: ScriptedOllama, http: httpx.AsyncClient
) -> None:
    client = client_of(ollama, http)
    ollama.server.next(ollama.cut_after(2), ollama.cut_after(2, then=breaks_connection()))
    assert await pieces_until_error(client, TranslatorUnavailable, "stream_cut") == ["MEET", " ME"]
    assert await pieces_until_error(client, TranslatorUnavailable, "stream_cut") == ["MEET", " ME"]


async def test_an_error_in_the_stream_is_no_answer(ollama: ScriptedOllama, http: httpx.AsyncClient) -> None:
    ollama.server.next(ollama.error_after(2))
    pieces = await pieces_until_error(client_of(ollama, http), TranslatorUnavailable, "error_in_stream")
    assert pieces == ["MEET", " ME"]


async def test_an_answer_that_was_cut_at_its_longest_is_no_answer(
    ollama: ScriptedOllama, http: httpx.AsyncClient
) -> None:
    client = client_of(ollama, http, most_tokens=3)
    assert len(await pieces_until_error(client, TranslatorUnavailable, "answer_too_long")) == 3


async def test_a_model_that_never_begins_is_given_up(ollama: ScriptedOllama, http: httpx.AsyncClient) -> None:
    ollama.server.next(hangs(), streams(then=hangs()))
    client = client_of(ollama, http, first_token_timeout_s=0.1)
    assert await pieces_until_error(client, TranslatorUnavailable, "timeout") == []
    assert await pieces_until_error(client, TranslatorUnavailable, "timeout") == []


async def test_a_model_that_falls_silent_is_given_up(ollama: ScriptedOllama, http: httpx.AsyncClient) -> None:
    ollama.server.next(ollama.cut_after(2, then=hangs()))
    client = client_of(ollama, http, idle_timeout_s=0.3)
    assert await pieces_until_error(client, TranslatorUnavailable, "timeout") == ["MEET", " ME"]
    await asyncio.wait_for(ollama.server.hung_up.wait(), 5)


async def test_what_a_reader_does_between_two_pieces_is_not_timed(
    ollama: ScriptedOllama, http: httpx.AsyncClient
) -> None:
    client = client_of(ollama, http, first_token_timeout_s=0.3, idle_timeout_s=0.3)
    pieces: list[str] = []
    async for piece in client.chat(CHAT):
        await asyncio.sleep(0 if pieces else 0.4)
        pieces.append(piece)
    assert len(pieces) == 5


async def test_a_reader_who_leaves_hangs_up(ollama: ScriptedOllama, http: httpx.AsyncClient) -> None:
    ollama.server.next(ollama.cut_after(1, then=hangs()))
    async with aclosing(client_of(ollama, http).chat(CHAT)) as pieces:
        await anext(pieces)
    await asyncio.wait_for(ollama.server.hung_up.wait(), 5)


async def test_a_server_that_is_away_is_unavailable_until_it_is_back(
    ollama: ScriptedOllama, http: httpx.AsyncClient
) -> None:
    client = client_of(ollama, http)
    await ollama.server.down()
    await pieces_until_error(client, TranslatorUnavailable, "cannot_connect")
    await ollama.server.up()
    assert len(await pieces_of(client)) == 5


async def test_health_is_a_real_token(ollama: ScriptedOllama, http: httpx.AsyncClient) -> None:
    client = client_of(ollama, http)
    assert await client.health() > 0
    assert ollama.asked[0]["options"]["num_predict"] == 1
    ollama.server.next(fails(404))
    with pytest.raises(TranslatorRefused):
        await client.health()


async def test_failures_are_logged_once_with_cause_and_duration_and_without_text(
    ollama: ScriptedOllama, http: httpx.AsyncClient
) -> None:
    broken = json.dumps({"message": {"content": ["my secret"]}}).encode()
    works = ollama.server.slow(0)
    ollama.server.next(works, fails(500, "my secret"), ollama.cut_after(2), answers(broken))
    client = client_of(ollama, http)
    await client.health()  # from now on nothing else is logged
    with capture_logs() as logs:
        for _ in range(3):
            with pytest.raises(TranslatorUnavailable) as caught:
                await pieces_of(client)
            assert "secret" not in "".join(format_exception(caught.value))
    assert [(line["event"], line["cause"]) for line in logs] == [
        ("llm_failed", "status_500"),
        ("llm_failed", "stream_cut"),
        ("llm_failed", "broken_answer"),
    ]
    assert all(line["duration_ms"] >= 0 and line["model"] == "gemma" for line in logs)
    assert not any(word in str(logs).lower() for word in ("bridge", "secret"))


@pytest.mark.parametrize(
    "make",
    [
        lambda: LlmOptions(base_url="localhost:11434", model="gemma"),
        lambda: LlmOptions(base_url="http://localhost", model=""),
        lambda: LlmOptions(base_url="http://localhost", model="gemma", idle_timeout_s=0),
        lambda: LlmOptions(base_url="http://localhost", model="gemma", most_tokens=0),
        lambda: LlmOptions(base_url="http://localhost", model="gemma", api_key="ключ"),
    ],
)
def test_options_that_make_no_sense_are_refused(make: Callable[[], LlmOptions]) -> None:
    with pytest.raises(ValueError, match=r"address|model|positive|1 or more|ASCII"):
        make()


async def test_what_is_thought_aloud_is_no_part_of_the_answer(
    ollama: ScriptedOllama, http: httpx.AsyncClient
) -> None:
    thought = ["<th", "ink>\nA bridge. Hm.", "</think>", "\n\n", "THE BRIDGE"]
    lines = [json.dumps({"message": {"content": piece}}).encode() + b"\n" for piece in thought]
    ollama.server.next(streams(*lines, b'{"done": true, "done_reason": "stop"}\n'))
    assert "".join(await pieces_of(client_of(ollama, http))).strip() == "THE BRIDGE"


@pytest.mark.parametrize(
    "base_url",
    [
        "http://host:9000",
        "http://host:9000/",
        "http://host:9000/v1",
        "http://host:9000/api/chat",
        "http://host:9000/v1/chat/completions",
    ],
)
def test_the_address_may_be_given_with_a_path(base_url: str) -> None:
    assert LlmOptions(base_url=base_url, model="m").url("/v1/a") == "http://host:9000/v1/a"


def test_the_key_is_not_shown_with_the_options() -> None:
    assert "hush" not in repr(LlmOptions(base_url="http://host", model="m", api_key="hush"))
