# Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
"""A live session with model servers that speak each of the dialects, found by themselves."""

from collections.abc import Callable
from contextlib import AsyncExitStack

import numpy as np
import pytest
from aiohttp.test_utils import TestServer

from db import Database, Users
from media.events import SessionEnded, SttParagraphFinal, TranslationParagraphFinal
from tests.peers import Arrived, Talker
from tests.scripted import Ear, ScriptedWhisper
from tests.scripted_dialects import (
    ScriptedOpenAiChat,
    scripted_asr_webservice,
    scripted_whisper_cpp,
)
from tests.settings import settings_with
from tests.voice import Voice, silence
from tests.whole import cookie_of, whole_app

SAID = "one two three four five."
VOICE = Voice(SAID)
SPEECH = np.concatenate([silence(500), VOICE.say(SAID), silence(1_500)])


def has_ended(arrived: Arrived) -> bool:
    return any(isinstance(event, SessionEnded) for _, event in arrived)


@pytest.mark.parametrize("new_whisper", [scripted_whisper_cpp, scripted_asr_webservice])
async def test_what_is_said_is_recognised_and_translated(
    database: Database, database_url: str, new_whisper: Callable[[Ear], ScriptedWhisper]
) -> None:
    async with AsyncExitStack() as stack:
        whisper = await stack.enter_async_context(new_whisper(VOICE.heard))
        llm = await stack.enter_async_context(ScriptedOpenAiChat())
        settings = settings_with(
            database_url,
            whisper_base_url=whisper.base_url,
            whisper_dialect="auto",
            ollama_base_url=llm.base_url,
            llm_dialect="auto",
        )
        server = await stack.enter_async_context(TestServer(whole_app(settings)))
        cookies = await cookie_of(database, (await Users(database).local_user()).id)
        base_url = str(server.make_url("")).rstrip("/")
        talker = await stack.enter_async_context(Talker(base_url, cookies, source="en", target="de"))
        await talker.say(SPEECH)
        await talker.stop()
        await talker.wait_for(has_ended, timeout_s=20)
        events = talker.events()
    assert [event.text for event in events if isinstance(event, SttParagraphFinal)] == [SAID]
    translated = [event.text for event in events if isinstance(event, TranslationParagraphFinal)]
    assert translated == [SAID.upper()]
