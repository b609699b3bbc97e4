# Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
"""The Whisper client against a real HTTP server that does as scripted."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from traceback import format_exception
from typing import Any

import httpx
import numpy as np
import pytest
from structlog.testing import capture_logs

from media.clients.http import model_server_http
from media.clients.whisper import WhisperClient, WhisperOptions
from media.core.windows import FloatArray
from media.core.words import Hypothesis, text_of
from media.errors import RecogniserRefused, RecogniserUnavailable
from tests.scripted import (
    Reply,
    ScriptedWhisper,
    answers,
    breaks_connection,
    fails,
    hangs,
    redirects,
    streams,
)
from tests.voice import Voice, silence

TEXT = "Meet me at the old bridge."
VOICE = Voice(TEXT)
SPOKEN = np.concatenate((silence(200), VOICE.say(TEXT)))


@pytest.fixture
async def whisper() -> AsyncIterator[ScriptedWhisper]:
    async with ScriptedWhisper(VOICE.heard) as server:
        yield server


def client_of(whisper: ScriptedWhisper, http: httpx.AsyncClient, **options: Any) -> WhisperClient:
    return WhisperClient(http, WhisperOptions(base_url=whisper.base_url, model="base", **options))


async def transcribe(
    client: WhisperClient, samples: FloatArray = SPOKEN, *, final: bool = False
) -> Hypothesis:
    return await client.transcribe(samples, start_ms=5000, language="en", prompt="before this", final=final)


async def test_what_was_said_comes_back_in_audio_time(
    whisper: ScriptedWhisper, http: httpx.AsyncClient
) -> None:
    hypothesis = await transcribe(client_of(whisper, http))
    assert text_of(hypothesis.words) == TEXT
    assert hypothesis.language == "en"
    assert hypothesis.words[0].start_ms == pytest.approx(5200, abs=40)
    assert hypothesis.words[-1].end_ms <= 5000 + 200 + 6 * 300


async def test_the_upload_holds_the_samples_and_says_how_to_decode(
    whisper: ScriptedWhisper, http: httpx.AsyncClient
) -> None:
    await transcribe(client_of(whisper, http), final=False)
    await transcribe(client_of(whisper, http, api_key="key", final_beam_size=7), final=True)
    partial, final = whisper.asked
    np.testing.assert_allclose(partial.samples, SPOKEN, atol=1 / 32768)
    assert partial.fields == {
        "model": "base",
        "response_format": "verbose_json",
        "timestamp_granularities[]": "word,segment",
        "language": "en",
        "prompt": "before this",
        "beam_size": "1",
    }
    assert partial.authorization == ""
    assert final.fields["beam_size"] == "7"
    assert final.authorization == "Bearer key"


async def test_what_is_not_known_is_not_sent(whisper: ScriptedWhisper, http: httpx.AsyncClient) -> None:
    client = client_of(whisper, http)
    hypothesis = await client.transcribe(SPOKEN, start_ms=0, language="", prompt="", final=False)
    assert not {"language", "prompt"} & whisper.asked[0].fields.keys()
    assert hypothesis.language == "en"


async def test_silence_has_no_words(whisper: ScriptedWhisper, http: httpx.AsyncClient) -> None:
    assert (await transcribe(client_of(whisper, http), silence(1000))).segments == ()


@pytest.mark.parametrize("status", [400, 401, 403, 404, 413, 415, 422])
async def test_a_request_that_will_never_do_is_refused(
    whisper: ScriptedWhisper, http: httpx.AsyncClient, status: int
) -> None:
    whisper.server.always(fails(status))
    with pytest.raises(RecogniserRefused, match=f"status_{status}"):
        await transcribe(client_of(whisper, http), final=True)
    assert len(whisper.asked) == 1


@pytest.mark.parametrize(
    ("reply", "cause"),
    [
        (fails(500), "status_500"),
        (fails(503), "status_503"),
        (fails(429), "status_429"),
        (answers(b"<html>Bad gateway</html>"), "broken_answer"),
        (answers(b'{"text": 5}'), "broken_answer"),
        (answers(b'{"text": "' + b"a" * 10_000_000 + b'"}'), "answer_too_large"),
        (streams(b'{"text": "cut', then=breaks_connection()), "answer_cut_short"),
        (breaks_connection(), "connection_lost"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
async def test_trouble_of_the_server_is_unavailability(
    whisper: ScriptedWhisper, http: httpx.AsyncClient, reply: Reply, cause: str
) -> None:
    whisper.server.next(reply)
    client = client_of(whisper, http)
    with pytest.raises(RecogniserUnavailable, match=cause) as caught:
        await transcribe(client)
    assert caught.value.__cause__ is not None
    assert text_of((await transcribe(client)).words) == TEXT


async def test_a_redirect_is_not_followed(whisper: ScriptedWhisper, http: httpx.AsyncClient) -> None:
    async with ScriptedWhisper(VOICE.heard) as elsewhere:
        whisper.server.next(redirects(f"{elsewhere.base_url}/v1/audio/transcriptions"))
        with pytest.raises(RecogniserRefused, match="status_307"):
            await transcribe(client_of(whisper, http))
        assert elsewhere.asked == []


async def test_a_proxy_of_the_environment_is_not_used(
    whisper: ScriptedWhisper, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:9")
    async with model_server_http() as http:
        assert text_of((await transcribe(client_of(whisper, http))).words) == TEXT


async def test_a_server_that_does_not_answer_is_given_up(
    whisper: ScriptedWhisper, http: httpx.AsyncClient
) -> None:
    whisper.server.next(hangs())
    with pytest.raises(RecogniserUnavailable, match="timeout"):
        await transcribe(client_of(whisper, http, timeout_floor_s=0.1, timeout_factor=0.0))


async def test_a_server_that_drips_is_given_up_too(whisper: ScriptedWhisper, http: httpx.AsyncClient) -> None:
    whisper.server.next(streams(b'{"text":', b" ", b" ", then=hangs()))
    with pytest.raises(RecogniserUnavailable, match="timeout"):
        await transcribe(client_of(whisper, http, timeout_floor_s=0.1, timeout_factor=0.0))


def test_more_audio_is_waited_for_longer() -> None:
    options = WhisperOptions(base_url="http://localhost:9000", model="base")
    assert options.timeout_s(16_000) == 10
    assert options.timeout_s(16_000 * 20) == 60


async def test_a_slow_answer_is_waited_for(whisper: ScriptedWhisper, http: httpx.AsyncClient) -> None:
    whisper.server.next(whisper.server.slow(0.2))
    assert text_of((await transcribe(client_of(whisper, http))).words) == TEXT


async def test_a_final_whose_connection_broke_is_sent_once_more(
    whisper: ScriptedWhisper, http: httpx.AsyncClient
) -> None:
    whisper.server.next(breaks_connection())
    client = client_of(whisper, http, retry_pause_s=0.01)
    assert text_of((await transcribe(client, final=True)).words) == TEXT
    whisper.server.next(breaks_connection(), breaks_connection())
    with pytest.raises(RecogniserUnavailable, match="connection_lost"):
        await transcribe(client, final=True)
    assert len(whisper.asked) == 4


async def test_a_partial_and_a_final_that_was_answered_are_not_repeated(
    whisper: ScriptedWhisper, http: httpx.AsyncClient
) -> None:
    whisper.server.always(breaks_connection())
    with pytest.raises(RecogniserUnavailable):
        await transcribe(client_of(whisper, http), final=False)
    whisper.server.always(streams(b"{", then=breaks_connection()))
    with pytest.raises(RecogniserUnavailable):
        await transcribe(client_of(whisper, http), final=True)
    assert len(whisper.asked) == 2


async def test_a_server_that_went_away_and_came_back_is_used_again(
    whisper: ScriptedWhisper, http: httpx.AsyncClient
) -> None:
    client = client_of(whisper, http, retry_pause_s=0.01)
    await transcribe(client)
    await whisper.server.down()
    with pytest.raises(RecogniserUnavailable, match="cannot_connect"):
        await transcribe(client, final=True)
    await whisper.server.up()
    assert text_of((await transcribe(client)).words) == TEXT


async def test_cancelling_ends_the_request(whisper: ScriptedWhisper, http: httpx.AsyncClient) -> None:
    whisper.server.next(hangs())
    task = asyncio.create_task(transcribe(client_of(whisper, http)))
    await whisper.server.asked(1)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await asyncio.wait_for(whisper.server.hung_up.wait(), 5)


async def test_health_is_a_real_transcription(whisper: ScriptedWhisper, http: httpx.AsyncClient) -> None:
    assert await client_of(whisper, http).health() > 0
    (asked,) = whisper.asked
    assert len(asked.samples) == 8000
    assert 0 < np.abs(asked.samples).max() < 0.01
    whisper.server.next(fails(500))
    with pytest.raises(RecogniserUnavailable):
        await client_of(whisper, http).health()


async def test_failures_are_logged_once_with_cause_and_duration_and_without_speech(
    whisper: ScriptedWhisper, http: httpx.AsyncClient
) -> None:
    whisper.server.next(fails(500), answers(json.dumps({"text": [TEXT]}).encode()))
    client = client_of(whisper, http, api_key="secret-key")
    with capture_logs() as logs:
        for _ in range(2):
            with pytest.raises(RecogniserUnavailable) as caught:
                await transcribe(client)
            assert "bridge" not in "".join(format_exception(caught.value))
    assert [(line["event"], line["cause"]) for line in logs] == [
        ("whisper_failed", "status_500"),
        ("whisper_failed", "broken_answer"),
    ]
    assert all(line["duration_ms"] >= 0 and line["audio_ms"] == 2000 for line in logs)
    assert not any(word in str(logs) for word in ("bridge", "before this", "secret-key"))


@pytest.mark.parametrize(
    "make",
    [
        lambda: WhisperOptions(base_url="localhost:9000", model="base"),
        lambda: WhisperOptions(base_url="ftp://localhost", model="base"),
        lambda: WhisperOptions(base_url="http://", model="base"),
        lambda: WhisperOptions(base_url="http://localhost", model=""),
        lambda: WhisperOptions(base_url="http://localhost", model="base", timeout_floor_s=0),
        lambda: WhisperOptions(base_url="http://localhost", model="base", final_beam_size=0),
        lambda: WhisperOptions(base_url="http://localhost", model="base", api_key="ключ"),
    ],
)
def test_options_that_make_no_sense_are_refused(make: Callable[[], WhisperOptions]) -> None:
    with pytest.raises(ValueError, match=r"address|model|positive|1 or more|ASCII"):
        make()


@pytest.mark.parametrize(
    "base_url",
    [
        "http://host:9000",
        "http://host:9000/",
        "http://host:9000/v1",
        "http://host:9000/asr",
        "http://host:9000/v1/audio/transcriptions",
    ],
)
def test_the_address_may_be_given_with_a_path(base_url: str) -> None:
    assert WhisperOptions(base_url=base_url, model="m").url("/v1/a") == "http://host:9000/v1/a"


def test_the_key_is_not_shown_with_the_options() -> None:
    assert "hush" not in repr(WhisperOptions(base_url="http://host", model="m", api_key="hush"))
