# Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
"""The whole line over real WebRTC, HTTP and PostgreSQL; only the models' answers are scripted."""

import asyncio
import threading
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from uuid import UUID

import httpx
import numpy as np
import psutil
import pytest
import sqlalchemy
from aiohttp.test_utils import TestServer

from db import Conversation, Conversations
from db.engine import Database
from db.users import Users
from media.core.windows import FloatArray
from media.events import (
    Event,
    Notice,
    SessionEnded,
    SessionStarted,
    SttParagraphFinal,
    SttPartial,
    TranslationDelta,
    TranslationParagraphFinal,
)
from server.app import build_app
from server.auth.local import OneTimeLink
from tests.peers import Arrived, Talker
from tests.scripted import ScriptedOllama, ScriptedWhisper, hangs
from tests.settings import settings_with
from tests.voice import Voice, silence

VOICE = Voice("one two three four five six seven eight nine ten. eleven twelve.")
PAUSE = silence(1_500)


@dataclass(frozen=True, slots=True)
class Line:
    """A server with scripted models, and somebody who is signed in."""

    base_url: str
    cookies: dict[str, str]
    whisper: ScriptedWhisper
    ollama: ScriptedOllama
    database: Database

    def talker(self, source: str = "en", target: str = "de") -> Talker:
        return Talker(self.base_url, self.cookies, source=source, target=target)

    def http(self) -> httpx.AsyncClient:
        return httpx.AsyncClient(base_url=self.base_url, cookies=self.cookies, trust_env=False)

    async def conversation(self, talker: Talker) -> Conversation:
        """What stands in the database of what the talker said."""
        started = next(event for event in talker.events() if isinstance(event, SessionStarted))
        user = await Users(self.database).local_user()
        conversation = await Conversations(self.database).read(user.id, UUID(started.conversation_id))
        assert conversation is not None
        return conversation


@pytest.fixture
async def line(database: Database, database_url: str) -> AsyncIterator[Line]:
    async with AsyncExitStack() as stack:
        whisper = await stack.enter_async_context(ScriptedWhisper(VOICE.heard))
        ollama = await stack.enter_async_context(ScriptedOllama())
        settings = settings_with(
            database_url,
            whisper_base_url=whisper.base_url,
            ollama_base_url=ollama.base_url,
            max_live_sessions_per_user=1,
            drain_timeout_ms=6_000,
        )
        link = OneTimeLink()
        server = await stack.enter_async_context(TestServer(build_app(settings, link)))
        base_url = str(server.make_url("")).rstrip("/")
        async with httpx.AsyncClient(base_url=base_url, trust_env=False) as client:
            answer = await client.get(link.address(""))
            cookies = dict(answer.cookies)
        yield Line(base_url, cookies, whisper, ollama, database)


def has_ended(arrived: Arrived) -> bool:
    return any(isinstance(event, SessionEnded) for _, event in arrived)


def of_type(events: Sequence[Event], kind: type[Event]) -> list[Event]:
    return [event for event in events if isinstance(event, kind)]


def said(text: str) -> FloatArray:
    return np.concatenate([silence(500), VOICE.say(text), PAUSE])


async def test_what_is_said_is_shown_translated_and_stored_in_order(line: Line) -> None:
    async with line.talker() as talker:
        await talker.say(np.concatenate([said("one two three four"), said("five six seven")]))
        await talker.stop()
        await talker.wait_for(has_ended, timeout_s=20)
        conversation = await line.conversation(talker)

    events = talker.events()
    assert talker.numbers == list(range(1, len(events) + 1))
    assert isinstance(events[0], SessionStarted)
    assert events[-1] == SessionEnded(reason="stopped")
    finals = [event for event in events if isinstance(event, SttParagraphFinal)]
    assert [(final.paragraph_id, final.text) for final in finals] == [
        (0, "one two three four"),
        (1, "five six seven"),
    ]
    translations = [event for event in events if isinstance(event, TranslationParagraphFinal)]
    assert [translation.text for translation in translations] == ["ONE TWO THREE FOUR", "FIVE SIX SEVEN"]
    assert [
        (row.paragraph_index, row.source_text, row.translated_text, row.status)
        for row in conversation.paragraphs
    ] == [
        (0, "one two three four", "ONE TWO THREE FOUR", "final"),
        (1, "five six seven", "FIVE SIX SEVEN", "final"),
    ]
    assert conversation.title == "one two three four"
    assert (conversation.source_language, conversation.target_language) == ("en", "de")


