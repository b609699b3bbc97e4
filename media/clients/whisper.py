# Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
"""Whisper over HTTP, in whichever dialect its server speaks.

    given (a setting)   that dialect, always
    unknown             the first question is put in each dialect, until one is answered  -> found
    found               that dialect; where the server no longer knows the address, the others again
    found, and away     unknown, whatever comes back

What a server refuses of a question (a beam size, word times) is left out from then on, until it was away.
"""

import asyncio
import time
from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field, replace
from typing import Literal

import httpx
import numpy as np
import structlog

from media.audio import wav_bytes
from media.clients.http import (
    AWAY,
    AnswerFault,
    ModelServer,
    address,
    bearer,
    bounded_body,
    cause_of,
    check_status,
    checked_base_url,
    complaint,
)
from media.clients.verbose_json import Answer, understood
from media.clients.whisper_dialects import (
    DIALECTS,
    OPENAI,
    WHISPER_CPP,
    Dialect,
    DialectName,
    Fields,
    Question,
)
from media.core.windows import SAMPLE_RATE_HZ, FloatArray
from media.core.words import Hypothesis
from media.errors import RecogniserRefused, RecogniserUnavailable

log = structlog.get_logger()

_NOT_ANSWERED = (httpx.ConnectError, httpx.ReadError, httpx.WriteError, httpx.RemoteProtocolError)
"""The connection was refused, or broke before a first byte of an answer."""
_HEALTH_AUDIO_SAMPLES = SAMPLE_RATE_HZ // 2
_WHISPER_CPP_AT_OPENAIS = replace(WHISPER_CPP, path=OPENAI.path)
"""whisper.cpp's server can be told to listen there; it understands its own fields all the same."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WhisperOptions:
    """Where Whisper is, and how it is asked."""

    base_url: str
    """`http://host:port`; `/v1` or a dialect's path may follow."""
    model: str
    """Sent where the dialect has a word for it."""
    dialect: DialectName | Literal["auto"] = "auto"
    """How the server is spoken to; `auto` finds out."""
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

    def url(self, path: str) -> str:
        """Where audio is posted to, with a dialect's path."""
        return address(self.base_url, path, (dialect.path for dialect in DIALECTS))

    def timeout_s(self, samples: int) -> float:
        """How long to wait for the answer to this much audio."""
        return max(self.timeout_floor_s, self.timeout_factor * samples / SAMPLE_RATE_HZ)


