# Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
"""What may stand in DATABASE_URL, and what is said where it cannot be used."""

import pytest

from db import Database, DatabaseOptions
from db.engine import asyncpg_url
from db.errors import InvalidDatabaseUrl


@pytest.mark.parametrize("scheme", ["postgresql", "postgres", "postgresql+asyncpg"])
def test_every_usual_scheme_is_taken(scheme: str) -> None:
    url = asyncpg_url(f"{scheme}://me:secret@db.example:5433/dragoman")
    assert url.drivername == "postgresql+asyncpg"
    assert (url.username, url.password, url.host, url.port, url.database) == (
        "me",
        "secret",
        "db.example",
        5433,
        "dragoman",
    )


def test_a_socket_folder_is_taken() -> None:
    url = asyncpg_url("postgresql://postgres:@/postgres?host=/var/run/with%20space")
    assert url.query["host"] == "/var/run/with space"
    assert not url.host


def test_sslmode_is_said_in_the_words_of_the_driver() -> None:
    assert dict(asyncpg_url("postgresql://me@db.example/x?sslmode=require").query) == {"ssl": "require"}


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("", "does not look like"),
        ("db.example/dragoman", "does not look like"),
        ("postgresql://me:secret@db.example:port/dragoman", "does not look like"),
        ("mysql://me:secret@db.example/dragoman", "must begin with postgresql://"),
        ("postgresql+psycopg://me:secret@db.example/dragoman", "must begin with postgresql://"),
        ("postgresql://me:secret@db.example/dragoman?sslmod=require", "not known here: sslmod"),
    ],
)
def test_a_url_that_cannot_be_used_is_refused_without_showing_its_password(url: str, reason: str) -> None:
    with pytest.raises(InvalidDatabaseUrl, match=reason) as refused:
        Database(url)
    assert "secret" not in str(refused.value)


@pytest.mark.parametrize("nonsense", [{"pool_size": 0}, {"overflow": -1}])
def test_a_pool_without_connections_is_refused(nonsense: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="pool_size"):
        DatabaseOptions(**nonsense)


def test_a_timeout_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="timeouts"):
        DatabaseOptions(statement_timeout_s=0)
