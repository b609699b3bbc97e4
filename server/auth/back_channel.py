# Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
"""The provider tells us that somebody has signed out there (OpenID Connect Back-Channel Logout 1.0)."""

import time
from collections.abc import Callable

from server.auth.refused import Refused
from server.auth.signatures import KeySource, verified
from server.auth.tokens import MAX_ISSUED_AGO_S, Expected, ProviderLogout, check_logout_token


class BackChannel:
    """Takes logout tokens, each once."""

    def __init__(
        self,
        keys: KeySource,
        *,
        issuer: str,
        client_id: str,
        leeway_s: float,
        now: Callable[[], float] = time.time,
    ) -> None:
        self._keys = keys
        self._issuer = issuer
        self._client_id = client_id
        self._leeway_s = leeway_s
        self._now = now
        self._seen: dict[str, float] = {}
        """Tokens by id, with the time until which they would still be taken."""

    async def signed_out(self, logout_token: str) -> ProviderLogout:
        """Who has. Raises Refused or ProviderUnavailable."""
        signed = await verified(logout_token, self._keys)
        expected = Expected(
            issuer=self._issuer, audience=self._client_id, now=self._now(), leeway_s=self._leeway_s
        )
        logout = check_logout_token(signed, expected)
        self._take_once(logout.token_id)
        return logout

    def _take_once(self, token_id: str) -> None:
        now = self._now()
        self._seen = {seen: until for seen, until in self._seen.items() if until > now}
        if token_id in self._seen:
            raise Refused("token_used_before")
        # Issued up to one leeway in the future, it is taken for this long and one leeway more.
        self._seen[token_id] = now + MAX_ISSUED_AGO_S + 2 * self._leeway_s
