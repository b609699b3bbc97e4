# Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
"""What tests share: a real PostgreSQL, and an empty database in it for each test that asks for one."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import uuid4

import hypothesis
import pytest
import pytest_asyncio
from sqlalchemy import NullPool, make_url, text
from sqlalchemy.ext.asyncio import create_async_engine

from db import Database, embedded, migrate
from db.engine import asyncpg_url

# How long an example takes says more about the machine than about the code.
hypothesis.settings.register_profile("dragoman", deadline=None)
hypothesis.settings.load_profile("dragoman")


def pytest_configure(config: pytest.Config) -> None:
    """Let asyncio complain about what was never awaited and what blocks."""
    config.option.asyncio_debug = True


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def postgres() -> AsyncIterator[str]:
    """The URL of a real PostgreSQL: TEST_DATABASE_URL, or a server of our own in a temporary folder."""
    if url := os.environ.get("TEST_DATABASE_URL"):
        yield url
        return
    with TemporaryDirectory(prefix="dragoman-test-") as folder:
        server = await embedded.start(Path(folder))
        try:
            # Nothing there outlives the tests, so nothing has to outlive a power cut.
            await execute(server.url, "ALTER SYSTEM SET fsync = off", "SELECT pg_reload_conf()")
            yield server.url
        finally:
            await server.stop()


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def migrated_url(postgres: str) -> AsyncIterator[str]:
    """A migrated database for all tests: to empty it is much faster than to make one for each."""
    async with fresh_database(postgres) as url:
        await migrate(url)
        yield url


@pytest.fixture
async def database_url(migrated_url: str) -> str:
    """A migrated database with nothing in it and nobody in it."""
    await execute(
        migrated_url,
        "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
        " WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'",
        "DELETE FROM logins",
        "DELETE FROM users",
    )
    return migrated_url


@pytest.fixture
async def unmigrated_url(postgres: str) -> AsyncIterator[str]:
    """A database of the test's own, without any table."""
    async with fresh_database(postgres) as url:
        yield url


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    """Connections to an empty database, in the test's own event loop."""
    database = Database(database_url)
    yield database
    await database.dispose()


@asynccontextmanager
async def fresh_database(server_url: str) -> AsyncIterator[str]:
    """The URL of a new database, which is dropped in the end, whoever is still connected."""
    name = f"dragoman_test_{uuid4().hex}"
    await execute(server_url, f"CREATE DATABASE {name}")
    try:
        yield make_url(server_url).set(database=name).render_as_string(hide_password=False)
    finally:
        await execute(server_url, f"DROP DATABASE {name} WITH (FORCE)")


async def execute(url: str, *statements: str) -> None:
    engine = create_async_engine(asyncpg_url(url), poolclass=NullPool, isolation_level="AUTOCOMMIT")
    async with engine.connect() as connection:
        for statement in statements:
            await connection.execute(text(statement))
    await engine.dispose()
