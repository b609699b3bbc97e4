# Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
"""The history in Chromium: what was said is found, read, renamed and deleted, and nothing in it is run."""

import re
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from aiohttp.test_utils import TestServer
from playwright.async_api import Dialog, Locator, Page, expect

from db.conversations import Conversations
from db.engine import Database
from db.logins import Logins
from db.users import Users
from server.app import build_app
from server.auth.local import OneTimeLink
from tests.browser.chromium import PHONE, chromium
from tests.settings import settings_with

pytestmark = pytest.mark.browser

HARBOUR = [
    (
        "en",
        "Good morning. The ships are already in the harbour.",
        "Guten Morgen. Die Schiffe sind schon im Hafen.",
    ),
    ("ar", "صباح الخير جميعًا.", "Guten Morgen zusammen."),
    ("en", "Nobody knows the first interpreter.", "Niemand kennt den ersten Dolmetscher."),
]
SCRIPT = "<script>alert(1)</script><img src=x onerror=alert(2)>"


@dataclass(frozen=True, slots=True)
class Scene:
    """A person in front of the page, who is signed in."""

    page: Page
    base_url: str
    user_id: UUID
    conversations: Conversations
    logins: Logins
    problems: list[str]
    """What the browser complained about, and every dialog that a script has opened."""

    async def said(
        self, title: str, paragraphs: Sequence[tuple[str, str, str]], *, hours_ago: float = 0
    ) -> str:
        """Keeps a conversation (language, said, meant); returns its id."""
        conversation_id, at = uuid4(), datetime.now(UTC) - timedelta(hours=hours_ago)
        kept = self.conversations
        await kept.start(conversation_id, self.user_id, "auto", "de", at)
        await kept.set_title(conversation_id, title)
        for index, (language, source, translation) in enumerate(paragraphs):
            start = at + timedelta(seconds=8 * index)
            end = start + timedelta(seconds=6)
            await kept.finish_paragraph(conversation_id, index, source, language, start, end)
            await kept.finish_translation(conversation_id, index, translation, complete=True)
        return str(conversation_id)

    async def open(self, address: str) -> None:
        await self.page.goto(f"{self.base_url}{address}")

    @property
    def items(self) -> Locator:
        """The conversations in the list."""
        return self.page.get_by_test_id("history-item")


@pytest.fixture
async def scene(database: Database, database_url: str) -> AsyncIterator[Scene]:
    link = OneTimeLink()
    async with TestServer(build_app(settings_with(database_url), link)) as server, chromium() as browser:
        base_url = str(server.make_url("/")).rstrip("/")
        page = await browser.new_page(viewport=PHONE)
        problems = watched(page)
        await page.goto(link.address(base_url))
        user = await Users(database).local_user()
        yield Scene(page, base_url, user.id, Conversations(database), Logins(database), problems)


def watched(page: Page) -> list[str]:
    problems: list[str] = []

    async def dismiss(dialog: Dialog) -> None:
        problems.append(f"dialog: {dialog.message}")
        await dialog.dismiss()

    page.on("dialog", dismiss)
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.on("console", lambda message: problems.append(message.text) if message.type == "error" else None)
    return problems


