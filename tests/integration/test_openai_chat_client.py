# Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
"""The LLM client and servers of OpenAI's dialect, found or given: real HTTP, scripted answers."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import aclosing
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
from tests.scripted_dialects import DONE, ScriptedOpenAiChat, chunk, drips, event, pauses

SHOUTED = ["MEET", " ME", " AT", " THE", " BRIDGE"]


@pytest.fixture
async def server() -> AsyncIterator[ScriptedOpenAiChat]:
    async with ScriptedOpenAiChat() as server:
        yield server


def client_of(
    server: ScriptedOpenAiChat | ScriptedOllama, http: httpx.AsyncClient, **options: Any
) -> LlmClient:
    return LlmClient(http, LlmOptions(base_url=server.base_url, model="gemma", **options))


async def test_the_answer_comes_in_pieces(server: ScriptedOpenAiChat, http: httpx.AsyncClient) -> None:
    assert await pieces_of(client_of(server, http)) == SHOUTED


async def test_a_piece_is_there_before_the_answer_is_finished(
    server: ScriptedOpenAiChat, http: httpx.AsyncClient
) -> None:
    server.server.next(server.cut_after(1, then=hangs()))
    async with aclosing(client_of(server, http).chat(CHAT)) as pieces:
        assert await anext(pieces) == "MEET"


async def test_the_request_says_how_to_answer(server: ScriptedOpenAiChat, http: httpx.AsyncClient) -> None:
    await pieces_of(client_of(server, http, api_key="key", most_tokens=99))
    assert server.asked == [
        {
            "model": "gemma",
            "messages": [
                {"role": "system", "content": "Shout."},
                {"role": "user", "content": "meet me at the bridge"},
            ],
            "stream": True,
            "temperature": 0.0,
            "max_tokens": 99,
            "chat_template_kwargs": {"enable_thinking": False},
        }
    ]
    assert server.authorizations == ["Bearer key"]


async def test_answers_one_after_the_other_use_one_connection(
    server: ScriptedOpenAiChat, http: httpx.AsyncClient
) -> None:
    client = client_of(server, http)
    for _ in range(3):
        await pieces_of(client)
    assert server.server.connections == 1


async def test_what_a_server_refuses_is_left_out_from_then_on(http: httpx.AsyncClient) -> None:
    refusals = {
        "chat_template_kwargs": "Unrecognized request argument supplied: chat_template_kwargs",
        "max_tokens": "Unsupported parameter: 'max_tokens' is not supported with this model. "
        "Use 'max_completion_tokens' instead.",
        "temperature": "Unsupported value: 'temperature' does not support 0 with this model.",
    }
    async with ScriptedOpenAiChat(refusals=refusals) as server:
        client = client_of(server, http, most_tokens=99)
        with capture_logs() as logs:
            for _ in range(2):
                assert await pieces_of(client) == SHOUTED
        assert len(server.asked) == 5
        assert server.asked[-1].keys() == {"model", "messages", "stream", "max_completion_tokens"}
        assert server.asked[-1]["max_completion_tokens"] == 99
    assert [line["field"] for line in logs if line["event"] == "llm_without"] == [*refusals]


async def test_a_refusal_of_something_else_is_a_refusal(
    server: ScriptedOpenAiChat, http: httpx.AsyncClient
) -> None:
    too_long = "This model's maximum context length is 99 tokens; 'max_tokens' is too large."
    server.server.always(fails(400, too_long))
    assert await pieces_until_error(client_of(server, http), TranslatorRefused, "status_400") == []
    assert len(server.asked) == 1


@pytest.mark.parametrize("status", [400, 401, 402, 422])
async def test_a_request_that_will_never_do_is_refused(
    server: ScriptedOpenAiChat, http: httpx.AsyncClient, status: int
) -> None:
    server.server.always(fails(status, "no"))
    assert await pieces_until_error(client_of(server, http), TranslatorRefused, f"status_{status}") == []


async def test_a_redirect_is_not_followed(server: ScriptedOpenAiChat, http: httpx.AsyncClient) -> None:
    async with ScriptedOpenAiChat() as elsewhere:
        server.server.next(redirects(f"{elsewhere.base_url}/v1/chat/completions"))
        await pieces_until_error(client_of(server, http), TranslatorRefused, "status_307")
        assert elsewhere.asked == []


PIECE = chunk({"content": "a"})


@pytest.mark.parametrize(
    ("reply", "cause"),
    [
        (fails(500), "status_500"),
        (fails(429), "status_429"),
        (answers(b"<html>\n"), "broken_answer"),
        (answers(b'{"error": "Unexpected endpoint"}\n'), "broken_answer"),
        (answers(b"data: {"), "broken_answer"),
        (answers(b'data: {"choices": [{"delta": 5}]}\n\n'), "broken_answer"),
        (answers(b""), "stream_cut"),
        (answers(b": nothing but comments\n\n" * 9), "stream_cut"),
        (answers(DONE), "stream_cut"),
        (answers(b"data: " + b"a" * 1_000_000), "line_too_long"),
        (streams(*[PIECE] * 9), "answer_too_long"),
        (breaks_connection(), "connection_lost"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
async def test_trouble_of_the_server_is_unavailability(
    server: ScriptedOpenAiChat, http: httpx.AsyncClient, reply: Reply, cause: str
) -> None:
    server.server.next(reply)
    await pieces_until_error(client_of(server, http, max_answer_characters=8), TranslatorUnavailable, cause)
    assert await pieces_of(client_of(server, http)) == SHOUTED


async def test_a_stream_that_ends_without_a_reason_to_finish_is_no_answer(
    server: ScriptedOpenAiChat, http: httpx.AsyncClient
) -> None:
    client = client_of(server, http)
    server.server.next(
        server.cut_after(2), server.cut_after(2, then=breaks_connection()), server.says_after(2, DONE)
    )
    for _ in range(3):
        assert await pieces_until_error(client, TranslatorUnavailable, "stream_cut") == ["MEET", " ME"]


@pytest.mark.parametrize("ending", [(), (DONE,), (event({"choices": [], "usage": {}}), DONE)])
async def test_the_reason_to_finish_is_enough(
    server: ScriptedOpenAiChat, http: httpx.AsyncClient, ending: tuple[bytes, ...]
) -> None:
    server.server.next(server.says_after(2, chunk({"content": "!"}, "stop"), *ending))
    assert await pieces_of(client_of(server, http)) == ["MEET", " ME", "!"]


@pytest.mark.parametrize(
    ("told", "cause"),
    [
        (event({"error": {"message": "no memory", "code": 500}}), "error_in_stream"),
        (event({"error": "no memory"}), "error_in_stream"),
        (event({"object": "error", "message": "no memory"}), "error_in_stream"),
        (b'error: {"code": 400, "message": "too long"}\n\n', "error_in_stream"),
        (chunk({"content": ""}, "error"), "answer_withheld"),
        (chunk({}, "content_filter"), "answer_withheld"),
    ],
    ids=("openai", "words", "vllm", "llama.cpp", "openrouter", "filter"),
)
async def test_an_error_in_the_stream_is_no_answer(
    server: ScriptedOpenAiChat, http: httpx.AsyncClient, told: bytes, cause: str
) -> None:
    server.server.next(server.says_after(2, told, DONE))
    pieces = await pieces_until_error(client_of(server, http), TranslatorUnavailable, cause)
    assert pieces == ["MEET", " ME"]


async def test_an_answer_that_was_cut_at_its_longest_is_no_answer(
    server: ScriptedOpenAiChat, http: httpx.AsyncClient
) -> None:
    client = client_of(server, http, most_tokens=3)
    assert len(await pieces_until_error(client, TranslatorUnavailable, "answer_too_long")) == 3


async def test_comments_and_other_fields_say_nothing(
    server: ScriptedOpenAiChat, http: httpx.AsyncClient
) -> None:
    noise = b": OPENROUTER PROCESSING\n\nevent: message\r\nid: 5\r\nretry: 100\r\n"
    server.server.next(streams(noise, PIECE.replace(b"\n", b"\r\n"), noise, chunk({}, "stop")))
    assert await pieces_of(client_of(server, http)) == ["a"]


async def test_comments_do_not_keep_a_dead_model_alive(
    server: ScriptedOpenAiChat, http: httpx.AsyncClient
) -> None:
    server.server.next(drips(PIECE, b": alive\n\n"))
    client = client_of(server, http, idle_timeout_s=0.3)
    assert await pieces_until_error(client, TranslatorUnavailable, "timeout") == ["a"]


async def test_thoughts_are_no_part_of_the_answer(
    server: ScriptedOpenAiChat, http: httpx.AsyncClient
) -> None:
    thoughts = [{"reasoning_content": "Hm."}, {"content": "<think>Hm.</th"}, {"content": "ink>Aha"}]
    server.server.next(streams(*map(chunk, thoughts), chunk({}, "stop"), DONE))
    assert await pieces_of(client_of(server, http)) == ["Aha"]


async def test_a_model_that_never_begins_is_given_up(
    server: ScriptedOpenAiChat, http: httpx.AsyncClient
) -> None:
    server.server.next(hangs(), streams(then=hangs()))
    client = client_of(server, http, first_token_timeout_s=0.3)
    assert await pieces_until_error(client, TranslatorUnavailable, "timeout") == []
    assert await pieces_until_error(client, TranslatorUnavailable, "timeout") == []


async def test_a_role_is_no_first_token(server: ScriptedOpenAiChat, http: httpx.AsyncClient) -> None:
    """As vLLM sends it before it has read the prompt."""
    role, answer = chunk({"role": "assistant", "content": ""}), (chunk({"content": "a"}), chunk({}, "stop"))
    server.server.next(pauses(role, 1.5, *answer))
    assert await pieces_of(client_of(server, http, idle_timeout_s=1)) == ["a"]


async def test_a_model_that_thinks_for_long_is_alive(
    server: ScriptedOpenAiChat, http: httpx.AsyncClient
) -> None:
    thought = chunk({"reasoning_content": "Hm."})
    rest = (thought, chunk({"content": "a"}), chunk({}, "stop"))
    server.server.next(pauses(thought, 1.5, *rest))
    client = client_of(server, http, first_token_timeout_s=1)
    assert await pieces_of(client) == ["a"]


async def test_a_reader_who_leaves_hangs_up(server: ScriptedOpenAiChat, http: httpx.AsyncClient) -> None:
    server.server.next(server.cut_after(1, then=hangs()))
    async with aclosing(client_of(server, http).chat(CHAT)) as pieces:
        await anext(pieces)
    await asyncio.wait_for(server.server.hung_up.wait(), 5)


async def test_health_is_a_real_token(server: ScriptedOpenAiChat, http: httpx.AsyncClient) -> None:
    client = client_of(server, http)
    assert await client.health() > 0
    assert server.asked[0]["max_tokens"] == 1
    server.server.next(fails(401))
    with pytest.raises(TranslatorRefused):
        await client.health()


async def test_the_dialect_is_found_and_said_once(http: httpx.AsyncClient) -> None:
    async with ScriptedOpenAiChat() as openai, ScriptedOllama() as ollama:
        for server, name in ((openai, "openai"), (ollama, "ollama")):
            client = client_of(server, http)
            with capture_logs() as logs:
                for _ in range(2):
                    assert await pieces_of(client) == SHOUTED
            assert [line["dialect"] for line in logs if line["event"] == "llm_dialect"] == [name]


async def test_a_server_that_has_nothing_but_its_chat_is_found_too(http: httpx.AsyncClient) -> None:
    """A proxy in front of it may let nothing else pass."""
    async with ScriptedOpenAiChat(lists_models=False) as server:
        assert await pieces_of(client_of(server, http)) == SHOUTED


async def test_a_dialect_that_is_given_is_not_looked_for(http: httpx.AsyncClient) -> None:
    async with ScriptedOllama() as ollama:
        client = client_of(ollama, http, dialect="openai")
        await pieces_until_error(client, TranslatorRefused, "status_404")
        assert ollama.asked == []


async def test_a_missing_model_is_a_refusal_in_both_dialects(http: httpx.AsyncClient) -> None:
    async with ScriptedOllama() as ollama:
        ollama.server.always(fails(404, "model 'gemma' not found"))
        await pieces_until_error(client_of(ollama, http), TranslatorRefused, "status_404")


async def test_a_server_that_is_another_after_being_away_is_found_again(
    server: ScriptedOpenAiChat, http: httpx.AsyncClient
) -> None:
    client = client_of(server, http)
    assert await pieces_of(client) == SHOUTED
    async with ScriptedOllama() as ollama:
        await server.server.down()
        await pieces_until_error(client, TranslatorUnavailable, "cannot_connect")
        await server.server.replaced_by(ollama.server)
        assert await pieces_of(client) == SHOUTED
        assert len(ollama.asked) == 1


async def test_a_server_that_is_another_without_anybody_noticing_is_found_too(
    server: ScriptedOpenAiChat, http: httpx.AsyncClient
) -> None:
    client = client_of(server, http)
    assert await pieces_of(client) == SHOUTED
    async with ScriptedOllama() as ollama:
        await server.server.replaced_by(ollama.server)
        assert await pieces_of(client) == SHOUTED


async def test_failures_are_logged_once_and_without_text(
    server: ScriptedOpenAiChat, http: httpx.AsyncClient
) -> None:
    broken = b"data: " + json.dumps({"choices": [{"delta": {"content": ["my secret"]}}]}).encode()
    server.server.next(fails(500, "my secret"), answers(broken))
    client = client_of(server, http, api_key="secret-key")
    with capture_logs() as logs:
        for _ in range(2):
            with pytest.raises(TranslatorUnavailable):
                await pieces_of(client)
    failures = [line["cause"] for line in logs if line["event"] == "llm_failed"]
    assert failures == ["status_500", "broken_answer"]
    assert not any(word in str(logs).lower() for word in ("bridge", "secret"))
