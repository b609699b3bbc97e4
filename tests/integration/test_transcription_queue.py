# Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
"""Who is served when by the Whisper server's API, with a recogniser that does as a test says."""

import asyncio
import io
import wave
from collections.abc import AsyncIterator, Callable
from threading import Event, Semaphore

import httpx
import pytest
from aiohttp.test_utils import TestServer

from media.engines.decoding import SAMPLE_RATE_HZ, Samples
from media.engines.serving import READINESS, make_app
from media.engines.transcription import Abandoned, ModelFailed, Transcription, Wish
from media.engines.transcription_form import MOST_BODY_BYTES
from media.engines.transcription_queue import MOST_WAITING, TranscriptionQueue
from media.engines.whisper_api import ServedWhisper, WhisperApi

PATIENCE_S = 20.0
PATH = "/v1/audio/transcriptions"


class ScriptedRecogniser:
    """Says how long the audio was, when it is let; fails for a prompt that asks for it."""

    languages = ("en",)

    def __init__(self) -> None:
        self.heard: list[int] = []
        """Seconds of each audio, in the order in which they were begun."""
        self.begun = Semaphore(0)
        self.let = Event()
        self.abandoned = Event()

    def transcribe(self, samples: Samples, wish: Wish, abandoned: Callable[[], bool]) -> Transcription:
        self.heard.append(len(samples) // SAMPLE_RATE_HZ)
        self.begun.release()
        if wish.prompt == "fail":
            raise ModelFailed("out of memory")
        if wish.prompt == "break":
            raise LookupError("nobody expected this")
        while not self.let.wait(0.01):
            if abandoned():
                self.abandoned.set()
                raise Abandoned
        return Transcription(language="en", duration_s=len(samples) / SAMPLE_RATE_HZ, segments=())


@pytest.fixture
def recogniser() -> ScriptedRecogniser:
    return ScriptedRecogniser()


@pytest.fixture
async def client(recogniser: ScriptedRecogniser) -> AsyncIterator[httpx.AsyncClient]:
    api = WhisperApi()
    api.served = ServedWhisper(name="scripted", licence="", queue=TranscriptionQueue(recogniser))
    app = make_app(api.routes, most_body_bytes=MOST_BODY_BYTES)
    app[READINESS].model = "scripted"
    server = TestServer(app)
    await server.start_server()
    limits = httpx.Limits(max_connections=None)
    async with httpx.AsyncClient(
        base_url=str(server.make_url("/")), timeout=PATIENCE_S, limits=limits
    ) as client:
        yield client
    recogniser.let.set()
    await server.close()


def silence(seconds: int) -> bytes:
    content = io.BytesIO()
    with wave.open(content, "wb") as writer:
        writer.setnchannels(1)
        writer.setsampwidth(2)
        writer.setframerate(SAMPLE_RATE_HZ)
        writer.writeframes(bytes(2 * SAMPLE_RATE_HZ * seconds))
    return content.getvalue()


def speech(seconds: int) -> dict[str, tuple[str, bytes]]:
    return {"file": ("speech.wav", silence(seconds))}


async def begun(recogniser: ScriptedRecogniser) -> None:
    """Wait until one more transcription has begun."""
    await asyncio.to_thread(recogniser.begun.acquire)


async def test_requests_are_served_one_at_a_time_in_order(recogniser: ScriptedRecogniser) -> None:
    queue = TranscriptionQueue(recogniser)
    requests = [asyncio.create_task(queue.transcribe(silence(seconds), Wish())) for seconds in (3, 1, 2)]
    await begun(recogniser)
    assert recogniser.heard == [3]
    recogniser.let.set()
    assert [transcription.duration_s for transcription in await asyncio.gather(*requests)] == [3, 1, 2]
    assert recogniser.heard == [3, 1, 2]


async def test_who_has_gone_before_their_turn_is_skipped(recogniser: ScriptedRecogniser) -> None:
    queue = TranscriptionQueue(recogniser)
    requests = [asyncio.create_task(queue.transcribe(silence(seconds), Wish())) for seconds in (1, 2, 3)]
    await begun(recogniser)
    requests[1].cancel()
    await asyncio.wait(requests[1:2])
    recogniser.let.set()
    await asyncio.gather(requests[0], requests[2])
    assert requests[1].cancelled()
    assert recogniser.heard == [1, 3]


async def test_a_client_that_hangs_up_is_no_longer_worked_for(
    client: httpx.AsyncClient, recogniser: ScriptedRecogniser
) -> None:
    request = asyncio.create_task(client.post(PATH, files=speech(1)))
    await begun(recogniser)
    request.cancel()
    assert await asyncio.to_thread(recogniser.abandoned.wait, PATIENCE_S)


@pytest.mark.parametrize(("prompt", "code"), [("fail", "recogniser_failed"), ("break", "internal_error")])
async def test_a_failure_is_told_and_the_next_request_is_served(
    client: httpx.AsyncClient, recogniser: ScriptedRecogniser, prompt: str, code: str
) -> None:
    recogniser.let.set()
    failure = await client.post(PATH, data={"prompt": prompt}, files=speech(1))
    assert failure.status_code == 500
    assert (failure.json()["error"]["code"], failure.json()["error"]["type"]) == (code, "server_error")
    assert "memory" not in failure.text
    assert (await client.post(PATH, files=speech(1))).status_code == 200


async def test_more_requests_than_may_wait_are_sent_away(
    client: httpx.AsyncClient, recogniser: ScriptedRecogniser
) -> None:
    requests = [asyncio.create_task(client.post(PATH, files=speech(0))) for _ in range(MOST_WAITING + 2)]
    ended = asyncio.as_completed(requests)
    for _ in range(2):
        refusal = await next(ended)
        assert (refusal.status_code, refusal.json()["error"]["code"]) == (503, "busy")
    recogniser.let.set()
    assert [(await response).status_code for response in ended] == [200] * MOST_WAITING
