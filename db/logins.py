# Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
"""Who is signed in: one row for each browser, found by a token that only the browser knows.

All times are the database's: the clock that stamps a row is the one that judges it, however many servers
there are and whatever their clocks say.
"""

import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, delete, func, insert, or_, select, update

from db.engine import Database
from db.models import LoginRow

PROVIDER_LOGIN = "provider_login"
"""Where the data name the login at the identity provider that this one came from."""
_TOKEN_BYTES = 32
_SEEN_STEP = timedelta(minutes=1)
"""How exactly the last use is known; more would be a write for every request."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Login:
    """One browser in which somebody is signed in, or is about to be."""

    id: UUID
    user_id: UUID | None
    """Empty while somebody is still signing in."""
    data: Mapping[str, Any]
    """What the web server keeps with it; JSON."""
    created_at: datetime
    last_seen_at: datetime
    """Up to a minute old."""
    expires_at: datetime
    """Then it ends, however much it is used."""


class Logins:
    """The logins' table. Tokens are kept as SHA-256 only: who reads the table can sign in as nobody."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def create(self, user_id: UUID | None, data: Mapping[str, Any], lifetime: timedelta) -> str:
        """A new login, which ends after `lifetime` at the latest. Returns its token: 256 random bits."""
        token = secrets.token_urlsafe(_TOKEN_BYTES)
        new = insert(LoginRow).values(
            token_sha256=_digest(token), user_id=user_id, data=dict(data), expires_at=func.now() + lifetime
        )
        async with self._database.transaction() as session:
            await session.execute(new)
        return token

    async def read(self, token: str, idle_timeout: timedelta) -> Login | None:
        """The login of this token, unless it has ended or was not used for `idle_timeout`. Counts as use."""
        async with self._database.transaction() as session:
            row = await session.scalar(select(LoginRow).where(_is(token), ~_over(idle_timeout)))
            if row is None:
                return None
            await session.execute(
                update(LoginRow)
                .where(LoginRow.id == row.id, LoginRow.last_seen_at < func.now() - _SEEN_STEP)
                .values(last_seen_at=func.now())
            )
            return _login(row)

    async def save(self, token: str, data: Mapping[str, Any]) -> bool:
        """Replace what is kept with a login. False where there is none (any more)."""
        statement = update(LoginRow).where(_is(token)).values(data=dict(data)).returning(LoginRow.id)
        async with self._database.transaction() as session:
            return (await session.execute(statement)).first() is not None

    async def delete(self, token: str) -> bool:
        """Sign out. False where there was nothing to end."""
        async with self._database.transaction() as session:
            return (
                await session.execute(delete(LoginRow).where(_is(token)).returning(LoginRow.id))
            ).first() is not None

    async def take(self, token: str, state: str) -> Mapping[str, Any] | None:
        """What is kept with a sign-in that is under way, once: it is deleted. None where there is none.

        `state` must be the one in its data.
        """
        matches = LoginRow.data["state"].as_string() == state
        statement = (
            delete(LoginRow)
            .where(_is(token), matches, LoginRow.user_id.is_(None), LoginRow.expires_at > func.now())
            .returning(LoginRow.data)
        )
        async with self._database.transaction() as session:
            return await session.scalar(statement)

    async def users_of_provider_login(self, provider_login: str) -> set[UUID]:
        """Who has signed in here by this one login (`sid`) at the identity provider."""
        matches = LoginRow.data[PROVIDER_LOGIN].as_string() == provider_login
        async with self._database.transaction() as session:
            found = await session.scalars(select(LoginRow.user_id).where(matches))
            return {user_id for user_id in found if user_id is not None}

    async def delete_expired(self, idle_timeout: timedelta) -> int:
        """Throw away what `read` would not answer any more. Returns how many."""
        return await self._delete(_over(idle_timeout))

    async def delete_of_user(self, user_id: UUID) -> int:
        """Sign a user out everywhere. Returns from how many browsers."""
        return await self._delete(LoginRow.user_id == user_id)

    async def _delete(self, which: ColumnElement[bool]) -> int:
        async with self._database.transaction() as session:
            return len((await session.execute(delete(LoginRow).where(which).returning(LoginRow.id))).all())


def _digest(token: str) -> bytes:
    # A cookie may hold any bytes, which aiohttp hands on as lone surrogates: no error, only no token.
    return hashlib.sha256(token.encode(errors="surrogatepass")).digest()


def _is(token: str) -> ColumnElement[bool]:
    return LoginRow.token_sha256 == _digest(token)


def _over(idle_timeout: timedelta) -> ColumnElement[bool]:
    return or_(LoginRow.expires_at <= func.now(), LoginRow.last_seen_at <= func.now() - idle_timeout)


def _login(row: LoginRow) -> Login:
    return Login(
        id=row.id,
        user_id=row.user_id,
        data=row.data,
        created_at=row.created_at,
        last_seen_at=row.last_seen_at,
        expires_at=row.expires_at,
    )
