# Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
"""The list of a user's conversations, search, rename, delete and purge; over HTTP, in a real PostgreSQL."""

import asyncio
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient
from pytest_aiohttp import AiohttpClient
from sqlalchemy import text
from structlog.testing import capture_logs
from yarl import URL

from db import Conversations, Database, History, User, Users
from server.purging import purging
from tests.settings import settings_with
from tests.whole import BEGAN, cookie_of, spoken, whole_app

Client = TestClient[web.Request, web.Application]
Answer = tuple[int, Any]


@pytest.fixture
async def user(database: Database) -> User:
    return await Users(database).local_user()


@pytest.fixture
async def other(database: Database) -> User:
    return await Users(database).find_or_create("https://issuer.example", "other", None, "Other")


@pytest.fixture
async def client(database_url: str, database: Database, user: User, aiohttp_client: AiohttpClient) -> Client:
    client: Client = await aiohttp_client(whole_app(settings_with(database_url)))
    client.session.cookie_jar.update_cookies(await cookie_of(database, user.id))
    return client


async def listed(client: Client, **query: str | int) -> Any:
    response = await client.get("/api/conversations", params=query)
    assert response.status == 200, await response.text()
    return await response.json()


async def ids(client: Client, **query: str | int) -> list[str]:
    return [one["id"] for one in (await listed(client, **query))["conversations"]]


async def match(client: Client, q: str) -> Any:
    """Where the one conversation that is found has it."""
    (one,) = (await listed(client, q=q))["conversations"]
    return one["match"]


def shown(match: Any) -> str:
    """The snippet with hits in brackets."""
    return "".join(f"[{piece['text']}]" if piece["hit"] else piece["text"] for piece in match["snippet"])


async def set_updated(database: Database, conversation_id: UUID, seconds: float) -> None:
    at = BEGAN + timedelta(seconds=seconds)
    async with database.transaction() as session:
        await session.execute(
            text("UPDATE conversations SET updated_at = :at WHERE id = :id"),
            {"at": at, "id": conversation_id},
        )


async def rows(database: Database, statement: str) -> int:
    async with database.transaction() as session:
        return int(await session.scalar(text(statement)) or 0)


async def test_nothing_was_said_yet(client: Client) -> None:
    assert await listed(client) == {"conversations": [], "next_cursor": None}


async def test_the_list_says_what_each_conversation_is(
    client: Client, database: Database, user: User
) -> None:
    first = await spoken(
        database, user.id, ("Good morning.", "Guten Morgen."), ("Bye.", "Tschüs."), title="Hi"
    )
    empty = await spoken(database, user.id)
    await set_updated(database, first, 60)
    await set_updated(database, empty, 30)
    one, two = (await listed(client))["conversations"]
    assert one == {
        "id": str(first),
        "title": "Hi",
        "source_language": "en",
        "target_language": "de",
        "created_at": "2026-05-04T09:30:00+00:00",
        "updated_at": "2026-05-04T09:31:00+00:00",
        "duration_ms": 18_000,
        "paragraph_count": 2,
        "match": None,
    }
    assert (two["id"], two["duration_ms"], two["paragraph_count"]) == (str(empty), 0, 0)
    opened = await (await client.get(f"/api/conversations/{first}")).json()
    assert opened["duration_ms"] == 18_000
    assert opened["paragraphs"][0]["source_language"] == "en"
    assert opened["paragraphs"][0]["translation_status"] == "final"
    assert opened["paragraphs"][0]["translation_doubts"] == []


async def test_a_conversation_says_what_may_be_wrong_with_a_translation(
    client: Client, database: Database, user: User
) -> None:
    one = await spoken(database, user.id)
    kept = Conversations(database)
    await kept.finish_paragraph(one, 0, "At 9.", "en", BEGAN, BEGAN)
    await kept.finish_translation(one, 0, "Um 8.", True, ("number",))
    opened = await (await client.get(f"/api/conversations/{one}")).json()
    assert opened["paragraphs"][0]["translation_doubts"] == ["number"]


