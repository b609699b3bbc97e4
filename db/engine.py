# Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
"""The way to PostgreSQL: connections, transactions and the schema's migration."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script.revision import ResolutionError
from alembic.util import CommandError
from sqlalchemy import URL, Connection, NullPool, make_url, text
from sqlalchemy.exc import ArgumentError
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine

from db.errors import DatabaseTooNew, InvalidDatabaseUrl, driver_errors

_PYPROJECT = Path(__file__).parent.parent / "pyproject.toml"
_URL_PARAMETERS = frozenset({"host", "port", "ssl", "passfile", "target_session_attrs"})
_LOCK_TIMEOUT_S = 60
"""How long a migration waits for another one, or for a table in use."""


@dataclass(frozen=True, kw_only=True)
class DatabaseOptions:
    """How many connections are kept, and how long anything may take."""

    pool_size: int = 5
    """Connections that stay open."""
    overflow: int = 10
    """Connections opened on top of them when all are busy."""
    pool_timeout_s: float = 10.0
    """How long a transaction waits for a free connection."""
    connect_timeout_s: float = 10.0
    statement_timeout_s: float = 15.0
    """After this the server gives up a statement; we stop waiting for its answer a little later."""
    idle_transaction_timeout_s: float = 30.0
    """After this the server ends a transaction that its client has forgotten."""

    def __post_init__(self) -> None:
        """Refuse what could never work."""
        if self.pool_size < 1 or self.overflow < 0:
            raise ValueError("pool_size must be at least 1, overflow at least 0")
        if min(self.pool_timeout_s, self.connect_timeout_s, self.statement_timeout_s) <= 0:
            raise ValueError("timeouts must be longer than 0 seconds")


class Database:
    """A pool of connections to one database. It belongs to the event loop in which it is first used."""

    def __init__(self, url: str, options: DatabaseOptions | None = None) -> None:
        options = options or DatabaseOptions()
        self._engine = create_async_engine(
            asyncpg_url(url),
            pool_size=options.pool_size,
            max_overflow=options.overflow,
            pool_timeout=options.pool_timeout_s,
            pool_pre_ping=True,
            hide_parameters=True,  # They are speech, and errors end in logs.
            connect_args=_connect_arguments(options),
        )
        # No row outlives its transaction, so none has to be brought in line with what a statement wrote.
        self._sessions = async_sessionmaker(
            self._engine, expire_on_commit=False, execution_options={"synchronize_session": False}
        )

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[AsyncSession]:
        """Commits at the end, or rolls back. Raises the errors of `db.errors` and never the driver's."""
        with driver_errors():
            async with self._sessions.begin() as session:
                yield session

    async def ping(self) -> None:
        """Returns when the database has answered; else raises DatabaseUnavailable."""
        async with self.transaction() as session:
            await session.execute(text("SELECT 1"))

    async def dispose(self) -> None:
        """Close all connections."""
        await self._engine.dispose()


async def migrate(url: str) -> None:
    """Bring the schema up to date.

    Several processes may do so at once: one works, the others wait and find it done. Raises DatabaseTooNew.
    """
    engine = create_async_engine(
        asyncpg_url(url),
        poolclass=NullPool,
        connect_args={
            "timeout": DatabaseOptions.connect_timeout_s,
            "server_settings": {"lock_timeout": f"{_LOCK_TIMEOUT_S}s"},
        },
    )
    try:
        with driver_errors():
            async with engine.begin() as connection:
                await connection.run_sync(_upgrade)
    finally:
        await engine.dispose()


def _upgrade(connection: Connection) -> None:
    config = Config(toml_file=_PYPROJECT)
    config.attributes["connection"] = connection
    try:
        command.upgrade(config, "head")
    except CommandError as error:
        if isinstance(error.__cause__, ResolutionError):
            raise DatabaseTooNew(
                "The database was last used by a newer Dragoman, whose tables this one does not know "
                f"({error}). Start the newer one, or restore a backup from before it."
            ) from error
        raise


def asyncpg_url(url: str) -> URL:
    """The URL as SQLAlchemy wants it for asyncpg.

    Takes `postgresql://`, `postgres://` and `postgresql+asyncpg://`, a socket's folder as `?host=/folder`,
    and libpq's `sslmode`. Raises InvalidDatabaseUrl.
    """
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError):
        raise InvalidDatabaseUrl("It does not look like postgresql://user:password@host/database") from None
    if parsed.drivername not in ("postgresql", "postgres", "postgresql+asyncpg"):
        raise InvalidDatabaseUrl(f"It must begin with postgresql://, not with {parsed.drivername}://")
    query = {("ssl" if name == "sslmode" else name): value for name, value in parsed.query.items()}
    if unknown := sorted(query.keys() - _URL_PARAMETERS):
        known = ", ".join(sorted({"sslmode", *_URL_PARAMETERS}))
        raise InvalidDatabaseUrl(f"It has a parameter that is not known here: {unknown[0]} (known: {known})")
    return parsed.set(drivername="postgresql+asyncpg", query=query)


def _connect_arguments(options: DatabaseOptions) -> dict[str, object]:
    """For asyncpg.connect()."""
    return {
        "timeout": options.connect_timeout_s,
        # Only for a server that does not answer at all: it must not overtake the server's own limit.
        "command_timeout": options.statement_timeout_s + 5,
        "server_settings": {
            "application_name": "dragoman",
            "statement_timeout": f"{options.statement_timeout_s * 1000:.0f}ms",
            "idle_in_transaction_session_timeout": f"{options.idle_transaction_timeout_s * 1000:.0f}ms",
        },
    }
