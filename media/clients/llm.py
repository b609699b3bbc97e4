# Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
"""An LLM over HTTP, its answers streamed, in whichever dialect its server speaks.

    given (a setting)   that dialect, always
    unknown             the one that the server's other addresses speak for, then the other  -> found
    found               that dialect; where the server no longer knows the address, the other
    found, and away     unknown, whatever comes back

What a server refuses of a request (to think or not, say) is left out from then on, until it was away.
"""

import asyncio
import time
from collections.abc import AsyncGenerator, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, aclosing, suppress
from dataclasses import dataclass, field
from typing import Literal

import httpx
import structlog

from media.clients.http import (
    AWAY,
    AnswerFault,
    ModelServer,
    address,
    bearer,
    beginning,
    bounded_lines,
    check_status,
    checked_base_url,
    complaint,
)
from media.clients.llm_dialect import ChatDialect, ChatQuestion, DialectName, Piece
from media.clients.ollama import OLLAMA
from media.clients.openai_chat import OPENAI_CHAT
from media.core.prompts import Message
from media.core.thinking import Thinking
from media.errors import TranslatorRefused, TranslatorUnavailable

log = structlog.get_logger()

_DIALECTS = (OLLAMA, OPENAI_CHAT)
_MAX_LINE_BYTES = 64 * 1024
_END_OF_BODY_S = 0.2
"""How long the end of the body may take after the last piece; waited for so that the connection is kept."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LlmOptions:
    """Where the LLM is, and how it is asked."""

    base_url: str
    """`http://host:port`; `/v1` or a dialect's path may follow."""
    model: str
    dialect: DialectName | Literal["auto"] = "auto"
    """How the server is spoken to; `auto` finds out."""
    api_key: str = field(default="", repr=False)
    """Sent as a bearer token; none if empty."""
    keep_alive: str = "30m"
    """How long Ollama keeps the model in memory after a request, in its own notation."""
    temperature: float = 0.0
    """0 always takes the likeliest token, so that the same text is translated the same way."""
    most_tokens: int = 1024
    """In one answer; one that needs more counts as failed."""
    connect_timeout_s: float = 5.0
    first_token_timeout_s: float = 60.0
    """The server may have to load the model first."""
    idle_timeout_s: float = 15.0
    """The longest silence in the middle of an answer."""
    max_answer_characters: int = 32_768

    def __post_init__(self) -> None:
        checked_base_url(self.base_url)
        if not self.model:
            raise ValueError("the LLM needs a model name")
        if not self.api_key.isascii():
            raise ValueError("the LLM's API key must be ASCII")
        if min(self.connect_timeout_s, self.first_token_timeout_s, self.idle_timeout_s) <= 0:
            raise ValueError("the LLM's time limits must be positive")
        if self.most_tokens < 1:
            raise ValueError("the LLM's most_tokens must be 1 or more")

    def url(self, path: str) -> str:
        """The address of something that the server has."""
        return address(self.base_url, path, (dialect.path for dialect in _DIALECTS))


