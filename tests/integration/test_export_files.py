# Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
"""Export over HTTP: headers, choices and refusals."""

from io import BytesIO

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient
from docx import Document
from pytest_aiohttp import AiohttpClient

from db import Database, History, Users
from server.export import CONTENT_TYPES, Format
from tests.settings import settings_with
from tests.whole import cookie_of, spoken, whole_app

Client = TestClient[web.Request, web.Application]


@pytest.fixture
async def client(database_url: str, database: Database, aiohttp_client: AiohttpClient) -> Client:
    client: Client = await aiohttp_client(whole_app(settings_with(database_url)))
    user = await Users(database).local_user()
    client.session.cookie_jar.update_cookies(await cookie_of(database, user.id))
    return client


@pytest.fixture
async def address(database: Database) -> str:
    """Of a conversation's export."""
    user = await Users(database).local_user()
    one = await spoken(
        database,
        user.id,
        ("<script>alert(1)</script>", "Guten Morgen."),
        ("Bye.", "Tschüs."),
        title="<script>alert(1)</script> Frühstück",
    )
    return f"/api/conversations/{one}/export"


async def test_every_format_is_a_file_with_a_name(client: Client, address: str) -> None:
    for form in Format:
        response = await client.get(address, params={"format": form})
        assert response.status == 200
        assert response.headers["Content-Type"] == CONTENT_TYPES[form]
        assert response.headers["Content-Disposition"] == (
            f'attachment; filename="script alert(1) script Fruhstuck.{form}"; '
            f"filename*=UTF-8''script%20alert%281%29%20script%20Fr%C3%BChst%C3%BCck.{form}"
        )
        assert response.headers["X-Content-Type-Options"] == "nosniff"
        assert response.headers["Cache-Control"] == "no-store"
        assert await response.read()


async def test_nothing_chosen_is_plain_text_of_both(client: Client, address: str) -> None:
    text = await (await client.get(address)).text()
    assert "[00:00:10]\nBye.\nTschüs.\n" in text


async def test_one_side_is_a_choice(client: Client, address: str) -> None:
    response = await client.get(address, params={"format": "vtt", "text": "source"})
    text = await response.text()
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in text
    assert "<script" not in text
    assert "Tschüs" not in text


async def test_the_word_document_opens(client: Client, address: str) -> None:
    response = await client.get(address, params={"format": "docx", "text": "translation"})
    texts = [one.text for one in Document(BytesIO(await response.read())).paragraphs]
    assert texts[2:] == ["00:00:00", "Guten Morgen.", "00:00:10", "Tschüs."]


async def test_what_cannot_be_chosen_is_refused_with_a_code(client: Client, address: str) -> None:
    for query, code in (("format=pdf", "bad_format"), ("format=", "bad_format"), ("text=none", "bad_text")):
        response = await client.get(f"{address}?{query}")
        assert (response.status, (await response.json())["code"]) == (400, code)


async def test_a_conversation_that_still_goes_on_can_be_exported(client: Client, database: Database) -> None:
    user = await Users(database).local_user()
    one = await spoken(database, user.id)
    assert (await History(database).list(user.id, limit=1)).conversations[0].paragraph_count == 0
    for form in Format:
        response = await client.get(f"/api/conversations/{one}/export", params={"format": form})
        assert response.status == 200
