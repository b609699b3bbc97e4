# Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
"""Fills a PostgreSQL of its own with what many people said, and prints how long history takes over HTTP.

    make bench-history                   1,000 users, 100,000 paragraphs, 3,000 conversations of one user
    PARAGRAPHS=20000 make bench-history  fewer of them
    RUNS=50 make bench-history           how often each request is sent

The user with the most conversations asks. Then PostgreSQL says how it answers list and search.
"""

import asyncio
import os
import random
import statistics
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import accumulate
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import asyncpg  # type: ignore[import-untyped]
from aiohttp import DummyCookieJar, web
from aiohttp.test_utils import TestClient, TestServer
from sqlalchemy import Select
from sqlalchemy.dialects.postgresql.base import PGDialect

from db import Database, embedded, migrate
from db.history import listing, newest
from db.search import found, sought_words
from tests.settings import settings_with
from tests.whole import cookie_of, whole_app

USERS = 1_000
MANY_CONVERSATIONS = 3_000
"""Of the user who asks; they hold three tenths of all paragraphs."""
PARAGRAPHS_EACH = 5
"""In a conversation of the others."""
WORDS_EACH = 25
"""In each side of a paragraph."""
VOCABULARY = 20_000
ENGLISH = "the in er an re on at en nd ti es or te of ed is it al ar st to nt"
GERMAN = "en er ch de ei te in nd ie ge un sch st ne be ver an re se äu öh üb"
"""Frequent syllables."""
RARE = "Leuchtturmwärterin"
PAGE = 50
BATCH = 2_000
NOW = datetime(2026, 5, 4, 9, 30, tzinfo=UTC)