async def test_a_conversation_is_found_opened_renamed_and_deleted(scene: Scene) -> None:
    page = scene.page
    await scene.said("An older one", [("en", "About bread.", "Über Brot.")], hours_ago=30)
    conversation_id = await scene.said("Good morning.", HARBOUR)
    await scene.open("/")
    await page.get_by_test_id("to-history").click()
    await expect(scene.items).to_have_count(2)
    await expect(page.get_by_role("heading", name="History")).to_be_focused()

    await page.get_by_test_id("search").fill("harbour")
    await expect(scene.items).to_have_count(1)
    await expect(scene.items.locator("mark")).to_have_text("harbour")
    await expect(page).to_have_url(re.compile(r"/history\?q=harbour$"))

    await page.get_by_test_id("open").click()
    await expect(page).to_have_url(re.compile(f"/history/{conversation_id}$"))
    await expect(page.get_by_test_id("source-text")).to_have_text([said for _, said, _ in HARBOUR])
    await expect(page.get_by_test_id("translated-text")).to_have_text([meant for _, _, meant in HARBOUR])
    await expect(page.get_by_test_id("title")).to_be_focused()

    await page.get_by_test_id("rename").click()
    await page.get_by_test_id("title-input").fill("  Ships  ")
    await page.keyboard.press("Enter")
    await expect(page.get_by_test_id("title")).to_have_text("Ships")

    await page.go_back()
    await expect(page.get_by_test_id("search")).to_have_value("harbour")
    await page.get_by_test_id("clear-search").click()
    await expect(scene.items).to_have_count(2)
    await expect(scene.items.first).to_contain_text("Ships")

    await scene.items.first.get_by_test_id("delete").click()
    await expect(page.get_by_test_id("cancel-delete")).to_be_focused()
    await page.keyboard.press("Escape")
    await expect(scene.items.first.get_by_test_id("delete")).to_be_focused()
    await expect(scene.items).to_have_count(2)
    await scene.items.first.get_by_test_id("delete").click()
    await page.get_by_test_id("confirm-delete").click()
    await expect(scene.items).to_have_count(1)
    await expect(page.get_by_role("heading", name="History")).to_be_focused()
    await page.reload()
    await expect(scene.items).to_have_count(1)
    await expect(scene.items).to_contain_text("An older one")
    assert await scene.conversations.read(scene.user_id, UUID(conversation_id)) is None
    assert scene.problems == []


async def test_a_link_leads_to_its_paragraph(scene: Scene) -> None:
    page = scene.page
    many = [("en", f"Sentence {number}.", f"Satz {number}.") for number in range(60)]
    conversation_id = await scene.said("Sentences", many)
    await scene.open(f"/history/{conversation_id}#p-42")
    paragraph = page.locator("#p-42")
    await expect(paragraph).to_be_in_viewport(ratio=1)
    await expect(paragraph).to_have_class(re.compile("pointed"))
    await expect(paragraph).to_contain_text("Sentence 42.")
    await page.locator("#p-43").get_by_role("link").click()
    await expect(page).to_have_url(re.compile("#p-43$"))
    await page.go_back()
    await expect(paragraph).to_have_class(re.compile("pointed"))
    assert scene.problems == []


async def test_a_script_that_was_said_is_text(scene: Scene) -> None:
    page = scene.page
    conversation_id = await scene.said(SCRIPT, [("en", f"harbour {SCRIPT}", SCRIPT)])
    await scene.open("/history?q=harbour")
    await expect(scene.items.get_by_test_id("place")).to_contain_text("onerror=alert(2)")
    await page.get_by_test_id("open").click()
    await expect(page.get_by_test_id("title")).to_have_text(SCRIPT)
    await expect(page.get_by_test_id("source-text")).to_have_text(f"harbour {SCRIPT}")
    await expect(page.get_by_test_id("translated-text")).to_have_text(SCRIPT)
    await page.get_by_test_id("delete").click()
    await expect(page.get_by_role("dialog")).to_contain_text(SCRIPT)
    await page.get_by_test_id("cancel-delete").click()
    assert await page.locator("img, main script").count() == 0
    assert scene.problems == []
    await scene.open(f"/history/{conversation_id}x")
    await expect(page.get_by_test_id("empty")).to_contain_text("not here")


async def test_each_paragraph_is_read_in_its_own_direction(scene: Scene) -> None:
    conversation_id = await scene.said("Good morning.", HARBOUR)
    await scene.open(f"/history/{conversation_id}")
    arabic = scene.page.get_by_test_id("source-text").nth(1)
    await expect(arabic).to_have_attribute("lang", "ar")
    assert await arabic.evaluate("element => getComputedStyle(element).direction") == "rtl"
    assert await scene.page.evaluate("document.documentElement.scrollWidth <= innerWidth")


