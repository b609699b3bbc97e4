# Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
"""How Alembic reaches the database: as `db.engine.migrate` says, or by hand through DATABASE_URL."""

import asyncio
import os

from alembic import context
from alembic.util import CommandError
from sqlalchemy import Connection, NullPool, func, select
from sqlalchemy.ext.asyncio import create_async_engine

from db.engine import asyncpg_url
from db.errors import StorageError
from db.models import Base

# "dragoman" in ASCII; whoever migrates holds this advisory lock until the end of the transaction.
_LOCK = 0x647261676F6D616E


def _run(connection: Connection) -> None:
    context.configure(connection=connection, target_metadata=Base.metadata)
    with context.begin_transaction():
        connection.execute(select(func.pg_advisory_xact_lock(_LOCK)))
        context.run_migrations()


async def _run_by_hand() -> None:
    # The one reader of the environment besides server/config.py: `python -m alembic` knows no settings.
    url = os.environ.get("DATABASE_URL")
    if not url:
        raise CommandError(
            "Set DATABASE_URL to the database that is meant, e.g. postgresql://user@host/dragoman"
        )
    try:
        engine = create_async_engine(asyncpg_url(url), poolclass=NullPool)
    except StorageError as error:
        raise CommandError(f"DATABASE_URL cannot be used. {error}") from error
    try:
        async with engine.begin() as connection:
            await connection.run_sync(_run)
    finally:
        await engine.dispose()


def _write_sql() -> None:
    context.configure(dialect_name="postgresql", target_metadata=Base.metadata, literal_binds=True)
    with context.begin_transaction():
        context.run_migrations()


given: Connection | None = context.config.attributes.get("connection")
if context.is_offline_mode():
    _write_sql()
elif given is not None:
    _run(given)
else:
    asyncio.run(_run_by_hand())
