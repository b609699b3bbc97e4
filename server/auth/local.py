# Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
"""The sign-in of a server with one user: a link that works once, printed where only its owner reads it."""

import hmac
import secrets
import time
from collections.abc import Callable
from urllib.parse import urlencode

PATH = "/login/local"


class OneTimeLink:
    """A secret that is exchanged for a login once. It lives in memory: a restart makes another."""

    def __init__(self, *, lifetime_s: float = 0, clock: Callable[[], float] = time.monotonic) -> None:
        """`lifetime_s`: seconds until it expires; 0 never."""
        self._token: str | None = secrets.token_urlsafe(32)
        self._clock = clock
        self._expires_at = clock() + lifetime_s if lifetime_s else float("inf")

    def address(self, base_url: str) -> str:
        """What is to be opened in the browser. Raises LookupError once it was used."""
        if self._token is None:
            raise LookupError("the sign-in link was used")
        return f"{base_url}{PATH}?{urlencode({'token': self._token})}"

    def redeem(self, token: str) -> bool:
        """Whether `token` signs in now. It does so once; a wrong one does not use it up."""
        if self._token is None or self._clock() >= self._expires_at:
            return False
        if not hmac.compare_digest(token.encode(), self._token.encode()):
            return False
        self._token = None
        return True