async def test_paragraphs_live_one_after_the_other_and_their_stable_text_stays(line: Line) -> None:
    async with line.talker() as talker:
        await talker.say(np.concatenate([said("one two three four five six"), said("seven eight nine")]))
        await talker.stop()
        await talker.wait_for(has_ended, timeout_s=20)

    open_id, stable = 0, ""
    for event in talker.events():
        match event:
            case SttPartial():
                assert event.paragraph_id == open_id
                assert event.text.startswith(stable)
                stable = event.text[: event.stable]
            case SttParagraphFinal():
                assert event.paragraph_id == open_id
                assert event.text.startswith(stable)
                open_id, stable = open_id + 1, ""
    assert open_id == 2
    assert len(of_type(talker.events(), SttPartial)) >= 2
    assert_translations_only_grow(talker.events())


def assert_translations_only_grow(events: Sequence[Event]) -> None:
    shown: dict[int, str] = {}
    for event in events:
        if isinstance(event, TranslationDelta):
            before = shown.get(event.paragraph_id, "")
            assert event.offset == len(before)
            shown[event.paragraph_id] = before + event.text
        elif isinstance(event, TranslationParagraphFinal):
            assert event.text == shown.get(event.paragraph_id, "")
    assert shown


async def test_a_paragraph_has_its_row_when_its_first_word_is_seen(line: Line) -> None:
    async with line.talker() as talker:
        await talker.play(said("one two three four five six seven eight"))
        await talker.wait_for(lambda arrived: any(isinstance(event, SttPartial) for _, event in arrived))
        row = (await line.conversation(talker)).paragraphs[0]
        assert row.status == "in_progress"
        assert row.source_text


async def test_a_final_is_in_the_database_when_the_browser_hears_of_it(line: Line) -> None:
    async with line.talker() as talker:
        await talker.play(said("one two three"))
        await talker.wait_for(
            lambda arrived: any(isinstance(event, SttParagraphFinal) for _, event in arrived)
        )
        row = (await line.conversation(talker)).paragraphs[0]
        assert (row.status, row.source_text) == ("final", "one two three")


async def test_stopped_in_the_middle_of_a_word_the_last_words_arrive_and_nothing_is_left_running(
    line: Line,
) -> None:
    async with line.talker() as talker:
        await talker.say(VOICE.say("one two three four five six"))
        await talker.play(VOICE.say("seven")[: 16 * 240])
        await talker.stop()
        await talker.wait_for(has_ended, timeout_s=20)
        conversation = await line.conversation(talker)
    texts = [row.source_text for row in conversation.paragraphs]
    assert " ".join(texts) in ("one two three four five six seven", "one two three four five six sev")
    assert {row.status for row in conversation.paragraphs} == {"final"}
    async with asyncio.timeout(10):
        while running():
            await asyncio.sleep(0.05)


async def one_short_session(line: Line) -> None:
    """Warm up what is made once: pools, threads."""
    async with line.talker() as talker:
        await talker.say(said("one two"))
        await talker.stop()
        await talker.wait_for(has_ended, timeout_s=20)


def running() -> list[str]:
    """The tasks and threads that a live session starts and has to end."""
    tasks = [task.get_name() for task in asyncio.all_tasks()]
    threads = [thread.name for thread in threading.enumerate()]
    return [name for name in tasks if "live" in name or "peer" in name] + [
        name for name in threads if "decoder" in name
    ]


async def test_whisper_away_for_a_while_costs_no_word(line: Line) -> None:
    line.whisper.server.always(hangs())
    async with line.talker() as talker:
        await line.whisper.server.down()
        await talker.say(said("one two three four"))
        await talker.wait_for(
            lambda arrived: any(
                isinstance(e, Notice) and e.code == "recogniser_unavailable" for _, e in arrived
            )
        )
        line.whisper.server.well()
        await line.whisper.server.up()
        await talker.say(said("five six"))
        await talker.stop()
        await talker.wait_for(has_ended, timeout_s=30)
        conversation = await line.conversation(talker)
    assert [row.source_text for row in conversation.paragraphs] == ["one two three four", "five six"]
    assert "recogniser_back" in [event.code for event in talker.events() if isinstance(event, Notice)]