class WhisperClient:
    """Asks one Whisper server. It holds no state of a conversation, so all live sessions share it."""

    def __init__(self, http: httpx.AsyncClient, options: WhisperOptions) -> None:
        self._http = http
        self._options = options
        self._dialect: Dialect | None = None
        self._without: set[str] = set()
        """Fields that the server has refused."""
        self._told_of_spreading = False
        self._server = ModelServer(
            name="whisper",
            base_url=options.base_url,
            unavailable=RecogniserUnavailable,
            refused=RecogniserRefused,
        )

    async def transcribe(
        self,
        samples: FloatArray,
        *,
        start_ms: int,
        language: str,
        among: Sequence[str] = (),
        prompt: str = "",
        prefix: str = "",
        final: bool,
    ) -> Hypothesis:
        """What was said in these samples, the first of which stands at `start_ms`.

        `language` is an ISO 639-1 code, or empty to have it detected, then as one of `among` if there are
        any. `prompt` is text to go on from, `prefix` what is known to be said at the beginning of the
        samples. A server that cannot do something of this does without. No word lies outside the samples and
        none starts before the one in front of it.
        Raises RecogniserUnavailable or RecogniserRefused.
        """
        question = Question(
            samples=samples,
            model=self._options.model,
            language=language,
            among=among,
            prompt=prompt,
            prefix=prefix,
            beam_size=self._options.final_beam_size if final else self._options.partial_beam_size,
        )
        facts = {"model": self._options.model, "audio_ms": question.audio_ms, "final": final}
        with self._server.failures(**facts):
            async with asyncio.timeout(self._options.timeout_s(len(samples))):
                dialect, answer = await self._persistently(question, again=final)
        return answer.hypothesis(
            start_ms=start_ms,
            audio_ms=question.audio_ms,
            language=language,
            words_are_tokens=dialect.words_are_tokens,
        )

    async def health(self) -> float:
        """Seconds for half a second of faint noise, which is really transcribed: a server can say that it is
        well while its model hangs."""
        noise = np.random.default_rng(seed=0).normal(0, 1e-3, _HEALTH_AUDIO_SAMPLES).astype(np.float32)
        started = time.monotonic()
        await self.transcribe(noise, start_ms=0, language="en", final=False)
        return time.monotonic() - started

    async def _persistently(self, question: Question, *, again: bool) -> tuple[Dialect, Answer]:
        try:
            return await self._answer(question)
        except _NOT_ANSWERED as error:
            if not again:
                raise
            log.info("whisper_asked_again", cause=cause_of(error))
        await asyncio.sleep(self._options.retry_pause_s)
        return await self._answer(question)

    async def _answer(self, question: Question) -> tuple[Dialect, Answer]:
        """The answer, in the first dialect that the server understands."""
        faults = []
        for dialect in self._candidates():
            try:
                found, answer = await self._ask(dialect, question)
            except AWAY:
                self._forget()
                raise
            except AnswerFault as fault:
                if not self._may_be_of_another_dialect(fault):
                    raise
                faults.append(fault)
                self._without.clear()  # Another dialect has other fields.
            else:
                self._note(found, answer)
                return found, answer
        raise next((fault for fault in faults if not fault.no_such_address), faults[0])

    def _candidates(self) -> tuple[Dialect, ...]:
        if self._options.dialect != "auto":
            return tuple(dialect for dialect in DIALECTS if dialect.name == self._options.dialect)
        known = () if self._dialect is None else (self._dialect,)
        return known + tuple(dialect for dialect in DIALECTS if dialect not in known)

    def _may_be_of_another_dialect(self, fault: AnswerFault) -> bool:
        return fault.no_such_address or (self._dialect is None and fault.cause == "broken_answer")

    async def _ask(self, dialect: Dialect, question: Question) -> tuple[Dialect, Answer]:
        """Without what the server refuses. The dialect that comes back is the one that it really speaks."""
        while True:
            without = frozenset(self._without)
            fields = dialect.asked(question, without)
            async with self._post(dialect, question, fields) as response:
                if refused := dialect.refused_field(await complaint(response), fields, without):
                    self._leave_out(refused)
                    continue
                check_status(response)
                body = await bounded_body(response, self._options.max_answer_bytes)
            if dialect is OPENAI and "whisper.cpp" in response.headers.get("Server", ""):
                dialect = _WHISPER_CPP_AT_OPENAIS
                continue
            return dialect, understood(body)

    def _post(
        self, dialect: Dialect, question: Question, fields: Fields
    ) -> AbstractAsyncContextManager[httpx.Response]:
        wav = wav_bytes(_at_least(question.samples, dialect.shortest_ms))
        return self._http.stream(
            "POST",
            self._options.url(dialect.path),
            params=fields if dialect.in_query else None,
            data={} if dialect.in_query else fields,
            files={dialect.file_field: ("speech.wav", wav, "audio/wav")},
            headers=bearer(self._options.api_key),
            timeout=httpx.Timeout(None, connect=self._options.connect_timeout_s),
        )

    def _leave_out(self, field: str) -> None:
        if field not in self._without:
            self._without.add(field)
            log.info("whisper_without", field=field)

    def _note(self, dialect: Dialect, answer: Answer) -> None:
        if dialect != self._dialect:
            self._dialect = dialect
            log.info("whisper_dialect", dialect=dialect.name, lacks=dialect.lacks)
        if answer.lacks_word_times and not self._told_of_spreading:
            self._told_of_spreading = True
            log.info("whisper_without_word_times", effect="words share the time of their segment")

    def _forget(self) -> None:
        self._dialect = None
        self._without.clear()


def _at_least(samples: FloatArray, shortest_ms: int) -> FloatArray:
    missing = shortest_ms * SAMPLE_RATE_HZ // 1000 - len(samples)
    return samples if missing <= 0 else np.concatenate((samples, np.zeros(missing, np.float32)))
