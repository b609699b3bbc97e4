# Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
"""How somebody is shut out: signed out everywhere, and what they are saying ends.

Signing out, here or at the identity provider, does so at once. A disabled account is noticed by looking:
whoever disables it may do so in the database.
"""

import asyncio
from datetime import timedelta
from uuid import UUID

import structlog

from db.errors import StorageError
from db.logins import Logins
from db.users import Users
from server.registry import LiveSessions

log = structlog.get_logger()

LOOK_EVERY_S = 1.5
"""With `LiveSessions`' grace this keeps the promise that nobody speaks on for more than 5 s."""
TIDY_EVERY = 400
"""Every so many looks, logins that are over are thrown away."""


class Accounts:
    """Users with all that they have open."""

    def __init__(self, users: Users, logins: Logins, live_sessions: LiveSessions) -> None:
        self.users = users
        self.logins = logins
        self._live_sessions = live_sessions

    async def sign_out_everywhere(self, user_id: UUID) -> None:
        """End all logins and live sessions of a user."""
        self._live_sessions.end_of_user(user_id)
        await self.logins.delete_of_user(user_id)

    async def watch(self, idle_timeout: timedelta) -> None:
        """Look for disabled accounts, and now and then for logins that are over, until cancelled."""
        looks = 0
        while True:
            await asyncio.sleep(LOOK_EVERY_S)
            looks += 1
            try:
                await self._shut_out_disabled()
                if looks % TIDY_EVERY == 0:
                    await self.logins.delete_expired(idle_timeout)
            except StorageError as error:
                log.warning("accounts_not_watched", cause=str(error))

    async def _shut_out_disabled(self) -> None:
        speaking = self._live_sessions.speakers()
        disabled = await self.users.disabled_among(speaking) if speaking else set()
        for user_id in disabled:
            log.warning("account_disabled", user_id=str(user_id))
            await self.sign_out_everywhere(user_id)
