# Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
"""The main job, nothing scripted: a person speaks into Chromium, reads it in two languages, finds it kept."""

import re
from pathlib import Path
from uuid import UUID

import pytest
from playwright.async_api import Page, expect
from sqlalchemy import select

from db import Conversation, Conversations
from db.engine import Database
from db.models import ConversationRow
from db.users import Users
from tests.browser.chromium import PHONE, chromium, recording
from tests.served import MODELS, served
from tests.speech import spoken_clip, wer

pytestmark = [pytest.mark.browser, pytest.mark.engines]

FINALS = "[data-testid=paragraph][data-status=final]"
OPEN = "[data-testid=paragraph][data-status=in_progress]"
BEFORE_MS = 3_000
"""Silence before the speech: the connection is made meanwhile."""
WORST_WER = 0.5
"""Beyond this it is not the same text; how good it is, the benchmark says."""


async def test_spoken_words_are_read_in_two_languages_and_found_in_the_database(
    tmp_path: Path, database: Database, database_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    clip = spoken_clip()
    microphone = recording(tmp_path, clip.samples, before_ms=BEFORE_MS, after_ms=60_000)
    async with (
        served(
            tmp_path / "data", tmp_path / "log", DATABASE_URL=database_url, MODEL_CACHE_DIR=MODELS
        ) as server,
        chromium(microphone) as browser,
    ):
        page = await browser.new_page(viewport=PHONE)
        problems = watched(page)
        await page.goto(server.sign_in_link)
        await page.goto(f"{server.base_url}/?source=en&target=de")
        source, translation = await speak_and_stop(page, BEFORE_MS + len(clip.samples) // 16)
        conversation = await the_conversation(database)
        await page.reload()
        await expect(page.get_by_test_id("record")).to_be_visible()
        await expect(page.get_by_test_id("error")).to_have_count(0)

    error_rate = wer(source, clip.transcript)
    with capsys.disabled():
        print(f"\nIn the browser: WER {100 * error_rate:.1f} %")
        print(f"  said:       {clip.transcript}\n  shown:      {source}\n  translated: {translation}")
    assert error_rate <= WORST_WER
    assert translation
    assert same_text(source, " ".join(row.source_text for row in conversation.paragraphs))
    assert same_text(translation, " ".join(row.translated_text for row in conversation.paragraphs))
    assert {row.status for row in conversation.paragraphs} == {"final"}
    assert problems == []


async def speak_and_stop(page: Page, spoken_ms: int) -> tuple[str, str]:
    """Start, let the recording play, Stop; the texts that stand on the page then."""
    await page.get_by_test_id("record").click()
    state = page.get_by_test_id("state")
    await expect(state).to_have_attribute("data-state", "live", timeout=20_000)
    panel = page.get_by_test_id("source-panel")
    await expect(panel.locator(OPEN).first).to_be_visible(timeout=30_000)
    assert await panel.locator(OPEN).count() == 1
    await page.wait_for_timeout(spoken_ms)  # The microphone was opened before this.
    await expect(panel.locator(FINALS).first).to_be_visible(timeout=60_000)
    await page.get_by_test_id("record").click()
    await expect(state).to_have_attribute("data-state", "idle", timeout=60_000)
    return await text_of(page, "source-panel"), await text_of(page, "translation-panel")


async def text_of(page: Page, panel: str) -> str:
    texts = await page.get_by_test_id(panel).locator(FINALS).all_inner_texts()
    return " ".join(texts)


def watched(page: Page) -> list[str]:
    """What the page complains about from now on."""
    problems: list[str] = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.on("console", lambda message: problems.append(message.text) if message.type == "error" else None)
    return problems


def same_text(one: str, other: str) -> bool:
    return re.sub(r"\s+", " ", one).strip() == re.sub(r"\s+", " ", other).strip()


async def the_conversation(database: Database) -> Conversation:
    """The one conversation of the local user."""
    user = await Users(database).local_user()
    conversation = await Conversations(database).read(user.id, await only_conversation_id(database))
    assert conversation is not None
    return conversation


async def only_conversation_id(database: Database) -> UUID:
    async with database.transaction() as session:
        (conversation_id,) = (await session.scalars(select(ConversationRow.id))).all()
        return conversation_id
