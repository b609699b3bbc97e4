# Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
"""Model servers that speak other dialects, and answer as the real ones do.

whisper.cpp's server: examples/server in its repository. whisper-asr-webservice: app/webservice.py in its own.
llama.cpp, vLLM and OpenRouter: their documented streams of server-sent events.
"""

import asyncio
import json
import re
from collections.abc import Callable, Mapping
from typing import Any, Self

from aiohttp import web

from media.core.languages import by_code
from media.core.words import Word
from tests.scripted import (
    TRANSCRIPTION,
    Ear,
    Reply,
    ScriptedServer,
    ScriptedWhisper,
    Transcription,
    answers,
    streams,
    verbose_json,
)


def scripted_asr_webservice(ear: Ear, *, rows: bool = False) -> ScriptedWhisper:
    """whisper-asr-webservice; `rows`: as until 1.6, when segments were rows without names."""

    def answer(asked: Transcription) -> web.Response:
        if asked.fields.get("output") != "json":
            return web.Response(text="".join(word.text for word in ear(asked.samples)))
        words = ear(asked.samples)
        result = verbose_json(words, asked.fields.get("language", "en"))
        if asked.fields.get("word_timestamps") != "true":
            for segment in result["segments"]:
                segment["words"] = None
        if rows:
            result["segments"] = [_row(segment) for segment in result["segments"]]
        return web.Response(text=json.dumps(result), content_type="text/plain")

    return ScriptedWhisper(ear, path="/asr", write=answer)


def _row(segment: dict[str, Any]) -> list[Any]:
    words = [[word[name] for name in ("start", "end", "word", "probability")] for word in segment["words"]]
    numbers = [segment[name] for name in ("avg_logprob", "compression_ratio", "no_speech_prob")]
    return [1, 0, segment["start"], segment["end"], segment["text"], [50364], 0.0, *numbers, words]


def scripted_whisper_cpp(ear: Ear, path: str = "/inference") -> ScriptedWhisper:
    """The server of whisper.cpp, an older one: it takes no audio under a second; words are tokens."""

    def answer(asked: Transcription) -> web.Response:
        words = ear(asked.samples) if len(asked.samples) >= 16_000 else []
        # Told nothing, it takes English.
        spoken = asked.fields.get("language", "en").replace("auto", "en")
        language = by_code(spoken)
        assert language is not None
        result = verbose_json([token for word in words for token in _tokens(word)], language.name.lower())
        for segment in result["segments"]:
            del segment["compression_ratio"]
        return web.json_response(result, headers={"Server": "whisper.cpp"})

    return ScriptedWhisper(ear, path=path, write=answer)


def _tokens(word: Word) -> list[Word]:
    """A word in two, as the model's vocabulary may have it."""
    middle, middle_ms = (len(word.text) + 1) // 2, (word.start_ms + word.end_ms) // 2
    return [
        Word(word.start_ms, middle_ms, word.text[:middle], word.probability),
        Word(middle_ms, word.end_ms, word.text[middle:], word.probability),
    ]


def picky(whisper: ScriptedWhisper, refusals: Mapping[str, str], status: int = 400) -> Reply:
    """A server of OpenAI's dialect that refuses these fields with these words, as vLLM writes an error.

    `response_format` is refused while it is `verbose_json`; after that the answer is text alone.
    """

    at_once = whisper.server.slow(0)

    async def reply(request: web.Request) -> web.StreamResponse:
        fields = request[TRANSCRIPTION].fields
        for field, message in refusals.items():
            if field in fields and not (field == "response_format" and fields[field] == "json"):
                error = {"object": "error", "message": message, "type": "BadRequestError", "code": status}
                return await answers(json.dumps(error).encode(), status)(request)
        response = await at_once(request)
        if fields.get("response_format") == "json":
            assert isinstance(response, web.Response)
            text = json.loads(str(response.text))["text"]
            return web.json_response({"text": text, "usage": {"type": "duration", "seconds": 2}})
        return response

    return reply


