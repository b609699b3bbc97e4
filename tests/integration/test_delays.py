# Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
"""Where the time goes, from real speech over real WebRTC to the browser's events and to the metrics."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass

import httpx
import numpy as np
import pytest
from aiohttp.test_utils import TestServer
from prometheus_client.parser import text_string_to_metric_families

from media.events import SessionEnded, SttParagraphFinal, SttPartial, TranslationParagraphFinal
from server.app import build_app
from server.auth.local import OneTimeLink
from server.metrics import Metrics
from server.routes.metrics import METRICS
from tests.peers import Arrived, Talker
from tests.scripted import ScriptedOllama, ScriptedWhisper
from tests.settings import settings_with
from tests.voice import Voice, silence

VOICE = Voice("one two three four five six seven.")
SPEECH = np.concatenate([silence(500), VOICE.say("one two three four"), silence(1_500)])


@dataclass(frozen=True, slots=True)
class Line:
    """A server with scripted models, and somebody who is signed in."""

    base_url: str
    cookies: dict[str, str]
    whisper: ScriptedWhisper
    metrics: Metrics

    def talker(self) -> Talker:
        return Talker(self.base_url, self.cookies, source="en", target="de")

    def figure(self, name: str, **labels: str) -> float | None:
        """As a monitoring system reads it; None where there is none."""
        for family in text_string_to_metric_families(self.metrics.text().decode()):
            for sample in family.samples:
                if (sample.name, sample.labels) == (name, labels):
                    return sample.value
        return None


@pytest.fixture
async def line(database_url: str) -> AsyncIterator[Line]:
    async with AsyncExitStack() as stack:
        whisper = await stack.enter_async_context(ScriptedWhisper(VOICE.heard))
        ollama = await stack.enter_async_context(ScriptedOllama())
        settings = settings_with(
            database_url, whisper_base_url=whisper.base_url, ollama_base_url=ollama.base_url
        )
        link = OneTimeLink()
        app = build_app(settings, link)
        server = await stack.enter_async_context(TestServer(app))
        base_url = str(server.make_url("")).rstrip("/")
        async with httpx.AsyncClient(base_url=base_url, trust_env=False) as client:
            cookies = dict((await client.get(link.address(""))).cookies)
        yield Line(base_url, cookies, whisper, app[METRICS])


def has_ended(arrived: Arrived) -> bool:
    return any(isinstance(event, SessionEnded) for _, event in arrived)


def has_heard(arrived: Arrived) -> bool:
    return any(isinstance(event, SttPartial) for _, event in arrived)


async def test_what_is_said_shows_in_the_metrics_without_a_word_of_it(line: Line) -> None:
    assert line.figure("dragoman_live_sessions") == 0
    async with line.talker() as talker:
        await talker.say(SPEECH)
        await talker.wait_for(has_heard, timeout_s=20)
        assert line.figure("dragoman_live_sessions") == 1
        await talker.stop()
        await talker.wait_for(has_ended, timeout_s=20)

    (translation,) = [it for it in talker.events() if isinstance(it, TranslationParagraphFinal)]
    assert line.figure("dragoman_translation_final_seconds_count") == 1
    assert line.figure("dragoman_translation_final_seconds_sum") == pytest.approx(
        translation.after_ms / 1000, abs=0.001
    )
    assert line.figure("dragoman_translation_first_token_seconds_count") == 1
    for kind in ("partial", "final"):
        assert (line.figure("dragoman_recogniser_request_seconds_count", kind=kind) or 0) >= 1
    (final,) = [it for it in talker.events() if isinstance(it, SttParagraphFinal)]
    assert final.stages is not None
    assert final.stages.vad_ms > 0
    assert line.figure("dragoman_final_seconds_count") == 1
    assert line.figure("dragoman_final_seconds_sum") == pytest.approx(final.stages.total_ms / 1000)
    text = line.metrics.text().decode()
    for word in ("three", "THREE", talker.location.rpartition("/")[2]):
        assert word not in text