async def test_words_that_whisper_does_not_give_in_time_are_given_up_and_the_paragraph_is_final(
    line: Line,
) -> None:
    async with line.talker() as talker:
        await talker.play(VOICE.say("one two three four five six seven eight nine"))
        await talker.wait_for(lambda arrived: any(isinstance(event, SttPartial) for _, event in arrived))
        line.whisper.server.always(hangs())
        await talker.stop()
        await talker.wait_for(has_ended, timeout_s=20)
        conversation = await line.conversation(talker)
    assert "words_lost" in [event.code for event in talker.events() if isinstance(event, Notice)]
    assert talker.events()[-1] == SessionEnded(reason="stopped")
    assert {row.status for row in conversation.paragraphs} == {"final"}


async def test_a_database_that_is_gone_ends_the_live_session_visibly(line: Line) -> None:
    async with line.talker() as talker:
        await talker.play(said("one two three four"))
        async with line.database.transaction() as session:
            await session.execute(sqlalchemy.text("ALTER TABLE paragraphs RENAME TO elsewhere"))
        try:
            await talker.wait_for(has_ended, timeout_s=20)
        finally:
            async with line.database.transaction() as session:
                await session.execute(sqlalchemy.text("ALTER TABLE elsewhere RENAME TO paragraphs"))
    assert talker.events()[-1] == SessionEnded(reason="internal_error")
    await one_short_session(line)


async def test_a_translation_cut_off_in_mid_stream_is_made_good(line: Line) -> None:
    line.ollama.server.next(line.ollama.cut_after(2))
    async with line.talker() as talker:
        await talker.say(said("one two three four"))
        await talker.stop()
        await talker.wait_for(has_ended, timeout_s=20)
        conversation = await line.conversation(talker)
    assert conversation.paragraphs[0].translated_text == "ONE TWO THREE FOUR"
    assert_translations_only_grow(talker.events())


async def test_what_may_be_wrong_with_a_translation_is_sent_and_kept(line: Line) -> None:
    line.ollama.server.always(line.ollama.says("EINS ZWEI 3456"))
    async with line.talker() as talker:
        await talker.say(said("one two three four"))
        await talker.stop()
        await talker.wait_for(has_ended, timeout_s=20)
        conversation = await line.conversation(talker)
    (final,) = [event for event in talker.events() if isinstance(event, TranslationParagraphFinal)]
    assert final.doubts == conversation.paragraphs[0].translation_doubts == ("number",)


async def test_without_a_translation_model_the_source_text_is_whole_and_the_person_is_told(
    line: Line,
) -> None:
    await line.ollama.server.down()
    async with line.talker() as talker:
        await talker.say(said("one two three four"))
        await talker.stop()
        await talker.wait_for(has_ended, timeout_s=30)
        conversation = await line.conversation(talker)
    assert conversation.paragraphs[0].source_text == "one two three four"
    assert conversation.paragraphs[0].translation_status == "none"
    assert "translator_unavailable" in [event.code for event in talker.events() if isinstance(event, Notice)]
    await line.ollama.server.up()


async def test_when_the_browser_vanishes_what_was_said_is_finished_and_stored(line: Line) -> None:
    async with line.talker() as talker:
        await talker.say(np.concatenate([VOICE.say("one two three four five six"), silence(400)]))
        await talker.connection.close()
        async with asyncio.timeout(20):
            while not (rows := (await line.conversation(talker)).paragraphs) or rows[-1].status != "final":
                await asyncio.sleep(0.1)
        assert " ".join(row.source_text for row in rows) == "one two three four five six"


