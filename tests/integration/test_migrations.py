# Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
"""The schema is made by migrations alone, also by two at once, also by hand."""

import asyncio
import sys
from collections.abc import Mapping
from io import StringIO
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from sqlalchemy import CheckConstraint, Connection, NullPool, inspect, text
from sqlalchemy.ext.asyncio import create_async_engine

from db import Database, migrate
from db.engine import asyncpg_url
from db.errors import DatabaseTooNew, DatabaseUnavailable
from db.models import Base

ROOT = Path(__file__).parents[2]
TABLES = {"users", "conversations", "paragraphs", "logins", "alembic_version"}


async def tables_of(url: str) -> set[str]:
    engine = create_async_engine(asyncpg_url(url), poolclass=NullPool)
    async with engine.connect() as connection:
        names = await connection.run_sync(lambda c: set(inspect(c).get_table_names()))
    await engine.dispose()
    return names


async def python(*words: str, environment: Mapping[str, str]) -> tuple[int, str]:
    """Run Python in the repository; its exit status and all it printed."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *words,
        cwd=ROOT,
        env=dict(environment),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    output, _ = await process.communicate()
    assert process.returncode is not None
    return process.returncode, output.decode()


async def test_an_empty_database_gets_all_tables(unmigrated_url: str) -> None:
    await migrate(unmigrated_url)
    assert await tables_of(unmigrated_url) == TABLES
    await migrate(unmigrated_url)


async def test_models_and_migrations_describe_the_same_tables(database: Database) -> None:
    def differences(connection: Connection) -> object:
        context = MigrationContext.configure(connection, opts={"compare_server_default": True})
        return compare_metadata(context, Base.metadata)

    async with database.transaction() as session:
        connection = await session.connection()
        assert await connection.run_sync(differences) == []


async def test_models_and_migrations_have_the_same_rules(database: Database) -> None:
    statement = text(
        "SELECT conname FROM pg_constraint WHERE contype = 'c' AND conrelid::regclass::text = :table"
    )
    for table in Base.metadata.sorted_tables:
        async with database.transaction() as session:
            rules = set(await session.scalars(statement, {"table": table.name}))
        assert rules == {rule.name for rule in table.constraints if isinstance(rule, CheckConstraint)}


async def test_two_processes_can_migrate_at_once(unmigrated_url: str) -> None:
    code = "import asyncio, sys, db; asyncio.run(db.migrate(sys.argv[1]))"
    done = await asyncio.gather(*(python("-c", code, unmigrated_url, environment={}) for _ in range(2)))
    assert done == [(0, ""), (0, "")]
    assert await tables_of(unmigrated_url) == TABLES


async def test_a_database_of_a_newer_dragoman_is_refused_in_one_sentence(unmigrated_url: str) -> None:
    await migrate(unmigrated_url)
    database = Database(unmigrated_url)
    async with database.transaction() as session:
        await session.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    await database.dispose()
    with pytest.raises(DatabaseTooNew, match=r"newer Dragoman.*9999"):
        await migrate(unmigrated_url)


async def test_no_database_is_unavailable_to_a_migration_too() -> None:
    with pytest.raises(DatabaseUnavailable):
        await migrate("postgresql://nobody@/nothing?host=/nowhere")


async def test_alembic_by_hand_goes_up_and_down(unmigrated_url: str) -> None:
    environment = {"DATABASE_URL": unmigrated_url}
    assert (await python("-m", "alembic", "upgrade", "head", environment=environment))[0] == 0
    assert await tables_of(unmigrated_url) == TABLES
    assert (await python("-m", "alembic", "downgrade", "base", environment=environment))[0] == 0
    assert await tables_of(unmigrated_url) == {"alembic_version"}


def test_alembic_can_write_the_sql_for_somebody_else_to_run() -> None:
    sql = StringIO()
    command.upgrade(Config(toml_file=ROOT / "pyproject.toml", output_buffer=sql), "head", sql=True)
    assert "CREATE TABLE paragraphs" in sql.getvalue()
    assert "CREATE TRIGGER paragraphs_keep_finals" in sql.getvalue()


async def test_alembic_by_hand_says_what_it_needs() -> None:
    status, output = await python("-m", "alembic", "upgrade", "head", environment={})
    assert status != 0
    assert "Set DATABASE_URL" in output
    assert "Traceback" not in output
