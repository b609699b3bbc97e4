# Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
"""An LLM over HTTP, in the dialect of Ollama: `POST /api/chat`, streamed."""

import asyncio
import time
from collections.abc import AsyncGenerator, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, aclosing, suppress
from dataclasses import dataclass

import httpx
import structlog
from pydantic import BaseModel, ConfigDict, ValidationError

from media.clients.http import (
    AnswerFault,
    ModelServer,
    bounded_body,
    bounded_lines,
    check_status,
    checked_base_url,
)
from media.core.prompts import Message
from media.errors import TranslatorRefused, TranslatorUnavailable

log = structlog.get_logger()

_MAX_LINE_BYTES = 64 * 1024
_MAX_COMPLAINT_BYTES = 16 * 1024
_END_OF_BODY_S = 0.2
"""How long the end of the body may take after the last line; waited for so that the connection is kept."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OllamaOptions:
    """Where the LLM is, and how it is asked."""

    base_url: str
    """`http://host:port`."""
    model: str
    keep_alive: str = "30m"
    """How long Ollama keeps the model in memory after a request, in its own notation."""
    temperature: float = 0.0
    """0 always takes the likeliest token, so that the same text is translated the same way."""
    num_predict: int = 1024
    """Tokens in one answer at most; an answer that needs more counts as failed."""
    connect_timeout_s: float = 5.0
    first_token_timeout_s: float = 60.0
    """Ollama may have to load the model first."""
    idle_timeout_s: float = 15.0
    """The longest silence in the middle of an answer."""
    max_answer_characters: int = 32_768

    def __post_init__(self) -> None:
        checked_base_url(self.base_url)
        if not self.model:
            raise ValueError("the LLM needs a model name")
        if min(self.connect_timeout_s, self.first_token_timeout_s, self.idle_timeout_s) <= 0:
            raise ValueError("the LLM's time limits must be positive")
        if self.num_predict < 1:
            raise ValueError("the LLM's num_predict must be 1 or more")

    @property
    def url(self) -> str:
        """Where chats are posted to."""
        return checked_base_url(self.base_url) + "/api/chat"


class _Piece(BaseModel):
    content: str = ""


class _Line(BaseModel):
    model_config = ConfigDict(hide_input_in_errors=True)  # an error of ours may be logged with its causes

    message: _Piece = _Piece()
    done: bool = False
    done_reason: str = ""
    error: str = ""


class OllamaClient:
    """Asks one Ollama server. It holds no state of a conversation, so all live sessions share it."""

    def __init__(self, http: httpx.AsyncClient, options: OllamaOptions) -> None:
        self._http = http
        self._options = options
        self._server = ModelServer(
            name="ollama",
            base_url=options.base_url,
            unavailable=TranslatorUnavailable,
            refused=TranslatorRefused,
        )
        self._takes_think = True

    async def chat(self, messages: Sequence[Message]) -> AsyncGenerator[str, None]:
        """The answer, in pieces as they come; it is whole only if this ends without an error.

        Closing the generator (`contextlib.aclosing`) ends the request, and with it the server's work.
        Raises TranslatorUnavailable or TranslatorRefused, also after some pieces.
        """
        with self._server.failures(model=self._options.model):
            length = 0
            async with aclosing(self._lines(self._body(messages, self._options.num_predict))) as lines:
                async for line in lines:
                    length += len(line.message.content)
                    if length > self._options.max_answer_characters or line.done_reason == "length":
                        raise AnswerFault("answer_too_long")
                    if line.message.content:
                        yield line.message.content

    async def health(self) -> float:
        """Seconds until the model has really made one token; loading it counts."""
        started = time.monotonic()
        with self._server.failures(model=self._options.model):
            async for _ in self._lines(self._body((Message(role="user", content="Hello"),), num_predict=1)):
                pass
        return time.monotonic() - started

    def _body(self, messages: Sequence[Message], num_predict: int) -> dict[str, object]:
        body: dict[str, object] = {
            "model": self._options.model,
            "messages": [{"role": message.role, "content": message.content} for message in messages],
            "stream": True,
            "keep_alive": self._options.keep_alive,
            "options": {"temperature": self._options.temperature, "num_predict": num_predict},
        }
        return body | {"think": False} if self._takes_think else body

    async def _lines(self, body: dict[str, object]) -> AsyncGenerator[_Line, None]:
        """Lines up to the one that says done."""
        # A time limit must not be open across a yield: it would run on in the caller's code. So each wait
        # has its own.
        now = asyncio.get_running_loop().time
        deadline = now() + self._options.first_token_timeout_s
        async with AsyncExitStack() as stack:
            async with asyncio.timeout_at(deadline):
                response = await self._open(stack, body)
            lines = await stack.enter_async_context(aclosing(bounded_lines(response, _MAX_LINE_BYTES)))
            done = False
            while not done:
                async with asyncio.timeout_at(deadline):
                    line = _parsed(await anext(lines, b""))
                yield line
                done = line.done
                deadline = now() + self._options.idle_timeout_s
            with suppress(TimeoutError, AnswerFault):
                async with asyncio.timeout(_END_OF_BODY_S):
                    await anext(lines, b"")

    def _request(self, body: dict[str, object]) -> AbstractAsyncContextManager[httpx.Response]:
        timeout = httpx.Timeout(None, connect=self._options.connect_timeout_s)
        return self._http.stream("POST", self._options.url, json=body, timeout=timeout)

    async def _open(self, stack: AsyncExitStack, body: dict[str, object]) -> httpx.Response:
        response = await stack.enter_async_context(self._request(body))
        if "think" in body and await _complains_of_think(response):
            log.info("ollama_without_think", model=self._options.model)
            self._takes_think = False
            del body["think"]
            response = await stack.enter_async_context(self._request(body))
        check_status(response)
        return response


async def _complains_of_think(response: httpx.Response) -> bool:
    """Whether the server or its model is too old to know the field `think`."""
    if response.status_code != httpx.codes.BAD_REQUEST:
        return False
    return b"think" in (await bounded_body(response, _MAX_COMPLAINT_BYTES)).lower()


def _parsed(text: bytes) -> _Line:
    if not text:
        raise AnswerFault("stream_cut")
    try:
        line = _Line.model_validate_json(text)
    except ValidationError as error:
        raise AnswerFault("broken_answer") from error
    if line.error:
        raise AnswerFault("error_in_stream")
    return line
