# Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
"""Who signs out or is disabled speaks no longer than five seconds, over real WebRTC."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass

import httpx
import numpy as np
import pytest

from db import Database, Users
from media.events import SessionEnded, SttParagraphFinal, SttPartial
from tests.peers import Arrived, Talker
from tests.provider import LyingProvider
from tests.scripted import ScriptedOllama, ScriptedWhisper, hangs
from tests.signed_on import Site, site
from tests.voice import Voice, silence

LIMIT_S = 5
VOICE = Voice("one two three four five six seven eight nine ten.")


@dataclass(frozen=True, slots=True)
class Speaker:
    """Somebody who is signed in and speaks."""

    ours: Site
    browser: httpx.AsyncClient
    talker: Talker


@pytest.fixture
async def whisper() -> AsyncIterator[ScriptedWhisper]:
    async with ScriptedWhisper(VOICE.heard) as whisper:
        yield whisper


@pytest.fixture
async def ours(database_url: str, whisper: ScriptedWhisper) -> AsyncIterator[Site]:
    async with AsyncExitStack() as stack:
        ollama = await stack.enter_async_context(ScriptedOllama())
        provider = await stack.enter_async_context(LyingProvider())
        models = {"whisper_base_url": whisper.base_url, "ollama_base_url": ollama.base_url}
        yield await stack.enter_async_context(site(database_url, provider, **models))


@pytest.fixture
async def speaker(ours: Site) -> AsyncIterator[Speaker]:
    async with ours.browser() as browser:
        await ours.sign_in(browser)
        async with Talker(ours.base_url, dict(browser.cookies), source="en", target="de") as talker:
            speech = np.concatenate([silence(500), VOICE.say("one two three four five six seven eight nine")])
            await talker.play(speech)
            await talker.wait_for(has_begun)
            yield Speaker(ours, browser, talker)


def has_begun(arrived: Arrived) -> bool:
    return any(isinstance(event, SttPartial) for _, event in arrived)


def has_ended(arrived: Arrived) -> bool:
    return any(isinstance(event, SessionEnded) for _, event in arrived)


async def ends_in_time(speaker: Speaker) -> bool:
    """Whether the live session ends, and is gone."""
    started = time.monotonic()
    await speaker.talker.wait_for(has_ended, timeout_s=LIMIT_S)
    assert SessionEnded(reason="signed_out") in speaker.talker.events()
    async with asyncio.timeout(LIMIT_S - (time.monotonic() - started)):
        while speaker.talker.connection.connectionState not in ("closed", "failed", "disconnected"):
            await asyncio.sleep(0.05)
    return True


async def test_signing_out_ends_what_is_being_said(speaker: Speaker) -> None:
    await speaker.browser.post("/api/logout")
    assert await ends_in_time(speaker)


async def test_signing_out_at_the_provider_ends_what_is_being_said(speaker: Speaker) -> None:
    token = speaker.ours.provider.logout_token()
    await speaker.browser.post("/login/back-channel-logout", data={"logout_token": token})
    assert await ends_in_time(speaker)


async def test_disabling_an_account_ends_what_is_being_said(speaker: Speaker, database: Database) -> None:
    users = Users(database)
    ada = await users.find_by_subject(speaker.ours.provider.issuer, "ada")
    assert ada is not None
    await users.disable(ada.id)
    assert await ends_in_time(speaker)


async def test_a_model_that_hangs_does_not_keep_anybody_in(
    speaker: Speaker, whisper: ScriptedWhisper
) -> None:
    whisper.server.always(hangs())
    await speaker.browser.post("/api/logout")
    assert await ends_in_time(speaker)


async def test_who_signs_out_does_not_end_what_others_say(speaker: Speaker) -> None:
    await speaker.talker.microphone.is_silent.wait()
    speaker.ours.provider.claims = {"sub": "eve"}
    speaker.ours.provider.userinfo["sub"] = "eve"
    async with speaker.ours.browser() as other:
        await speaker.ours.sign_in(other)
        await other.post("/api/logout")
    await speaker.talker.stop()
    await speaker.talker.wait_for(has_ended, timeout_s=20)
    ended = [event for event in speaker.talker.events() if isinstance(event, SessionEnded)]
    assert ended == [SessionEnded(reason="stopped")]
    finals = [event.text for event in speaker.talker.events() if isinstance(event, SttParagraphFinal)]
    assert finals == ["one two three four five six seven eight nine"]