Client = TestClient[web.Request, web.Application]


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Made-up words; the first are the most frequent ones, as in any language."""

    words: list[str]
    weights: list[float]
    """Summed up."""

    def text(self, chance: random.Random) -> str:
        return " ".join(chance.choices(self.words, cum_weights=self.weights, k=WORDS_EACH)) + "."


def vocabulary(chance: random.Random, syllables: str) -> Vocabulary:
    words = ["".join(chance.choices(syllables.split(), k=chance.randint(1, 4))) for _ in range(VOCABULARY)]
    return Vocabulary(words, list(accumulate(1 / (rank + 2) for rank in range(VOCABULARY))))


async def main() -> int:
    """Fill, measure, explain."""
    paragraphs = int(os.environ.get("PARAGRAPHS") or 100_000)
    runs = int(os.environ.get("RUNS") or 40)
    with tempfile.TemporaryDirectory(prefix="dragoman-bench-") as folder:
        say("Starting a PostgreSQL ...")
        server = await embedded.start(Path(folder))
        try:
            await migrate(server.url)
            user_id, common = await fill(server.url, paragraphs)
            async with browser(server.url, user_id) as client:
                await measure(client, common, runs)
            await explain(server.url, user_id, common)
        finally:
            await server.stop()
    return 0


async def fill(url: str, paragraphs: int) -> tuple[UUID, str]:
    """Returns who has most, and a word that stands in very many paragraphs."""
    chance = random.Random(7)
    english, german = vocabulary(chance, ENGLISH), vocabulary(chance, GERMAN)
    connection = await asyncpg.connect(url)
    try:
        users = [uuid4() for _ in range(USERS)]
        await connection.copy_records_to_table(
            "users",
            columns=["id", "oidc_issuer", "oidc_sub", "display_name"],
            records=[(one, "https://issuer.example", str(one), "Somebody") for one in users],
        )
        plan = list(conversations(users, paragraphs))
        await connection.copy_records_to_table(
            "conversations",
            columns=[
                "id",
                "user_id",
                "title",
                "source_language",
                "target_language",
                "created_at",
                "updated_at",
            ],
            records=[(one, user, english.text(chance)[:60], "en", "de", at, at) for one, user, at, _ in plan],
        )
        rows = _rows(plan, english, german, chance)
        await _copy_paragraphs(connection, rows, paragraphs)
        say("Vacuuming, as PostgreSQL does by itself now and then ...")
        await connection.execute("VACUUM ANALYZE")
        size = await connection.fetchval(
            "SELECT pg_size_pretty(pg_total_relation_size('paragraphs')) || ', its search index '"
            " || pg_size_pretty(pg_relation_size('ix_paragraphs_search'))"
        )
    finally:
        await connection.close()
    print(f"{USERS} users, {len(plan)} conversations, {paragraphs} paragraphs: {size}")
    return users[0], german.words[0]


def conversations(users: list[UUID], paragraphs: int) -> Iterator[tuple[UUID, UUID, datetime, int]]:
    """Id, whose, when, and how many paragraphs."""
    many = max(1, paragraphs * 3 // 10 // MANY_CONVERSATIONS)
    for index in range(MANY_CONVERSATIONS):
        yield uuid4(), users[0], NOW - timedelta(hours=index), many
    rest = paragraphs - many * MANY_CONVERSATIONS
    for index in range(max(0, rest) // PARAGRAPHS_EACH):
        yield uuid4(), users[1 + index % (USERS - 1)], NOW - timedelta(minutes=index), PARAGRAPHS_EACH


def _rows(
    plan: list[tuple[UUID, UUID, datetime, int]],
    english: Vocabulary,
    german: Vocabulary,
    chance: random.Random,
) -> Iterator[tuple[Any, ...]]:
    for number, (conversation_id, _, at, count) in enumerate(plan):
        for index in range(count):
            began = at + timedelta(seconds=10 * index)
            translation = german.text(chance)
            if index == 0 and number % 1_000 == 500:
                translation += f" {RARE}."
            yield (
                *(uuid4(), conversation_id, index, english.text(chance), "en", translation),
                *("final", "final", began, began + timedelta(seconds=8)),
            )


async def _copy_paragraphs(
    connection: "asyncpg.Connection", rows: Iterator[tuple[Any, ...]], total: int
) -> None:
    columns = ["id", "conversation_id", "paragraph_index", "source_text", "source_language"]
    columns += ["translated_text", "status", "translation_status", "started_at", "ended_at"]
    began, done = time.monotonic(), 0
    while batch := [row for _, row in zip(range(BATCH), rows, strict=False)]:
        await connection.copy_records_to_table("paragraphs", columns=columns, records=batch)
        done += len(batch)
        say(
            f"\r{done} of {total} paragraphs, {1000 * (time.monotonic() - began) / done:.2f} ms each ", end=""
        )
    say("")


@asynccontextmanager
async def browser(url: str, user_id: UUID) -> AsyncIterator[Client]:
    """The application in this process, and who asks it."""
    database = Database(url)
    cookie = (await cookie_of(database, user_id))["dragoman"]
    await database.dispose()
    server = TestServer(whole_app(settings_with(url, log_level="WARNING")))
    async with TestClient(
        server, cookie_jar=DummyCookieJar(), headers={"Cookie": f"dragoman={cookie}"}
    ) as client:
        yield client


async def measure(client: Client, common: str, runs: int) -> None:
    """Print p50 and p95 of what a user does."""
    first = await _get(client, "/api/conversations", limit=PAGE)
    cursor = first["next_cursor"]
    for _ in range(48):
        cursor = (await _get(client, "/api/conversations", limit=PAGE, cursor=cursor))["next_cursor"]
    one = f"/api/conversations/{first['conversations'][0]['id']}"
    requests: list[tuple[str, str, dict[str, Any]]] = [
        ("list", "/api/conversations", {"limit": PAGE}),
        ("list, page 50", "/api/conversations", {"limit": PAGE, "cursor": cursor}),
        ("open", one, {}),
        ("search, common word", "/api/conversations", {"limit": PAGE, "q": common}),
        ("search, common, page 50", "/api/conversations", {"limit": PAGE, "q": common, "cursor": cursor}),
        ("search, rare word", "/api/conversations", {"limit": PAGE, "q": RARE}),
        ("search, part of a rare word", "/api/conversations", {"limit": PAGE, "q": "turmwärt"}),
        ("search, part of many words", "/api/conversations", {"limit": PAGE, "q": "ver"}),
        ("search, two words", "/api/conversations", {"limit": PAGE, "q": f"{common} {RARE[:7]}"}),
        ("search, nothing there", "/api/conversations", {"limit": PAGE, "q": "xylophon"}),
        ("export, text", f"{one}/export", {"format": "txt"}),
        ("export, Word", f"{one}/export", {"format": "docx"}),
    ]
    print(f"{'':<30}{'p50':>10}{'p95':>10}{'found':>8}")
    for name, path, query in requests:
        say(f"\r{name} ...{' ' * 30}", end="")
        times = [await _time(client, path, query) for _ in range(runs)]
        shown = (
            len((await _get(client, path, **query))["conversations"])
            if path.endswith("conversations")
            else ""
        )
        p95 = statistics.quantiles(times, n=20)[-1]
        say("\r", end="")
        print(f"{name:<30}{1000 * statistics.median(times):>7.1f} ms{1000 * p95:>7.1f} ms{shown:>8}")


async def _time(client: Client, path: str, query: dict[str, Any]) -> float:
    began = time.perf_counter()
    response = await client.get(path, params=query)
    await response.read()
    if response.status != 200:
        raise RuntimeError(f"{path} {query}: {response.status}")
    return time.perf_counter() - began


async def _get(client: Client, path: str, **query: Any) -> Any:
    return await (await client.get(path, params=query)).json()


async def explain(url: str, user_id: UUID, common: str) -> None:
    """Print which indexes PostgreSQL uses."""
    database = Database(url)
    statements: dict[str, Select[*tuple[Any, ...]]] = {"list": listing(user_id, None).limit(PAGE + 1)}
    for name, query in (("common word", common), ("rare word", RARE), ("part of a rare word", "turmwärt")):
        async with database.transaction() as session:
            words = await sought_words(session, query)
        statements[f"search, {name}"] = found(newest(user_id, None), user_id, words, PAGE + 1)
    connection = await asyncpg.connect(url)
    try:
        await connection.execute("SET enable_seqscan = off")  # As search does, see db.search.prefer_index.
        for name, statement in statements.items():
            print(f"\n{name}")
            sql = statement.compile(
                dialect=PGDialect(),  # type: ignore[no-untyped-call]
                compile_kwargs={"literal_binds": True},
            ).string.replace("%%", "%")
            for line in await connection.fetch(f"EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF) {sql}"):
                if any(word in line[0] for word in ("Scan", "Execution Time")):
                    print(f"  {line[0]}")
    finally:
        await connection.close()
        await database.dispose()


def say(text: str, end: str = "\n") -> None:
    """For whoever waits."""
    print(text, end=end, file=sys.stderr, flush=True)


if __name__ == "__main__":
    raise SystemExit(asyncio.run(main()))
