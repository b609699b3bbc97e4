# Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
"""What can go wrong with the database, by a stable code, and where the driver's errors become ours."""

from collections.abc import Iterator
from contextlib import contextmanager

from asyncpg import InterfaceError, PostgresError  # type: ignore[import-untyped]
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout


class StorageError(Exception):
    """Something could not be stored or read. `str(error)` is safe to log: it never holds speech."""

    code = "storage_error"


class InvalidDatabaseUrl(StorageError):
    """The database's URL cannot be used; the message says why and never holds the password."""

    code = "invalid_database_url"


class DatabaseUnavailable(StorageError):
    """The database cannot be reached, has no room or answers too late; the same call may succeed later."""

    code = "database_unavailable"


class DatabaseRefused(StorageError):
    """The database understood and will not do it: a defect of ours, or rights that our role lacks."""

    code = "database_refused"


class DatabaseTooNew(StorageError):
    """The database was migrated by a newer Dragoman."""

    code = "database_too_new"


class EmbeddedPostgresFailed(StorageError):
    """Our own PostgreSQL cannot run; the message says why and what to do."""

    code = "embedded_postgres_failed"


class ConversationNotFound(StorageError):
    """There is no such conversation of this user."""

    code = "conversation_not_found"


class ParagraphNotFound(StorageError):
    """There is no such paragraph."""

    code = "paragraph_not_found"


class ParagraphIsFinal(StorageError):
    """The paragraph is final with another text, and final text never changes."""

    code = "paragraph_is_final"


# Classes and codes of SQLSTATE, see appendix A of PostgreSQL's manual.
_UNAVAILABLE = (
    "08",  # the connection failed
    "28",  # the role or its password is wrong
    "3D000",  # there is no such database
    "53",  # disk, memory or connections are used up
    "55P03",  # a lock was waited for too long
    "57",  # the server is stopping or starting, or a statement took too long
    "58",  # the server's own system failed
    "25006",  # only reading is possible: a standby, or a server that protects itself
)


@contextmanager
def driver_errors() -> Iterator[None]:
    """Turn SQLAlchemy's, asyncpg's and the network's errors into ours.

    The originals are not chained where they could hold speech: asyncpg quotes the row that was refused.
    """
    try:
        yield
    except DBAPIError as error:
        raise _of_statement(error) from None
    except PostgresError as error:  # SQLAlchemy lets through what goes wrong while connecting.
        raise DatabaseUnavailable(_message(error)) from error
    except (InterfaceError, PoolTimeout, OSError) as error:
        raise DatabaseUnavailable(f"{type(error).__name__}: {error}") from error


def _of_statement(error: DBAPIError) -> StorageError:
    cause = error.orig.__cause__ if error.orig is not None else None
    sqlstate = getattr(cause, "sqlstate", None) or ""
    if error.connection_invalidated or sqlstate.startswith(_UNAVAILABLE):
        return DatabaseUnavailable(_message(cause))
    return DatabaseRefused(_message(cause))


def _message(error: BaseException | None) -> str:
    """The server's first line, which names tables and rules but holds no values; else the error's name."""
    if isinstance(error, PostgresError) and error.sqlstate:
        return f"{error.sqlstate} {getattr(error, 'message', None) or type(error).__name__}"
    return type(error).__name__
