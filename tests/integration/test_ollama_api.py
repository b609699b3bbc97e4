# Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
"""Ollama's dialect over HTTP, with a scripted model: what the real one does too seldom to be tested."""

import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from media.core.prompts import translation_messages
from media.engines.language_model import LanguageModel
from media.engines.llama import Llama
from media.engines.ollama import OllamaApi, ServedModel, ollama_problem_body
from media.engines.serving import READINESS, make_app
from tests.scripted_llama import ScriptedLlama, chunk, last_chunk

END = last_chunk("stop", predicted_n=3)


@asynccontextmanager
async def served(server: ScriptedLlama, tmp_path: Path) -> AsyncIterator["Client"]:
    path = tmp_path / "model.gguf"
    path.write_bytes(b"GGUF")
    api = OllamaApi()
    api.served = ServedModel(
        name="m", path=path, licence="", language_model=LanguageModel(Llama(server), "few-shot")
    )
    app = make_app(api.routes, most_body_bytes=1000, problem_body=ollama_problem_body)
    app[READINESS].model = "m"
    async with TestClient(TestServer(app)) as client:
        yield Client(client)


class Client:
    """Asks for a translation from English into German."""

    def __init__(self, client: TestClient[web.Request, web.Application]) -> None:
        self._client = client

    async def status_and_lines(self, sentence: str, **more: object) -> tuple[int, list[dict[str, object]]]:
        messages = translation_messages(sentence, "en", "de")
        said = [{"role": message.role, "content": message.content} for message in messages]
        response = await self._client.post("/api/chat", json={"model": "m", "messages": said, **more})
        return response.status, [json.loads(line) for line in (await response.text()).splitlines()]


def shown(lines: Sequence[dict[str, object]]) -> str:
    texts = [line["message"] for line in lines]
    return "".join(str(text["content"]) for text in texts if isinstance(text, dict))


async def test_a_failure_in_the_middle_is_a_line_and_nothing_is_done(tmp_path: Path) -> None:
    async with served(ScriptedLlama([chunk(" Guten"), RuntimeError("gone")]), tmp_path) as client:
        status, lines = await client.status_and_lines("Hello.")
    assert status == 200
    assert shown(lines[:1]) == "Guten"
    assert lines[1:] == [{"error": "the model failed (RuntimeError)"}]


async def test_a_failure_before_the_first_word_is_told_by_the_status(tmp_path: Path) -> None:
    async with served(ScriptedLlama([RuntimeError("gone")]), tmp_path) as client:
        assert await client.status_and_lines("Hello.") == (
            500,
            [{"error": "the model failed (RuntimeError)"}],
        )
        assert await client.status_and_lines("Hello.", stream=False) == (
            500,
            [{"error": "the model failed (RuntimeError)"}],
        )


async def test_an_answer_ends_where_it_begins_to_go_in_circles(tmp_path: Path) -> None:
    circles = [chunk(" und so weiter, und so fort,")] * 1000
    async with served(ScriptedLlama([*circles, END]), tmp_path) as client:
        _, lines = await client.status_and_lines("And so on.")
    assert len(lines) < 10
    assert (lines[-1]["done"], lines[-1]["done_reason"]) == (True, "stop")


async def test_a_repeated_label_is_not_shown(tmp_path: Path) -> None:
    async with served(ScriptedLlama([chunk(" German:"), chunk(" Ja"), chunk(". "), END]), tmp_path) as client:
        _, lines = await client.status_and_lines("Yes.")
    assert shown(lines) == "Ja."


@pytest.mark.parametrize(
    ("options", "bound", "reason"), [({}, 36, "stop"), ({"num_predict": 3}, 3, "length")]
)
async def test_only_the_clients_bound_is_told_as_such(
    tmp_path: Path, options: dict[str, int] | None, bound: int, reason: str
) -> None:
    server = ScriptedLlama([chunk(" Ja"), last_chunk("length", predicted_n=bound)])
    async with served(server, tmp_path) as client:
        _, lines = await client.status_and_lines("Yes.", options=options)
    assert lines[-1]["done_reason"] == reason
    assert server.bodies[0]["max_tokens"] == bound


async def test_what_the_client_wants_goes_before_what_suits_the_model(tmp_path: Path) -> None:
    server = ScriptedLlama([END])
    async with served(server, tmp_path) as client:
        await client.status_and_lines("Yes.")
        await client.status_and_lines("Yes.", options={"temperature": 0.7, "stop": ["!"], "seed": 3})
    plain, wished = server.bodies
    assert (plain["temperature"], plain["repeat_penalty"], plain["stop"]) == (0, 1.05, ["\n"])
    assert (wished["temperature"], wished["repeat_penalty"], wished["stop"]) == (0.7, 1.05, ["\n", "!"])
    assert wished["seed"] == 3


async def test_what_was_said_is_not_logged_when_the_model_fails(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    async with served(ScriptedLlama([RuntimeError("last read: 'my secret'")]), tmp_path) as client:
        await client.status_and_lines("my secret")
    assert "secret" not in "".join(capfd.readouterr())
