# Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
"""The Whisper client and servers of all dialects, given or found: real HTTP, scripted answers."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import httpx
import numpy as np
import pytest
from structlog.testing import capture_logs

from media.clients.whisper import WhisperClient, WhisperOptions
from media.core.words import Hypothesis, text_of
from media.errors import RecogniserRefused, RecogniserUnavailable
from tests.scripted import ScriptedWhisper, answers, breaks_connection, fails, hangs
from tests.scripted_dialects import (
    picky,
    scripted_asr_webservice,
    scripted_whisper_cpp,
)
from tests.voice import Voice, silence

TEXT = "Meet me at the old bridge."
VOICE = Voice(TEXT)
SPOKEN = np.concatenate((silence(200), VOICE.say(TEXT)))
WORDS = [f" {word}" for word in TEXT.split()]


def new_server(dialect: str) -> ScriptedWhisper:
    match dialect:
        case "openai":
            return ScriptedWhisper(VOICE.heard)
        case "asr-webservice":
            return scripted_asr_webservice(VOICE.heard)
        case _:
            return scripted_whisper_cpp(VOICE.heard)


DIALECTS = ("openai", "asr-webservice", "whisper-cpp")


@pytest.fixture(params=DIALECTS)
async def server(request: pytest.FixtureRequest) -> AsyncIterator[ScriptedWhisper]:
    async with new_server(request.param) as server:
        yield server


def client_of(server: ScriptedWhisper, http: httpx.AsyncClient, **options: Any) -> WhisperClient:
    return WhisperClient(http, WhisperOptions(base_url=server.base_url, model="base", **options))


async def transcribe(client: WhisperClient, **asked: Any) -> Hypothesis:
    question: dict[str, Any] = {
        "samples": SPOKEN,
        "start_ms": 5000,
        "language": "en",
        "prompt": "before this",
    }
    return await client.transcribe(**(question | {"final": False} | asked))


def whole_words(hypothesis: Hypothesis) -> list[str]:
    return [word.text for word in hypothesis.words]


async def test_the_dialect_is_found_and_the_words_are_whole(
    server: ScriptedWhisper, http: httpx.AsyncClient
) -> None:
    hypothesis = await transcribe(client_of(server, http))
    assert whole_words(hypothesis) == WORDS
    assert hypothesis.language == "en"
    assert hypothesis.words[0].start_ms == pytest.approx(5200, abs=40)
    assert hypothesis.words[-1].end_ms <= 5000 + 200 + 6 * 300
    np.testing.assert_allclose(server.asked[0].samples, SPOKEN, atol=1 / 32768)


async def test_the_dialect_is_remembered_and_said_once(
    server: ScriptedWhisper, http: httpx.AsyncClient
) -> None:
    client = client_of(server, http)
    with capture_logs() as logs:
        for _ in range(3):
            await transcribe(client)
    assert len(server.asked) == 3
    assert [line["event"] for line in logs] == ["whisper_dialect"]


@pytest.mark.parametrize("dialect", DIALECTS)
async def test_a_dialect_that_is_given_is_used_and_no_other(http: httpx.AsyncClient, dialect: str) -> None:
    async with new_server(dialect) as server:
        assert whole_words(await transcribe(client_of(server, http, dialect=dialect))) == WORDS
        other = "openai" if dialect != "openai" else "whisper-cpp"
        with pytest.raises(RecogniserRefused, match="status_404"):
            await transcribe(client_of(server, http, dialect=other))


async def test_short_audio_and_silence_are_asked_about_too(
    server: ScriptedWhisper, http: httpx.AsyncClient
) -> None:
    """Also where a server wants a second at least."""
    client = client_of(server, http)
    short = await transcribe(client, samples=VOICE.say("Meet me"), start_ms=0)
    assert whole_words(short) == [" Meet", " me"]
    assert short.words[-1].end_ms <= 600
    assert (await transcribe(client, samples=silence(2000))).words == ()


async def test_health_is_a_real_transcription(server: ScriptedWhisper, http: httpx.AsyncClient) -> None:
    client = client_of(server, http)
    assert await client.health() > 0
    (asked,) = server.asked
    assert 0 < np.abs(asked.samples).max() < 0.01
    server.server.next(fails(500))
    with pytest.raises(RecogniserUnavailable, match="status_500"):
        await client.health()


async def test_the_key_goes_to_every_kind_of_server(server: ScriptedWhisper, http: httpx.AsyncClient) -> None:
    await transcribe(client_of(server, http, api_key="key"))
    assert server.asked[0].authorization == "Bearer key"


async def test_a_server_that_hangs_is_given_up_while_its_dialect_is_looked_for(
    server: ScriptedWhisper, http: httpx.AsyncClient
) -> None:
    server.server.next(hangs())
    client = client_of(server, http, timeout_floor_s=2.0, timeout_factor=0.0)
    with pytest.raises(RecogniserUnavailable, match="timeout"):
        await transcribe(client)
    assert whole_words(await transcribe(client)) == WORDS


async def test_a_broken_server_is_unavailable_in_every_dialect(
    server: ScriptedWhisper, http: httpx.AsyncClient
) -> None:
    client = client_of(server, http)
    server.server.next(fails(503), breaks_connection(), answers(b"<html>"))
    for cause in ("status_503", "connection_lost", "broken_answer"):
        with pytest.raises(RecogniserUnavailable, match=cause):
            await transcribe(client)
    assert whole_words(await transcribe(client)) == WORDS


async def test_cancelling_ends_the_request(server: ScriptedWhisper, http: httpx.AsyncClient) -> None:
    server.server.next(hangs())
    task = asyncio.create_task(transcribe(client_of(server, http)))
    await server.server.asked(1)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await asyncio.wait_for(server.server.hung_up.wait(), 5)


async def test_what_whisper_asr_webservice_is_asked(http: httpx.AsyncClient) -> None:
    async with scripted_asr_webservice(VOICE.heard) as server:
        client = client_of(server, http)
        with capture_logs() as logs:
            await transcribe(client, language="jv", prefix="Meet", final=True)
            await transcribe(client, language="", among=("en", "de"), prompt="")
        first, second = (asked.fields for asked in server.asked)
        always = {"task": "transcribe", "output": "json", "word_timestamps": "true", "vad_filter": "false"}
        assert first == always | {"language": "jw", "initial_prompt": "before this"}
        assert second == always
    assert logs[0]["lacks"] == ("model", "beam_size", "languages", "prefix")


async def test_what_whisper_cpp_is_asked(http: httpx.AsyncClient) -> None:
    async with scripted_whisper_cpp(VOICE.heard) as server:
        client = client_of(server, http)
        await transcribe(client, prefix="Meet", final=True)
        await transcribe(client, language="", among=("en", "de"), prompt="")
        first, second = (asked.fields for asked in server.asked)
        always = {
            "response_format": "verbose_json",
            "split_on_word": "true",
            "suppress_nst": "true",
            "no_language_probabilities": "true",
        }
        assert first == always | {"language": "en", "beam_size": "5", "prompt": "before this"}
        assert second == always | {"language": "auto", "beam_size": "1"}


async def test_whisper_cpp_is_known_at_the_address_of_openai_too(http: httpx.AsyncClient) -> None:
    async with scripted_whisper_cpp(VOICE.heard, "/v1/audio/transcriptions") as server:
        client = client_of(server, http)
        for _ in range(2):
            assert whole_words(await transcribe(client, language="")) == WORDS
        assert [asked.fields.get("language") for asked in server.asked] == [None, "auto", "auto"]


async def test_rows_without_names_are_understood(http: httpx.AsyncClient) -> None:
    async with scripted_asr_webservice(VOICE.heard, rows=True) as server:
        assert whole_words(await transcribe(client_of(server, http))) == WORDS


async def test_prefix_and_languages_are_asked_for_where_there_are_words_for_them(
    http: httpx.AsyncClient,
) -> None:
    async with ScriptedWhisper(VOICE.heard) as server:
        client = client_of(server, http)
        await transcribe(client, language="", among=("en", "jv"), prefix="Meet me")
        await transcribe(client, among=("en", "jv"))
        server.server.next(answers(b'{"text": " at the bridge.", "language": "en", "after_prefix": true}'))
        hypothesis = await transcribe(client, prefix="Meet me")
        first, second = (asked.fields for asked in server.asked[:2])
        assert (first["languages"], first["prefix"]) == ("en,jw", "Meet me")
        assert not {"languages", "prefix"} & second.keys()
        assert hypothesis.after_prefix
        assert text_of(hypothesis.words) == "at the bridge."


NO_WORDS = "timestamp_granularities[] 'word' is not supported"
NO_VERBOSE = "Currently do not support verbose_json for base"
REFUSALS = [
    pytest.param({"beam_size": "Extra inputs are not permitted: beam_size"}, ["beam_size"], id="beam"),
    pytest.param({"timestamp_granularities[]": NO_WORDS}, ["timestamp_granularities[]"], id="words"),
    pytest.param({"response_format": NO_VERBOSE}, ["response_format"], id="vllm"),
    pytest.param(
        {
            "prompt": "prompt: extra field",
            "prefix": "prefix: no",
            "beam_size": "beam_size: no",
        },
        ["prompt", "prefix", "beam_size"],
        id="many",
    ),
]


@pytest.mark.parametrize("status", [400, 422])
@pytest.mark.parametrize(("refusals", "left_out"), REFUSALS)
async def test_what_a_server_refuses_is_left_out_from_then_on(
    http: httpx.AsyncClient, refusals: dict[str, str], left_out: list[str], status: int
) -> None:
    async with ScriptedWhisper(VOICE.heard) as server:
        server.server.always(picky(server, refusals, status))
        client = client_of(server, http)
        with capture_logs() as logs:
            for _ in range(2):
                hypothesis = await transcribe(client, prefix="Meet")
                assert text_of(hypothesis.words) == TEXT
        assert len(server.asked) == len(left_out) + 2
    assert [line["field"] for line in logs if line["event"] == "whisper_without"] == left_out


async def test_words_without_times_share_the_time_of_the_audio_and_that_is_said_once(
    http: httpx.AsyncClient,
) -> None:
    async with ScriptedWhisper(VOICE.heard) as server:
        server.server.always(picky(server, {"response_format": NO_VERBOSE}))
        client = client_of(server, http)
        with capture_logs() as logs:
            for _ in range(2):
                words = (await transcribe(client)).words
        assert (words[0].start_ms, words[-1].end_ms) == (5000, 7000)
    assert [line["event"] for line in logs].count("whisper_without_word_times") == 1


@pytest.mark.parametrize("message", ["Unsupported language: 'xx'.", "The model `base` is not Whisper", ""])
async def test_a_refusal_of_what_cannot_be_left_out_is_a_refusal(
    http: httpx.AsyncClient, message: str
) -> None:
    async with ScriptedWhisper(VOICE.heard) as server:
        server.server.always(fails(400, message))
        with pytest.raises(RecogniserRefused, match="status_400"):
            await transcribe(client_of(server, http))
        assert len(server.asked) == 1


async def test_a_server_that_refuses_whatever_is_asked_is_given_up(http: httpx.AsyncClient) -> None:
    complaint = "languages prefix beam_size timestamp_granularities response_format prompt"
    async with ScriptedWhisper(VOICE.heard) as server:
        server.server.always(fails(422, complaint))
        with pytest.raises(RecogniserRefused, match="status_422"):
            await transcribe(client_of(server, http), prefix="Meet")
        assert len(server.asked) == 6


async def test_a_missing_model_is_a_refusal_and_the_next_request_tries_again(http: httpx.AsyncClient) -> None:
    """speaches answers 404 where it has not got the model."""
    async with ScriptedWhisper(VOICE.heard) as server:
        server.server.next(fails(404, "Model 'base' is not installed locally."))
        client = client_of(server, http)
        with pytest.raises(RecogniserRefused, match="status_404"):
            await transcribe(client)
        assert whole_words(await transcribe(client)) == WORDS


async def test_a_server_that_answers_everywhere_with_a_page_is_none_of_whisper(
    http: httpx.AsyncClient,
) -> None:
    async with ScriptedWhisper(VOICE.heard) as server:
        server.server.always(answers(b"<!doctype html>"))
        with pytest.raises(RecogniserUnavailable, match="broken_answer"):
            await transcribe(client_of(server, http))


@pytest.mark.parametrize("noticed", [True, False])
async def test_a_server_that_is_another_after_being_away_is_found_again(
    http: httpx.AsyncClient, noticed: bool
) -> None:
    async with ScriptedWhisper(VOICE.heard) as before, scripted_whisper_cpp(VOICE.heard) as after:
        client = client_of(before, http)
        assert whole_words(await transcribe(client)) == WORDS
        if noticed:
            await before.server.down()
            with pytest.raises(RecogniserUnavailable, match="cannot_connect"):
                await transcribe(client)
        await before.server.replaced_by(after.server)
        assert whole_words(await transcribe(client)) == WORDS
        assert len(after.asked) == 1


async def test_what_was_refused_is_asked_for_again_once_the_server_was_away(http: httpx.AsyncClient) -> None:
    async with ScriptedWhisper(VOICE.heard) as server:
        server.server.always(picky(server, {"beam_size": "no such field: beam_size"}))
        client = client_of(server, http)
        await transcribe(client)
        await server.server.down()
        with pytest.raises(RecogniserUnavailable, match="cannot_connect"):
            await transcribe(client)
        server.server.well()
        await server.server.up()
        await transcribe(client)
        assert ["beam_size" in asked.fields for asked in server.asked] == [True, False, True]