async def test_delete_ends_a_live_session_as_stop_does(line: Line) -> None:
    async with line.talker() as talker, line.http() as http:
        await talker.say(VOICE.say("one two three"))
        assert (await http.delete(talker.location)).status_code == 200
        await talker.wait_for(has_ended, timeout_s=20)
        assert talker.events()[-1] == SessionEnded(reason="stopped")
        conversation = await line.conversation(talker)
    assert " ".join(row.source_text for row in conversation.paragraphs) == "one two three"


async def test_silence_leaves_no_conversation(line: Line) -> None:
    async with line.talker() as talker, line.http() as http:
        await talker.say(silence(1_500))
        await talker.stop()
        await talker.wait_for(has_ended, timeout_s=20)
        started = talker.events()[0]
        assert isinstance(started, SessionStarted)
        assert (await http.get(f"/api/conversations/{started.conversation_id}")).status_code == 404
    assert line.whisper.asked == []


async def test_languages_change_for_the_sentences_that_follow(line: Line) -> None:
    async with line.talker() as talker:
        await talker.say(said("one two three"))
        await talker.wait_for(
            lambda arrived: any(isinstance(e, TranslationParagraphFinal) for _, e in arrived)
        )
        talker.set_languages("en", "fr")
        await talker.say(said("four five six"))
        await talker.stop()
        await talker.wait_for(has_ended, timeout_s=20)
    tasks = [body["messages"][0]["content"].split(".")[0] for body in line.ollama.asked]
    assert tasks == ["Translate from English into German", "Translate from English into French"]


async def test_a_detected_language_is_one_of_those_that_were_named(line: Line) -> None:
    async with Talker(line.base_url, line.cookies, source="auto", target="de", among="fr,en") as talker:
        await talker.say(said("one two three four"))
        await talker.stop()
        await talker.wait_for(has_ended, timeout_s=20)
    detecting = [asked.fields for asked in line.whisper.asked if "language" not in asked.fields]
    assert {fields["languages"] for fields in detecting} == {"fr,en"}
    finals = [event for event in talker.events() if isinstance(event, SttParagraphFinal)]
    assert [final.language for final in finals] == ["en"]


@pytest.mark.parametrize(
    ("query", "content_type", "body", "status", "code"),
    [
        ({}, "text/plain", "v=0", 415, "unsupported_media_type"),
        ({"target": "xx"}, "application/sdp", "v=0", 422, "unknown_language"),
        ({"target": "auto"}, "application/sdp", "v=0", 422, "unknown_language"),
        ({"among": "de,xx"}, "application/sdp", "v=0", 422, "unknown_language"),
        ({}, "application/sdp", "nonsense", 400, "bad_offer"),
        ({}, "application/sdp", "v=0\r\n" + "a=x\r\n" * 10_000, 413, "offer_too_large"),
    ],
)
async def test_an_offer_that_is_none_has_its_own_problem(
    line: Line, query: dict[str, str], content_type: str, body: str, status: int, code: str
) -> None:
    async with line.http() as http:
        answer = await http.post(
            "/api/live", params=query, content=body, headers={"Content-Type": content_type}
        )
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer.headers["Content-Type"] == "application/problem+json"


async def test_nobody_starts_a_live_session_without_signing_in(line: Line) -> None:
    async with httpx.AsyncClient(base_url=line.base_url, trust_env=False) as http:
        answer = await http.post("/api/live", content="v=0", headers={"Content-Type": "application/sdp"})
    assert (answer.status_code, answer.json()["code"]) == (401, "not_signed_in")


async def test_one_live_session_too_many_is_refused_and_the_first_goes_on(line: Line) -> None:
    async with line.talker() as talker:
        with pytest.raises(RuntimeError, match=r"503.*too_many_live_sessions"):
            await line.talker().__aenter__()
        await talker.say(said("one two"))
        await talker.stop()
        await talker.wait_for(has_ended, timeout_s=20)
        assert " ".join(row.source_text for row in (await line.conversation(talker)).paragraphs) == "one two"


async def test_file_descriptors_come_back(line: Line) -> None:
    await one_short_session(line)
    process = psutil.Process()
    before = process.num_fds()
    for _ in range(3):
        await one_short_session(line)
    async with asyncio.timeout(10):
        while process.num_fds() > before:
            await asyncio.sleep(0.1)
    assert process.num_fds() <= before
