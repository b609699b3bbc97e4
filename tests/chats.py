# Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
"""A chat with an LLM, and what comes of it."""

import pytest

from media.clients.llm import LlmClient
from media.core.prompts import Message

CHAT = (Message("system", "Shout."), Message("user", "meet me at the bridge"))


async def pieces_of(client: LlmClient) -> list[str]:
    """The answer to `CHAT`."""
    return [piece async for piece in client.chat(CHAT)]


async def pieces_until_error(client: LlmClient, kind: type[Exception], cause: str) -> list[str]:
    """What came of the answer to `CHAT` before it failed like this."""
    pieces: list[str] = []

    async def read() -> None:
        async for piece in client.chat(CHAT):
            pieces.append(piece)

    with pytest.raises(kind, match=cause):
        await read()
    return pieces
