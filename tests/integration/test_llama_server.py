# Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
"""The LLM client and llama.cpp's own HTTP server with the embedded model: nothing is scripted."""

import asyncio
import subprocess
import sys
from collections.abc import AsyncGenerator, Iterator
from contextlib import aclosing
from pathlib import Path

import httpx
import pytest
from structlog.testing import capture_logs

from media.clients.llm import LlmClient, LlmOptions
from media.core.prompts import Message
from media.errors import TranslatorRefused, TranslatorUnavailable
from tests.engine_servers import ROOT

pytestmark = pytest.mark.engines


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder: Path = tmp_path_factory.mktemp("models")
    with subprocess.Popen(
        [sys.executable, "-m", "tests.llama_server", str(folder)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            assert process.stdout is not None
            yield process.stdout.readline().strip()
        finally:
            process.kill()


async def test_its_dialect_is_found_and_a_token_is_made(address: str, http: httpx.AsyncClient) -> None:
    client = LlmClient(http, LlmOptions(base_url=address, model="gemma"))
    with capture_logs() as logs:
        assert await client.health() > 0
    assert [(line["event"], line.get("dialect")) for line in logs] == [("llm_dialect", "openai")]


async def test_an_answer_comes_in_pieces_and_one_cut_at_its_longest_is_none(
    address: str, http: httpx.AsyncClient
) -> None:
    client = LlmClient(http, LlmOptions(base_url=address, model="gemma", most_tokens=4))
    async with aclosing(client.chat((Message("user", "Count from 1 to 1000."),))) as answer:
        assert await anext(answer)
        with pytest.raises(TranslatorUnavailable, match="answer_too_long"):
            await _to_the_end(answer)


async def test_more_than_the_context_holds_is_refused(address: str, http: httpx.AsyncClient) -> None:
    client = LlmClient(http, LlmOptions(base_url=address, model="gemma"))
    with pytest.raises(TranslatorRefused, match="status_400"):
        await anext(client.chat((Message("user", "la " * 900),)))


async def test_who_leaves_frees_the_model_for_the_next(address: str, http: httpx.AsyncClient) -> None:
    client = LlmClient(http, LlmOptions(base_url=address, model="gemma", most_tokens=400))
    async with aclosing(client.chat((Message("user", "Count from 1 to 1000."),))) as answer:
        await anext(answer)
    await asyncio.wait_for(client.health(), 30)


async def _to_the_end(pieces: AsyncGenerator[str, None]) -> None:
    async for _ in pieces:
        pass
