# Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
"""Whisper and Ollama servers that do as a test says: real HTTP on loopback, scripted answers.

Those that speak other dialects are in tests/scripted_dialects.py.

Left alone they work: `ScriptedWhisper` answers with what its ear hears in the audio (see tests/voice.py), and
`ScriptedOllama` streams its translation of the last message. What goes wrong is scripted a request at a time
(`whisper.server.next(fails(503), hangs())`) or until further notice (`whisper.server.always(hangs())`).
"""

import asyncio
import io
import json
import re
import wave
from collections import deque
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from aiohttp import BodyPartReader, web

from media.core.windows import SAMPLE_RATE_HZ, FloatArray
from media.core.words import Word

Reply = Callable[[web.Request], Awaitable[web.StreamResponse]]
Record = Callable[[web.Request], Awaitable[None]]
Ear = Callable[[FloatArray], Sequence[Word]]
"""The words in an upload's samples, timed from its first."""


class ScriptedServer:
    """An HTTP server with one address to post to, and perhaps some to get."""

    def __init__(
        self, path: str, record: Record, answer: Reply, gets: Mapping[str, Reply] | None = None
    ) -> None:
        self.hung_up = asyncio.Event()
        """Set when a client has left before the end of its answer."""
        self._path = path
        self._record = record
        self._answer = answer
        self._gets = gets or {}
        self._always = answer
        self._next: deque[Reply] = deque()
        self._runner: web.AppRunner | None = None
        self._port = 0
        self._peers: set[object] = set()
        self._count = 0
        self._counted = asyncio.Condition()

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self._port}"

    @property
    def connections(self) -> int:
        """How many connections have been used so far."""
        return len(self._peers)

    def next(self, *replies: Reply) -> None:
        """What the next requests get, in turn."""
        self._next.extend(replies)

    def always(self, reply: Reply) -> None:
        """What every request gets for which nothing else is scripted."""
        self._always = reply

    def well(self) -> None:
        """Answer as it should from now on."""
        self._next.clear()
        self._always = self._answer

    def slow(self, delay_s: float) -> Reply:
        """A right answer, too late by this much."""

        async def reply(request: web.Request) -> web.StreamResponse:
            await asyncio.sleep(delay_s)
            return await self._answer(request)

        return reply

    async def asked(self, count: int) -> None:
        """Wait until it has been asked this often in all."""
        async with self._counted:
            await self._counted.wait_for(lambda: self._count >= count)

    async def down(self) -> None:
        """Refuse connections, and break those that there are."""
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    async def replaced_by(self, other: "ScriptedServer") -> None:
        """Go away for good, and have `other` here instead."""
        await self.down()
        await other.down()
        other._port = self._port
        await other.up()

    async def up(self) -> None:
        """Be there, on the same port as before."""
        app = web.Application(client_max_size=64 * 1024 * 1024)
        app.router.add_post(self._path, self._reply)
        for path, reply in self._gets.items():
            app.router.add_get(path, reply)
        # A client that hangs up cancels its request, so that `hung_up` is known and no hanging reply is left.
        runner = web.AppRunner(app, handler_cancellation=True, shutdown_timeout=0)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", self._port, reuse_address=True).start()
        self._port = runner.addresses[0][1]
        self._runner = runner

    async def _reply(self, request: web.Request) -> web.StreamResponse:
        assert request.transport is not None
        self._peers.add(request.transport.get_extra_info("peername"))
        try:
            await self._record(request)
            await self._note()
            reply = self._next.popleft() if self._next else self._always
            return await reply(request)
        except (asyncio.CancelledError, ConnectionError):
            self.hung_up.set()
            raise

    async def _note(self) -> None:
        async with self._counted:
            self._count += 1
            self._counted.notify_all()


def fails(status: int, message: str = "scripted failure") -> Reply:
    """An error, as Ollama words it."""
    return answers(json.dumps({"error": message}).encode(), status)


def answers(body: bytes, status: int = 200) -> Reply:
    """Exactly this, be it nonsense."""

    async def reply(request: web.Request) -> web.StreamResponse:
        return web.Response(body=body, status=status, content_type="application/json")

    return reply


def redirects(location: str) -> Reply:
    """To another address, where the client must not follow."""

    async def reply(request: web.Request) -> web.StreamResponse:
        return web.Response(status=307, headers={"Location": location})

    return reply


def hangs() -> Reply:
    """No answer at all."""

    async def reply(request: web.Request) -> web.StreamResponse:
        await asyncio.Event().wait()
        raise AssertionError("nothing ends this wait but its cancellation")

    return reply


def breaks_connection() -> Reply:
    """The connection breaks where it is: before a byte of the answer, or in the middle of a stream."""

    async def reply(request: web.Request) -> web.StreamResponse:
        assert request.transport is not None
        request.transport.abort()
        return await hangs()(request)

    return reply