async def test_pages_follow_each_other_without_gaps_and_repeats(
    client: Client, database: Database, user: User
) -> None:
    made = [await spoken(database, user.id, ("word", "Wort")) for _ in range(7)]
    for index, one in enumerate(made):
        await set_updated(database, one, index // 2)  # Pairs changed at the same time.
    everything = await ids(client)
    assert len(everything) == 7
    for query in ({}, {"q": "word"}):
        seen: list[str] = []
        cursor: dict[str, str] = {}
        for _ in range(3):
            page = await listed(client, limit=3, **cursor, **query)
            seen += [one["id"] for one in page["conversations"]]
            cursor = {"cursor": page["next_cursor"]}
        assert seen == everything
        assert page["next_cursor"] is None


async def test_a_page_stays_right_when_a_conversation_moves_up(
    client: Client, database: Database, user: User
) -> None:
    made = [await spoken(database, user.id) for _ in range(4)]
    for index, one in enumerate(made):
        await set_updated(database, one, -index)
    page = await listed(client, limit=2)
    await set_updated(database, made[3], 100)
    rest = await listed(client, limit=2, cursor=page["next_cursor"])
    assert [one["id"] for one in rest["conversations"]] == [str(made[2])]


REFUSED = (
    ("cursor=", "bad_cursor"),
    ("cursor=nonsense", "bad_cursor"),
    ("cursor=%F0%9F%98%80", "bad_cursor"),
    ("cursor=" + "A" * 32, ""),
    ("cursor=" + "f" * 32, "bad_cursor"),
    ("limit=0", "bad_limit"),
    ("limit=101", "bad_limit"),
    ("limit=-1", "bad_limit"),
    ("limit=1e1", "bad_limit"),
    ("limit=%D9%A3", "bad_limit"),
    ("limit=", "bad_limit"),
    ("q=", "bad_query"),
    ("q=%20%20", "bad_query"),
    ("q=a%00b", "bad_query"),
    ("q=" + "x" * 200, ""),
    ("q=" + "x" * 201, "bad_query"),
    ("q=%ED%A0%80", ""),
    ("q=%25", ""),
    ("q=%27%5C%22%26%7C!():*<->", ""),
)


async def test_what_cannot_be_asked_for_is_refused_with_a_code(client: Client) -> None:
    for query, code in REFUSED:
        response = await client.get(URL(f"/api/conversations?{query}", encoded=True))
        assert response.status == (400 if code else 200), query
        assert (await response.json()).get("code", "") == code, query


@pytest.mark.parametrize(
    ("languages", "said", "q", "expected"),
    [
        (("en", "de"), ("He lives in two houses.", "Er wohnt."), "house", "He lives in two [houses]."),
        (("en", "de"), ("They were running.", "Sie liefen."), "run", "They were [running]."),
        (("en", "de"), ("Nothing.", "Die Häuser am See."), "Haus", "Die [Häuser] am See."),
        (("en", "de"), ("Nothing.", "Die Häuser am See."), "hauser", "Die [Häuser] am See."),
        (("en", "de"), ("Nothing.", "Die Straße ist leer."), "STRASSE", "Die [Straße] ist leer."),
        (("en", "de"), ("Nothing.", "Im Krankenhaus."), "haus", "Im Kranken[haus]."),
        (("ru", "en"), ("Мы видели новые дома.", "We saw."), "домами", "Мы видели новые [дома]."),
        (("ru", "en"), ("Наш ёжик спит.", "It sleeps."), "ежик", "Наш [ёжик] спит."),
        (("zh", "en"), ("我们明天去北京。", "We go tomorrow."), "北京", "我们明天去[北京]。"),
        (("zh", "en"), ("喝水。", "Drink."), "水", "喝[水]。"),
        (("ja", "en"), ("東京タワーを見た。", "I saw it."), "タワー", "東京[タワー]を見た。"),
        (("fr", "en"), ("Il a mangé au café.", "He ate."), "cafe mange", "Il a [mangé] au [café]."),
        (("tlh", "en"), ("nuqneH qaStaH", "What's up?"), "nuqneh", "[nuqneH] qaStaH"),
        (("en", "de"), ("The 50% rule_of thumb", "Regel"), "50%", "The [50%] rule_of thumb"),
        (("en", "de"), ("I don't know", "Keine Ahnung"), "n't", "I do[n't] know"),
        (("en", "de"), ("An oxbow", "Ein Mäander"), "ox", "An [ox]bow"),
        (("en", "de"), ("<script>alert(1)</script>", "x"), "alert", "<script>[alert](1)</script>"),
        (("ar", "en"), ("مرحبًا بالعالم", "Hello"), "مرحبا", "[مرحبًا] بالعالم"),
    ],
)
async def test_search_finds_word_forms_and_parts_of_words(
    database: Database, user: User, languages: tuple[str, str], said: tuple[str, str], q: str, expected: str
) -> None:
    await spoken(database, user.id, ("Before that.", "Davor."), said, languages=languages)
    await spoken(database, user.id, ("Something else.", "Etwas anderes."))
    (found,) = (await History(database).list(user.id, limit=9, query=q)).conversations
    assert found.match is not None
    assert (
        "".join(f"[{piece.text}]" if piece.hit else piece.text for piece in found.match.snippet) == expected
    )
    is_source = said[0] == expected.replace("[", "").replace("]", "")
    assert (found.match.paragraph_index, found.match.side) == (1, "source" if is_source else "translation")


@pytest.mark.parametrize("q", ["mouse", "ouse%", "h_use", "houses mouse", "%", "'", "?!", "''' | 'a"])
async def test_search_does_not_find_what_is_not_there(database: Database, user: User, q: str) -> None:
    await spoken(database, user.id, ("Two houses.", "Zwei Häuser."))
    assert (await History(database).list(user.id, limit=9, query=q)).conversations == ()


async def test_all_words_must_stand_in_one_place_but_in_either_language(
    client: Client, database: Database, user: User
) -> None:
    one = await spoken(database, user.id, ("A green house.", "Ein Haus."), ("A red car.", "Ein Auto."))
    assert await ids(client, q="green auto") == []
    assert await ids(client, q="haus green") == [str(one)]


async def test_search_finds_titles(client: Client, database: Database, user: User) -> None:
    one = await spoken(database, user.id, ("Good morning.", "Guten Morgen."), title="Besuche bei Zoë")
    found = await match(client, "zoe")
    assert (found["side"], found["paragraph_index"], shown(found)) == ("title", None, "Besuche bei [Zoë]")
    assert shown(await match(client, "Besuch")) == "[Besuche] bei Zoë"
    await client.patch(f"/api/conversations/{one}", json={"title": "Nothing"})
    assert await ids(client, q="zoe") == []


async def test_a_long_paragraph_is_shown_around_the_hit(
    client: Client, database: Database, user: User
) -> None:
    await spoken(database, user.id, ("word " * 100 + "needle " + "word " * 100, "x"))
    snippet = shown(await match(client, "needle"))
    assert "[needle]" in snippet
    assert len(snippet) < 200
    assert snippet.startswith("…word")
    assert snippet.endswith("word…")


async def test_what_is_open_is_found_once_it_is_final(client: Client, database: Database, user: User) -> None:
    kept = Conversations(database)
    one = await spoken(database, user.id)
    await kept.open_paragraph(one, 0, "A lighthouse", BEGAN)
    assert await ids(client, q="lighthouse") == []
    await kept.finish_paragraph(one, 0, "A lighthouse.", "en", BEGAN, BEGAN)
    assert await ids(client, q="lighthouse") == [str(one)]
    await kept.update_translation(one, 0, "Ein Leucht")
    assert await ids(client, q="leucht") == []
    await kept.finish_translation(one, 0, "Ein Leuchtturm.", True)
    assert await ids(client, q="leucht") == [str(one)]


async def test_nobody_finds_what_is_anothers(
    client: Client, database: Database, user: User, other: User
) -> None:
    theirs = await spoken(database, other.id, ("A secret.", "Ein Geheimnis."), title="Secret")
    mine = await spoken(database, user.id, ("My secret.", "Mein Geheimnis."))
    assert await ids(client) == [str(mine)]
    assert await ids(client, q="secret") == [str(mine)]
    for response in (
        await client.patch(f"/api/conversations/{theirs}", json={"title": "Mine"}),
        await client.delete(f"/api/conversations/{theirs}"),
        await client.get(f"/api/conversations/{theirs}/export"),
    ):
        assert response.status == 404
    kept = await Conversations(database).read(other.id, theirs)
    assert kept is not None
    assert kept.title == "Secret"


async def test_a_conversation_gets_another_title(client: Client, database: Database, user: User) -> None:
    one = await spoken(database, user.id, ("Hello.", "Hallo."), title="Hello.")
    response = await client.patch(
        f"/api/conversations/{one}", json={"title": "  Meeting\n with <b>Anna</b> "}
    )
    assert response.status == 200
    body = await response.json()
    assert (body["id"], body["title"], body["paragraph_count"]) == (str(one), "Meeting with <b>Anna</b>", 1)
    assert (await listed(client))["conversations"][0]["title"] == "Meeting with <b>Anna</b>"


NO_TITLES = (
    (b'{"title": ""}', 422, "bad_title"),
    (b'{"title": "  "}', 422, "bad_title"),
    (b'{"title": "\\u0000"}', 422, "bad_title"),
    (b'{"title": "\\ud800"}', 422, "bad_title"),
    (b'{"title": 7}', 422, "bad_title"),
    (b'["title"]', 422, "bad_title"),
    (b'{"title": "' + b"x" * 201 + b'"}', 422, "bad_title"),
    (b"title", 400, "bad_json"),
    (b"\xff", 400, "bad_json"),
    (b"[" * 60_000, 400, "bad_json"),
    (b"x" * 70_000, 413, "body_too_large"),
)


async def test_a_title_that_is_none_is_refused(client: Client, database: Database, user: User) -> None:
    one = await spoken(database, user.id)
    for body, status, code in NO_TITLES:
        response = await client.patch(
            f"/api/conversations/{one}", data=body, headers={"Content-Type": "application/json"}
        )
        assert (response.status, (await response.json())["code"]) == (status, code), body[:40]


async def test_a_title_must_come_as_json(client: Client, database: Database, user: User) -> None:
    one = await spoken(database, user.id)
    response = await client.patch(f"/api/conversations/{one}", data={"title": "x"})
    assert (response.status, (await response.json())["code"]) == (415, "unsupported_media_type")


async def test_what_was_deleted_is_gone_from_everything(
    client: Client, database: Database, user: User
) -> None:
    one = await spoken(database, user.id, ("A needle.", "Eine Nadel."), title="Needle")
    assert (await client.delete(f"/api/conversations/{one}")).status == 204
    assert await ids(client) == []
    assert await ids(client, q="needle") == []
    for path in (f"/api/conversations/{one}", f"/api/conversations/{one}/export"):
        assert (await client.get(path)).status == 404
    assert (await client.delete(f"/api/conversations/{one}")).status == 404
    assert (await client.patch(f"/api/conversations/{one}", json={"title": "x"})).status == 404


async def test_what_was_deleted_long_ago_is_purged(database: Database, user: User) -> None:
    history = History(database)
    old, fresh, kept = [await spoken(database, user.id, ("Word.", "Wort.")) for _ in range(3)]
    for one in (old, fresh):
        await history.delete(user.id, one)
    async with database.transaction() as session:
        await session.execute(
            text("UPDATE conversations SET deleted_at = now() - interval '31 days' WHERE id = :id"),
            {"id": old},
        )
    assert await history.purge_deleted(timedelta(days=30)) == 1
    assert await rows(database, "SELECT count(*) FROM conversations") == 2
    assert await rows(database, "SELECT count(*) FROM paragraphs") == 2
    assert kept in {one.id for one in (await history.list(user.id, limit=10)).conversations}


async def test_purging_goes_on_while_the_server_runs(database: Database, user: User) -> None:
    history = History(database)
    app = web.Application()
    context = purging(history, timedelta(microseconds=1), every_s=0.01)(app)
    await anext(context)
    await history.delete(user.id, await spoken(database, user.id))
    async with asyncio.timeout(10):
        while await rows(database, "SELECT count(*) FROM conversations"):
            await asyncio.sleep(0.01)
    await anext(context, None)


async def test_nothing_is_purged_where_that_is_wanted(database: Database, user: User) -> None:
    history = History(database)
    context = purging(history, timedelta(0))(web.Application())
    with capture_logs() as lines:
        await anext(context)
        await anext(context, None)
    assert lines == []


async def test_conversations_from_before_search_are_found(database: Database, user: User) -> None:
    """The migration indexes them as if they were new."""
    one = await spoken(database, user.id, ("An anchor.", "Ein Anker."))
    async with database.transaction() as session:
        await session.execute(text("ALTER TABLE paragraphs DISABLE TRIGGER paragraphs_index"))
        await session.execute(text("UPDATE paragraphs SET search = NULL"))
        await session.execute(text("ALTER TABLE paragraphs ENABLE TRIGGER paragraphs_index"))
    history = History(database)
    assert (await history.list(user.id, limit=1, query="anchor")).conversations == ()
    async with database.transaction() as session:
        await session.execute(text("UPDATE paragraphs SET search = NULL"))
    assert [found.id for found in (await history.list(user.id, limit=1, query="anker")).conversations] == [
        one
    ]