async def test_a_conversation_is_taken_along_as_a_file(scene: Scene) -> None:
    conversation_id = await scene.said("Good morning.", HARBOUR)
    await scene.open(f"/history/{conversation_id}")
    await scene.page.get_by_test_id("export").click()
    await scene.page.get_by_label("What it means").check()
    async with scene.page.expect_download() as started:
        await scene.page.get_by_test_id("export-txt").click()
    text = (await (await started.value).path()).read_text()
    assert "Niemand kennt den ersten Dolmetscher." in text
    assert "Nobody knows" not in text


async def test_when_the_login_has_ended_what_is_on_the_page_stays(scene: Scene) -> None:
    page = scene.page
    conversation_id = await scene.said("Good morning.", HARBOUR)
    await scene.open(f"/history/{conversation_id}")
    await page.get_by_test_id("rename").click()
    await page.get_by_test_id("title-input").fill("A title of my own")
    await scene.logins.delete_of_user(scene.user_id)
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("dialog")).to_contain_text("Your sign-in has ended")
    await expect(page.get_by_test_id("title-input")).to_have_value("A title of my own")
    await page.keyboard.press("Escape")
    await expect(page.get_by_test_id("source-text")).to_have_text([said for _, said, _ in HARBOUR])
    await page.reload()
    await expect(page.get_by_test_id("sign-in-view")).to_contain_text("one-time link")


async def test_with_an_identity_provider_the_page_goes_to_the_sign_in_by_itself(scene: Scene) -> None:
    page = scene.page
    conversation_id = await scene.said("Good morning.", HARBOUR)
    # The whole round with a real provider is tested where one runs; here, where the page goes.
    await page.route("**/api/sign-in", lambda route: route.fulfill(json={"method": "oidc", "url": "/login"}))
    await scene.open(f"/history/{conversation_id}#p-1")
    await expect(page.get_by_test_id("paragraph")).to_have_count(len(HARBOUR))
    await scene.logins.delete_of_user(scene.user_id)
    await page.get_by_test_id("back").click()
    await expect(page).to_have_url(f"{scene.base_url}/login?next=%2Fhistory")
    await scene.open(f"/history/{conversation_id}#p-1")
    await page.get_by_test_id("sign-in").click()
    await expect(page).to_have_url(f"{scene.base_url}/login?next=%2Fhistory%2F{conversation_id}%23p-1")


async def test_signing_out_leaves_nothing_to_read(scene: Scene) -> None:
    page = scene.page
    await scene.said("Good morning.", HARBOUR)
    await scene.open("/history")
    await expect(scene.items).to_have_count(1)
    await page.get_by_test_id("menu").click()
    await expect(page.get_by_text("Local user")).to_be_visible()
    await page.get_by_test_id("sign-out").click()
    await page.wait_for_url(f"{scene.base_url}/")
    await expect(page.get_by_test_id("sign-in-view")).to_be_visible()
    await page.go_back()
    await expect(page.get_by_test_id("sign-in-view")).to_be_visible()
    await expect(scene.items).to_have_count(0)


async def test_a_recording_goes_on_while_the_history_is_read(scene: Scene) -> None:
    page = scene.page
    await scene.open("/")
    await page.get_by_test_id("record").click()
    await expect(page.get_by_test_id("state")).to_have_attribute("data-state", "live", timeout=20_000)
    await page.get_by_test_id("to-history").click()
    await expect(page.get_by_test_id("empty")).to_be_visible()
    await expect(page.get_by_test_id("to-speaking")).to_have_text("Recording")
    await page.get_by_test_id("to-speaking").click()
    await expect(page.get_by_test_id("state")).to_have_attribute("data-state", "live")
    await page.get_by_test_id("record").click()
    await expect(page.get_by_test_id("state")).to_have_attribute("data-state", "idle", timeout=20_000)
    assert scene.problems == []
