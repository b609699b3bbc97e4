# Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
"""Who may use Dragoman: people known to an identity provider, or the one local user where there is none."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

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
    )
