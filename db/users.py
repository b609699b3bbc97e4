# Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
"""Who may use Dragoman: people known to an identity provider, or the one local user where there is none."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Function, func, select, update
from sqlalchemy.dialects.postgresql import insert

from db.engine import Database
from db.models import UserRow

LOCAL = "local"
"""Issuer and subject of the local user. No provider can be called so: an issuer is a URL."""


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    """A person; `(oidc_issuer, oidc_sub)` names them for ever, all else may change at the provider."""

    id: UUID
    oidc_issuer: str
    oidc_sub: str
    email: str | None
    display_name: str
    created_at: datetime
    disabled_at: datetime | None
    """Since when they may not come in any more."""


class Users:
    """The users' table."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def local_user(self) -> User:
        """The one user of a server without an identity provider."""
        return await self.find_or_create(LOCAL, LOCAL, None, "Local user")

    async def find(self, user_id: UUID) -> User | None:
        """The user with this id, if there is one."""
        async with self._database.transaction() as session:
            row = await session.get(UserRow, user_id)
            return _user(row) if row else None

    async def find_by_subject(self, issuer: str, sub: str) -> User | None:
        """The user that a provider calls so, if they were ever here."""
        which = select(UserRow).where(UserRow.oidc_issuer == issuer, UserRow.oidc_sub == sub)
        async with self._database.transaction() as session:
            row = await session.scalar(which)
            return _user(row) if row else None

    async def disable(self, user_id: UUID) -> None:
        """They may not come in any more; what they said is kept."""
        await self._set_disabled(user_id, func.now())

    async def enable(self, user_id: UUID) -> None:
        """They may come in again."""
        await self._set_disabled(user_id, None)

    async def disabled_among(self, user_ids: Collection[UUID]) -> set[UUID]:
        """Those of them who may not come in."""
        which = select(UserRow.id).where(UserRow.id.in_(user_ids), UserRow.disabled_at.is_not(None))
        async with self._database.transaction() as session:
            return set(await session.scalars(which))

    async def _set_disabled(self, user_id: UUID, when: Function[datetime] | None) -> None:
        async with self._database.transaction() as session:
            await session.execute(update(UserRow).where(UserRow.id == user_id).values(disabled_at=when))

    async def find_or_create(self, issuer: str, sub: str, email: str | None, display_name: str) -> User:
        """The user that a provider calls so, with the address and name that it gives now."""
        new = insert(UserRow).values(oidc_issuer=issuer, oidc_sub=sub, email=email, display_name=display_name)
        upsert = new.on_conflict_do_update(
            index_elements=[UserRow.oidc_issuer, UserRow.oidc_sub],
            set_={"email": new.excluded.email, "display_name": new.excluded.display_name},
        )
        async with self._database.transaction() as session:
            return _user((await session.scalars(upsert.returning(UserRow))).one())


def _user(row: UserRow) -> User:
    return User(
        id=row.id,
        oidc_issuer=row.oidc_issuer,
        oidc_sub=row.oidc_sub,
        email=row.email,
        display_name=row.display_name,
        created_at=row.created_at,
        disabled_at=row.disabled_at,
    )