def streams(*pieces: bytes, then: Reply | None = None) -> Reply:
    """These pieces of a body, and then its end, or what `then` does with the open connection."""

    async def reply(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Type": "application/x-ndjson"})
        await response.prepare(request)
        for piece in pieces:
            await response.write(piece)
        if then is not None:
            await then(request)
        await response.write_eof()
        return response

    return reply


@dataclass(frozen=True, slots=True, kw_only=True)
class Transcription:
    """What Whisper was asked."""

    samples: FloatArray
    fields: dict[str, str]
    """The query and the form without its file; of a repeated field the values, joined by commas."""
    authorization: str


TRANSCRIPTION = web.RequestKey("transcription", Transcription)


class ScriptedWhisper:
    """`POST /v1/audio/transcriptions`, answered with what `ear` hears; there during its `async with`."""

    def __init__(
        self,
        ear: Ear,
        language: str = "english",
        *,
        path: str = "/v1/audio/transcriptions",
        write: Callable[[Transcription], web.Response] | None = None,
    ) -> None:
        """`path` and `write`: the address and the form of answer of another dialect."""
        self.asked: list[Transcription] = []
        self.server = ScriptedServer(path, self._record, self._answer)
        self._ear = ear
        self._language = language
        self._write = write or self._as_openai

    @property
    def base_url(self) -> str:
        return self.server.base_url

    async def __aenter__(self) -> Self:
        await self.server.up()
        return self

    async def __aexit__(self, *failure: object) -> None:
        await self.server.down()

    async def _record(self, request: web.Request) -> None:
        request[TRANSCRIPTION] = await transcription(request)
        self.asked.append(request[TRANSCRIPTION])

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        return self._write(request[TRANSCRIPTION])

    def _as_openai(self, asked: Transcription) -> web.Response:
        words = self._ear(asked.samples)
        return web.json_response(verbose_json(words, asked.fields.get("language", self._language)))


async def transcription(request: web.Request) -> Transcription:
    """What a request asks of Whisper, in any dialect."""
    samples = np.zeros(0, np.float32)
    fields: dict[str, str] = dict(request.query)
    async for part in await request.multipart():
        assert isinstance(part, BodyPartReader)
        name, body = part.name or "", bytes(await part.read())
        if name in ("file", "audio_file"):
            samples = _samples_of(body)
        else:
            fields[name] = ",".join(filter(None, (fields.get(name), body.decode())))
    return Transcription(
        samples=samples, fields=fields, authorization=request.headers.get("Authorization", "")
    )


def _samples_of(wav: bytes) -> FloatArray:
    with wave.open(io.BytesIO(wav)) as reader:
        assert (reader.getframerate(), reader.getnchannels(), reader.getsampwidth()) == (SAMPLE_RATE_HZ, 1, 2)
        pcm = np.frombuffer(reader.readframes(reader.getnframes()), "<i2")
    return pcm.astype(np.float32) / np.float32(32768)


def verbose_json(words: Sequence[Word], language: str) -> dict[str, Any]:
    """Whisper's answer as faster-whisper's servers write it: words, if any, in one segment."""
    text = "".join(word.text for word in words)
    segment = {
        "id": 0,
        "start": words[0].start_ms / 1000 if words else 0.0,
        "end": words[-1].end_ms / 1000 if words else 0.0,
        "text": text,
        "no_speech_prob": 0.01,
        "avg_logprob": -0.2,
        "compression_ratio": 1.2,
        "words": [
            {
                "word": word.text,
                "start": word.start_ms / 1000,
                "end": word.end_ms / 1000,
                "probability": word.probability,
            }
            for word in words
        ],
    }
    return {"task": "transcribe", "language": language, "text": text, "segments": [segment] if words else []}


class ScriptedOllama:
    """`POST /api/chat`, answered with the last message translated; there during its `async with`."""

    def __init__(self, translate: Callable[[str], str] = str.upper, *, takes_think: bool = True) -> None:
        self.asked: list[dict[str, Any]] = []
        """The bodies of all requests."""
        self.server = ScriptedServer(
            "/api/chat", self._record, self._answer, {"/api/version": answers(b'{"version": "0.13.5"}')}
        )
        self._translate = translate
        self._takes_think = takes_think

    @property
    def base_url(self) -> str:
        return self.server.base_url

    async def __aenter__(self) -> Self:
        await self.server.up()
        return self

    async def __aexit__(self, *failure: object) -> None:
        await self.server.down()

    def says(self, answer: str) -> Reply:
        """This answer, whatever was asked."""

        async def reply(request: web.Request) -> web.StreamResponse:
            return await streams(*_lines_of(answer, (await request.json())["options"]["num_predict"]))(
                request
            )

        return reply

    def cut_after(self, pieces: int, then: Reply | None = None) -> Reply:
        """A stream that ends after so many pieces without saying that it is done; or where `then` happens."""

        async def reply(request: web.Request) -> web.StreamResponse:
            lines = self._lines(await request.json())[:pieces]
            return await streams(*lines, then=then)(request)

        return reply

    def error_after(self, pieces: int) -> Reply:
        """A stream whose next line after so many pieces is an error."""

        async def reply(request: web.Request) -> web.StreamResponse:
            lines = self._lines(await request.json())[:pieces]
            return await streams(*lines, _line({"error": "scripted failure"}))(request)

        return reply

    async def _record(self, request: web.Request) -> None:
        self.asked.append(await request.json())

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        body = await request.json()
        if "think" in body and not self._takes_think:
            return await fails(400, "this model does not support think")(request)
        return await streams(*self._lines(body))(request)

    def _lines(self, body: dict[str, Any]) -> list[bytes]:
        return _lines_of(self._translate(body["messages"][-1]["content"]), body["options"]["num_predict"])


def _lines_of(answer: str, limit: int) -> list[bytes]:
    """A line a word, at most `limit`, and the last."""
    pieces = re.findall(r"\s*\S+", answer)
    last = {"done": True, "done_reason": "stop" if len(pieces) <= limit else "length"}
    return [
        *(_line({"message": {"role": "assistant", "content": piece}}) for piece in pieces[:limit]),
        _line({"message": {"role": "assistant", "content": ""}} | last),
    ]


def _line(value: dict[str, Any]) -> bytes:
    return json.dumps({"model": "scripted", "done": False} | value).encode() + b"\n"
