# Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
"""Whisper over HTTP, in the dialect of OpenAI: `POST /v1/audio/transcriptions`."""

import asyncio
import time
from dataclasses import dataclass, field

import httpx
import numpy as np
import structlog

from media.audio import wav_bytes
from media.clients import verbose_json
from media.clients.http import ModelServer, bounded_body, cause_of, check_status, checked_base_url
from media.core.languages import to_whisper
from media.core.windows import SAMPLE_RATE_HZ, FloatArray
from media.core.words import Hypothesis
from media.errors import RecogniserRefused, RecogniserUnavailable

log = structlog.get_logger()

_NOT_ANSWERED = (httpx.ConnectError, httpx.ReadError, httpx.WriteError, httpx.RemoteProtocolError)
"""The connection was refused, or broke before a first byte of an answer."""
_HEALTH_AUDIO_SAMPLES = SAMPLE_RATE_HZ // 2


@dataclass(frozen=True, slots=True, kw_only=True)
class WhisperOptions:
    """Where Whisper is, and how it is asked."""

    base_url: str
    """`http://host:port`, with or without `/v1`."""
    model: str
    api_key: str = field(default="", repr=False)
    """Sent as a bearer token; none if empty."""
    connect_timeout_s: float = 5.0
    timeout_floor_s: float = 10.0
    """Whatever the audio's length, wait this long for an answer."""
    timeout_factor: float = 3.0
    """Seconds to wait for each second of audio, where that is longer."""
    partial_beam_size: int = 1
    """Hypotheses kept while decoding speech that goes on; 1 is greedy, and fastest."""
    final_beam_size: int = 5
    """The same for an utterance that has ended."""
    retry_pause_s: float = 0.2
    """Before a final whose connection broke is sent once more."""
    max_answer_bytes: int = 4 * 1024 * 1024

    def __post_init__(self) -> None:
        checked_base_url(self.base_url)
        if not self.model:
            raise ValueError("Whisper needs a model name")
        if not self.api_key.isascii():
            raise ValueError("Whisper's API key must be ASCII")
        if min(self.connect_timeout_s, self.timeout_floor_s) <= 0:
            raise ValueError("Whisper's time limits must be positive")
        if min(self.partial_beam_size, self.final_beam_size) < 1:
            raise ValueError("Whisper's beam sizes must be 1 or more")

    @property
    def url(self) -> str:
        """Where audio is posted to."""
        return checked_base_url(self.base_url).removesuffix("/v1") + "/v1/audio/transcriptions"

    def timeout_s(self, samples: int) -> float:
        """How long to wait for the answer to this much audio."""
        return max(self.timeout_floor_s, self.timeout_factor * samples / SAMPLE_RATE_HZ)


class WhisperClient:
    """Asks one Whisper server. It holds no state of a conversation, so all live sessions share it."""

    def __init__(self, http: httpx.AsyncClient, options: WhisperOptions) -> None:
        self._http = http
        self._options = options
        self._server = ModelServer(
            name="whisper",
            base_url=options.base_url,
            unavailable=RecogniserUnavailable,
            refused=RecogniserRefused,
        )

    async def transcribe(
        self, samples: FloatArray, *, start_ms: int, language: str, prompt: str = "", final: bool
    ) -> Hypothesis:
        """What was said in these samples, the first of which stands at `start_ms`.

        `language` is an ISO 639-1 code, or empty to have it detected; `prompt` is text to go on from. No
        word lies outside the samples and none starts before the one in front of it.
        Raises RecogniserUnavailable or RecogniserRefused.
        """
        fields = self._fields(language, prompt, final)
        facts = {"model": self._options.model, "audio_ms": _milliseconds(samples), "final": final}
        with self._server.failures(**facts):
            async with asyncio.timeout(self._options.timeout_s(len(samples))):
                body = await self._answer(fields, wav_bytes(samples), retry=final)
            return verbose_json.hypothesis(
                body, start_ms=start_ms, audio_ms=_milliseconds(samples), language=language
            )

    async def health(self) -> float:
        """Seconds for half a second of faint noise, which is really transcribed: a server can say that it is
        well while its model hangs."""
        noise = np.random.default_rng(seed=0).normal(0, 1e-3, _HEALTH_AUDIO_SAMPLES).astype(np.float32)
        started = time.monotonic()
        await self.transcribe(noise, start_ms=0, language="en", final=False)
        return time.monotonic() - started

    def _fields(self, language: str, prompt: str, final: bool) -> dict[str, str | list[str]]:
        beam_size = self._options.final_beam_size if final else self._options.partial_beam_size
        fields: dict[str, str | list[str]] = {
            "model": self._options.model,
            "response_format": "verbose_json",
            "timestamp_granularities[]": ["word", "segment"],
            "beam_size": str(beam_size),
        }
        if language:
            fields["language"] = to_whisper(language)
        if prompt:
            fields["prompt"] = prompt
        return fields

    async def _answer(self, fields: dict[str, str | list[str]], wav: bytes, *, retry: bool) -> bytes:
        try:
            return await self._post(fields, wav)
        except _NOT_ANSWERED as error:
            if not retry:
                raise
            log.info("whisper_asked_again", cause=cause_of(error))
        await asyncio.sleep(self._options.retry_pause_s)
        return await self._post(fields, wav)

    async def _post(self, fields: dict[str, str | list[str]], wav: bytes) -> bytes:
        async with self._http.stream(
            "POST",
            self._options.url,
            data=fields,
            files={"file": ("speech.wav", wav, "audio/wav")},
            headers=self._headers(),
            timeout=httpx.Timeout(None, connect=self._options.connect_timeout_s),
        ) as response:
            check_status(response)
            return await bounded_body(response, self._options.max_answer_bytes)

    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self._options.api_key}"} if self._options.api_key else {}


def _milliseconds(samples: FloatArray) -> int:
    return len(samples) * 1000 // SAMPLE_RATE_HZ