class LlmClient:
    """Asks one LLM server. It holds no state of a conversation, so all live sessions share it."""

    def __init__(self, http: httpx.AsyncClient, options: LlmOptions) -> None:
        self._http = http
        self._options = options
        self._dialect: ChatDialect | None = None
        self._without: set[str] = set()
        """Fields that the server has refused."""
        self._server = ModelServer(
            name="llm",
            base_url=options.base_url,
            unavailable=TranslatorUnavailable,
            refused=TranslatorRefused,
        )

    async def chat(self, messages: Sequence[Message]) -> AsyncGenerator[str, None]:
        """The answer, in pieces as they come; it is whole only if this ends without an error.

        What a model thinks aloud first is no part of it. Closing the generator (`contextlib.aclosing`) ends
        the request, and with it the server's work.
        Raises TranslatorUnavailable or TranslatorRefused, also after some pieces.
        """
        with self._server.failures(model=self._options.model):
            thinking, length = Thinking(), 0
            async with aclosing(self._pieces(self._question(messages, self._options.most_tokens))) as pieces:
                async for piece in pieces:
                    length += len(piece.text)
                    if length > self._options.max_answer_characters or piece.end == "too_long":
                        raise AnswerFault("answer_too_long")
                    if text := thinking.feed(piece.text):
                        yield text
            if rest := thinking.flush():
                yield rest

    async def health(self) -> float:
        """Seconds until the model has really made one token; loading it counts."""
        started = time.monotonic()
        with self._server.failures(model=self._options.model):
            async for _ in self._pieces(self._question((Message(role="user", content="Hello"),), 1)):
                pass
        return time.monotonic() - started

    def _question(self, messages: Sequence[Message], most_tokens: int) -> ChatQuestion:
        return ChatQuestion(
            model=self._options.model,
            messages=messages,
            temperature=self._options.temperature,
            most_tokens=most_tokens,
            keep_alive=self._options.keep_alive,
        )

    async def _pieces(self, question: ChatQuestion) -> AsyncGenerator[Piece, None]:
        """Pieces up to the last."""
        # A time limit must not be open across a yield: it would run on in the caller's code. So each wait
        # has its own.
        now = asyncio.get_running_loop().time
        deadline = now() + self._options.first_token_timeout_s
        async with AsyncExitStack() as stack:
            async with asyncio.timeout_at(deadline):
                dialect, response = await self._open(stack, question)
            lines = await stack.enter_async_context(aclosing(bounded_lines(response, _MAX_LINE_BYTES)))
            end = ""
            while not end:
                async with asyncio.timeout_at(deadline):
                    piece = await _next_piece(dialect, lines)
                yield piece
                end = piece.end
                deadline = now() + self._options.idle_timeout_s
            await _read_out(lines)

    async def _open(
        self, stack: AsyncExitStack, question: ChatQuestion
    ) -> tuple[ChatDialect, httpx.Response]:
        """The answer's beginning, in the first dialect that the server understands."""
        faults = []
        try:
            for dialect in await self._candidates():
                try:
                    response = await self._ask(stack, dialect, question)
                except AnswerFault as fault:
                    if not fault.no_such_address:
                        raise
                    faults.append(fault)
                    self._without.clear()  # The other dialect has other fields.
                else:
                    self._note(dialect)
                    return dialect, response
        except AWAY:
            self._forget()
            raise
        raise faults[0]

    async def _candidates(self) -> tuple[ChatDialect, ...]:
        if self._options.dialect != "auto":
            return tuple(dialect for dialect in _DIALECTS if dialect.name == self._options.dialect)
        first = self._dialect or await self._likely()
        return (first, *(dialect for dialect in _DIALECTS if dialect is not first))

    async def _likely(self) -> ChatDialect:
        """Servers may answer everywhere, or know more than one dialect: only their own address tells."""
        if b'"version"' in await self._what_is_at("/api/version"):
            return OLLAMA
        return OPENAI_CHAT if b'"data"' in await self._what_is_at("/v1/models") else OLLAMA

    async def _what_is_at(self, path: str) -> bytes:
        async with self._http.stream(
            "GET", self._options.url(path), headers=bearer(self._options.api_key), timeout=self._timeout
        ) as response:
            return await beginning(response) if response.status_code == httpx.codes.OK else b""

    async def _ask(
        self, stack: AsyncExitStack, dialect: ChatDialect, question: ChatQuestion
    ) -> httpx.Response:
        """Without what the server refuses."""
        while True:
            body = dialect.body(question, frozenset(self._without))
            response = await stack.enter_async_context(self._post(dialect, body))
            refused = dialect.refused_field(await complaint(response), body)
            if not refused:
                check_status(response)
                return response
            self._leave_out(refused)

    def _post(
        self, dialect: ChatDialect, body: dict[str, object]
    ) -> AbstractAsyncContextManager[httpx.Response]:
        return self._http.stream(
            "POST",
            self._options.url(dialect.path),
            json=body,
            headers=bearer(self._options.api_key),
            timeout=self._timeout,
        )

    @property
    def _timeout(self) -> httpx.Timeout:
        return httpx.Timeout(None, connect=self._options.connect_timeout_s)

    def _leave_out(self, field: str) -> None:
        if field not in self._without:
            self._without.add(field)
            log.info("llm_without", field=field, model=self._options.model)

    def _note(self, dialect: ChatDialect) -> None:
        if dialect is not self._dialect:
            self._dialect = dialect
            log.info("llm_dialect", dialect=dialect.name)

    def _forget(self) -> None:
        self._dialect = None
        self._without.clear()


async def _next_piece(dialect: ChatDialect, lines: AsyncGenerator[bytes, None]) -> Piece:
    """What says nothing is passed over within the time limit: it must not keep a dead model alive."""
    async for line in lines:
        if (piece := dialect.piece(line)) is not None:
            return piece
    raise AnswerFault("stream_cut")


async def _read_out(lines: AsyncGenerator[bytes, None]) -> None:
    with suppress(TimeoutError, AnswerFault):
        async with asyncio.timeout(_END_OF_BODY_S):
            async for _ in lines:
                pass
