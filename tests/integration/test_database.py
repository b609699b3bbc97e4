# Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
"""The way to the database: what is said when there is none, and what happens to connections."""

import asyncio
import socket

import pytest
from sqlalchemy import make_url, text

from db import Database, DatabaseOptions, DatabaseUnavailable, Users
from db.errors import DatabaseRefused


async def test_a_database_that_is_there_answers(database: Database) -> None:
    await database.ping()


async def test_a_server_that_is_not_there_is_unavailable() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    database = Database(f"postgresql://nobody:secret@127.0.0.1:{port}/nothing")
    with pytest.raises(DatabaseUnavailable) as refused:
        await database.ping()
    assert refused.value.code == "database_unavailable"
    assert "secret" not in str(refused.value)
    await database.dispose()


async def test_a_server_that_accepts_and_says_nothing_is_unavailable() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"postgresql://nobody@127.0.0.1:{silent.getsockname()[1]}/nothing"
        database = Database(url, DatabaseOptions(connect_timeout_s=0.2))
        with pytest.raises(DatabaseUnavailable, match="TimeoutError"):
            await database.ping()
        await database.dispose()


async def test_a_database_that_does_not_exist_is_unavailable(postgres: str) -> None:
    missing = make_url(postgres).set(database="dragoman_missing").render_as_string(hide_password=False)
    database = Database(missing)
    with pytest.raises(DatabaseUnavailable, match="3D000"):
        await database.ping()
    await database.dispose()


async def test_a_statement_that_takes_too_long_is_given_up(database_url: str) -> None:
    database = Database(database_url, DatabaseOptions(statement_timeout_s=0.1))
    with pytest.raises(DatabaseUnavailable, match="57014"):
        async with database.transaction() as session:
            await session.execute(text("SELECT pg_sleep(60)"))
    await database.ping()
    await database.dispose()


async def test_when_all_connections_are_busy_one_does_not_wait_for_ever(database_url: str) -> None:
    database = Database(database_url, DatabaseOptions(pool_size=1, overflow=0, pool_timeout_s=0.1))
    async with database.transaction() as session:
        await session.execute(text("SELECT 1"))
        with pytest.raises(DatabaseUnavailable):
            await database.ping()
    await database.ping()
    await database.dispose()


async def test_a_connection_that_the_server_has_ended_is_replaced(
    database: Database, database_url: str
) -> None:
    async with database.transaction() as session:
        ours = await session.scalar(text("SELECT pg_backend_pid()"))
    other = Database(database_url)
    async with other.transaction() as session:
        await session.execute(text(f"SELECT pg_terminate_backend({ours}, 5000)"))
    await other.dispose()
    await database.ping()


async def test_to_lose_the_server_inside_a_transaction_is_unavailable(database: Database) -> None:
    with pytest.raises(DatabaseUnavailable):
        async with database.transaction() as session:
            await session.execute(text("SELECT pg_terminate_backend(pg_backend_pid())"))


async def test_a_transaction_that_fails_leaves_nothing(database: Database) -> None:
    insert = text(
        "INSERT INTO users (id, oidc_issuer, oidc_sub, display_name)"
        " VALUES (gen_random_uuid(), 'issuer', 'sub', 'Ada')"
    )

    async def insert_twice() -> None:
        async with database.transaction() as session:
            await session.execute(insert)
            await session.execute(insert)

    with pytest.raises(DatabaseRefused, match="23505"):
        await insert_twice()
    async with database.transaction() as session:
        assert await session.scalar(text("SELECT count(*) FROM users")) == 0


async def test_writers_that_are_cancelled_give_their_connections_back(database_url: str) -> None:
    database = Database(database_url, DatabaseOptions(pool_size=2, overflow=0))
    users = Users(database)
    for round_trip in range(10):
        writers = [asyncio.create_task(users.find_or_create("i", str(n), None, "n")) for n in range(6)]
        for _ in range(round_trip):
            await asyncio.sleep(0)
        for writer in writers:
            writer.cancel()
        await asyncio.gather(*writers, return_exceptions=True)
    await asyncio.gather(database.ping(), database.ping())
    await database.dispose()
