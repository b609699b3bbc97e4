# Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
"""Ollama's HTTP API over one language model: what our translator asks, and what people try with curl."""

import json
import time
from collections.abc import AsyncGenerator, Callable, Iterator, Mapping
from contextlib import aclosing, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import structlog
from aiohttp import web

from media.core.prompts import Message
from media.engines.language_model import LanguageModel
from media.engines.llama import AnswerEnd, AnswerPiece, LlamaFailed
from media.engines.ollama_requests import ChatRequest, GenerateRequest, Request, ShowRequest, asked_of
from media.engines.serving import Problem

log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class ServedModel:
    """The model that answers, once it has loaded."""

    name: str
    path: Path
    licence: str
    """Empty where it is not known."""
    language_model: LanguageModel


Shape = Callable[[str], Mapping[str, object]]
"""Where a kind of answer has its text."""


def ollama_problem_body(problem: Problem) -> Mapping[str, object]:
    """A problem as Ollama writes it."""
    return {"error": str(problem)}


class OllamaApi:
    """The routes. `served` is set when the model has loaded; nothing is asked before."""

    def __init__(self) -> None:
        self.served: ServedModel | None = None

    @property
    def routes(self) -> list[web.RouteDef]:
        """What the server answers beside its health."""
        return [
            web.get("/", self._root),
            web.get("/api/version", self._version),
            web.get("/api/tags", self._tags),
            web.get("/api/ps", self._running),
            web.post("/api/show", self._show),
            web.post("/api/chat", self._chat),
            web.post("/api/generate", self._generate),
        ]

    async def _root(self, _: web.Request) -> web.Response:
        return web.Response(text="Dragoman's language model is running\n")

    async def _version(self, _: web.Request) -> web.Response:
        return web.json_response({"version": version("xllamacpp")})

    async def _tags(self, _: web.Request) -> web.Response:
        return web.json_response({"models": [_described(self._model)]})

    async def _running(self, _: web.Request) -> web.Response:
        return web.json_response({"models": [{**_described(self._model), "size_vram": 0}]})

    async def _show(self, request: web.Request) -> web.Response:
        asked = await asked_of(request, ShowRequest)
        served = self._named(asked.model)
        return web.json_response(
            {**_described(served), "license": served.licence, "capabilities": ["completion"]}
        )

    async def _chat(self, request: web.Request) -> web.StreamResponse:
        asked = await asked_of(request, ChatRequest)
        model = self._named(asked.model).language_model
        pieces = model.chat(asked.messages, asked.sampling) if asked.messages else _nothing()
        return await _answer(request, asked, pieces, _as_message)

    async def _generate(self, request: web.Request) -> web.StreamResponse:
        asked = await asked_of(request, GenerateRequest)
        model = self._named(asked.model).language_model
        pieces = _generated(model, asked) if asked.prompt else _nothing()
        return await _answer(request, asked, pieces, _as_response)

    @property
    def _model(self) -> ServedModel:
        if self.served is None:
            raise Problem(503, "model_loading", "the model is being loaded")
        return self.served

    def _named(self, name: str) -> ServedModel:
        if name.removesuffix(":latest") != self._model.name:
            raise Problem(404, "model_not_found", f"model '{name}' not found")
        return self._model


def _described(served: ServedModel) -> dict[str, object]:
    status = served.path.stat()
    return {
        "name": served.name,
        "model": served.name,
        "modified_at": _written(datetime.fromtimestamp(status.st_mtime, UTC)),
        "size": status.st_size,
        "details": {"format": "gguf"},
    }


def _generated(model: LanguageModel, asked: GenerateRequest) -> AsyncGenerator[AnswerPiece, None]:
    if asked.raw:
        return model.complete(asked.prompt, asked.sampling)
    messages = [Message("user", asked.prompt)]
    if asked.system:
        messages.insert(0, Message("system", asked.system))
    return model.chat(messages, asked.sampling)


async def _nothing() -> AsyncGenerator[AnswerPiece, None]:
    """Ollama loads a model when it is asked nothing; ours is loaded."""
    yield AnswerEnd(reason="stop")


async def _answer(
    request: web.Request, asked: Request, pieces: AsyncGenerator[AnswerPiece, None], shape: Shape
) -> web.StreamResponse:
    lines = _Lines(asked.model, shape)
    async with aclosing(pieces):
        with _failures_told():
            if not asked.stream:
                return web.json_response(await lines.of_whole(pieces))
            # What fails before the first token is told by the status.
            first = await anext(pieces)
        return await _streamed(request, first, pieces, lines)


@contextmanager
def _failures_told() -> Iterator[None]:
    try:
        yield
    except LlamaFailed as error:
        _log(error)
        raise Problem(error.status, "model_failed", str(error)) from error


def _log(error: LlamaFailed) -> None:
    if error.status >= 500:
        log.warning("llm_failed", cause=str(error))


async def _streamed(
    request: web.Request, first: AnswerPiece, pieces: AsyncGenerator[AnswerPiece, None], lines: "_Lines"
) -> web.StreamResponse:
    response = web.StreamResponse(headers={"Content-Type": "application/x-ndjson"})
    # A client that goes in the middle of a line: nobody is left to be told.
    with suppress(ConnectionResetError):
        await response.prepare(request)
        try:
            await response.write(_line(lines.of_piece(first)))
            async for piece in pieces:
                await response.write(_line(lines.of_piece(piece)))
        except LlamaFailed as error:
            _log(error)
            await response.write(_line({"error": str(error)}))
        await response.write_eof()
    return response


def _line(content: Mapping[str, object]) -> bytes:
    return json.dumps(content, ensure_ascii=False).encode() + b"\n"


class _Lines:
    """An answer's pieces as Ollama writes them; all durations in nanoseconds.

    `prompt_cached_count` is ours: how many of the prompt's tokens had been evaluated before.
    """

    def __init__(self, model: str, shape: Shape) -> None:
        self._model = model
        self._shape = shape
        self._started_ns = time.monotonic_ns()

    def of_piece(self, piece: AnswerPiece) -> dict[str, object]:
        """One line of a stream."""
        if isinstance(piece, AnswerEnd):
            return self._last("", piece)
        return {**self._head(piece), "done": False}

    async def of_whole(self, pieces: AsyncGenerator[AnswerPiece, None]) -> dict[str, object]:
        """The answer in one object."""
        text, end = "", AnswerEnd(reason="stop")
        async for piece in pieces:
            if isinstance(piece, AnswerEnd):
                end = piece
            else:
                text += piece
        return self._last(text, end)

    def _head(self, text: str) -> dict[str, object]:
        return {"model": self._model, "created_at": _written(datetime.now(UTC)), **self._shape(text)}

    def _last(self, text: str, end: AnswerEnd) -> dict[str, object]:
        return {
            **self._head(text),
            "done": True,
            "done_reason": end.reason,
            "total_duration": time.monotonic_ns() - self._started_ns,
            "load_duration": 0,
            "prompt_eval_count": end.prompt_tokens,
            "prompt_cached_count": end.cached_tokens,
            "prompt_eval_duration": round(end.prompt_ms * 1e6),
            "eval_count": end.answer_tokens,
            "eval_duration": round(end.answer_ms * 1e6),
        }


def _as_message(text: str) -> dict[str, object]:
    return {"message": {"role": "assistant", "content": text}}


def _as_response(text: str) -> dict[str, object]:
    return {"response": text}


def _written(moment: datetime) -> str:
    return moment.isoformat().replace("+00:00", "Z")