class ScriptedOpenAiChat:
    """`POST /v1/chat/completions`, the last message translated; there during its `async with`."""

    def __init__(
        self,
        translate: Callable[[str], str] = str.upper,
        *,
        refusals: Mapping[str, str] | None = None,
        lists_models: bool = True,
    ) -> None:
        """`refusals`: fields that are refused, with the words in which they are."""
        self.asked: list[dict[str, Any]] = []
        """The bodies of all requests."""
        self.authorizations: list[str] = []
        models = json.dumps({"object": "list", "data": [{"id": "gemma", "object": "model"}]}).encode()
        self.server = ScriptedServer(
            "/v1/chat/completions",
            self._record,
            self._answer,
            {"/v1/models": answers(models)} if lists_models else None,
        )
        self._translate = translate
        self._refusals = refusals or {}

    @property
    def base_url(self) -> str:
        return self.server.base_url

    async def __aenter__(self) -> Self:
        await self.server.up()
        return self

    async def __aexit__(self, *failure: object) -> None:
        await self.server.down()

    def cut_after(self, pieces: int, then: Reply | None = None) -> Reply:
        """A stream that ends after so many pieces without a reason to finish; or where `then` happens."""

        async def reply(request: web.Request) -> web.StreamResponse:
            return await streams(*self._events(await request.json())[: pieces + 1], then=then)(request)

        return reply

    def says_after(self, pieces: int, *events: bytes) -> Reply:
        """A stream that goes on like this after so many pieces."""

        async def reply(request: web.Request) -> web.StreamResponse:
            return await streams(*self._events(await request.json())[: pieces + 1], *events)(request)

        return reply

    async def _record(self, request: web.Request) -> None:
        self.asked.append(await request.json())
        self.authorizations.append(request.headers.get("Authorization", ""))

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        body = await request.json()
        for field, message in self._refusals.items():
            if field in body:
                error = {"error": {"message": message, "type": "invalid_request_error"}}
                return await answers(json.dumps(error).encode(), 400)(request)
        return await streams(*self._events(body))(request)

    def _events(self, body: dict[str, Any]) -> list[bytes]:
        """The role, a chunk a word, the reason to finish, how many tokens there were, and the end."""
        words = re.findall(r"\s*\S+", self._translate(body["messages"][-1]["content"]))
        limit = body.get("max_tokens") or body["max_completion_tokens"]
        return [
            chunk({"role": "assistant", "content": None}),
            *(chunk({"content": word}) for word in words[:limit]),
            chunk({}, "stop" if len(words) <= limit else "length"),
            event({"object": "chat.completion.chunk", "choices": [], "usage": {"total_tokens": 9}}),
            DONE,
        ]


def event(value: dict[str, Any]) -> bytes:
    """A server-sent event."""
    return b"data: " + json.dumps(value).encode() + b"\n\n"


def chunk(delta: dict[str, Any], finish_reason: str | None = None) -> bytes:
    """A piece of an answer."""
    choice = {"index": 0, "delta": delta, "finish_reason": finish_reason}
    return event({"id": "x", "object": "chat.completion.chunk", "model": "gemma", "choices": [choice]})


DONE = b"data: [DONE]\n\n"


def pauses(beginning: bytes, pause_s: float, *rest: bytes) -> Reply:
    """A stream with a pause after its beginning."""

    async def reply(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        await response.write(beginning)
        await asyncio.sleep(pause_s)
        for piece in rest:
            await response.write(piece)
        await response.write_eof()
        return response

    return reply


def drips(beginning: bytes, drop: bytes) -> Reply:
    """A stream that begins and then has nothing but the same drop, for ever."""

    async def reply(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        await response.write(beginning)
        while True:
            await response.write(drop)
            await asyncio.sleep(0.05)

    return reply
