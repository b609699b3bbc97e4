# Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
"""The provider's signing keys: taken one by one, so that one that we do not know breaks nothing."""

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from joserfc.errors import JoseError
from joserfc.jwk import ECKey, JWKRegistry, OKPKey, RSAKey

from server.auth.cache import Cache
from server.auth.fetch import ProviderHttp
from server.auth.provider import Provider
from server.auth.refused import ProviderUnavailable, Refused

PublicKey = RSAKey | ECKey | OKPKey
MAX_KEYS = 100
MAX_KEYS_TRIED = 4
"""So many are tried for a token that does not name its key."""
MIN_RSA_BITS = 2048
KEY_TYPES = {"RS": "RSA", "PS": "RSA", "ES": "EC", "Ed": "OKP"}
"""Kinds of keys by the first two letters of the algorithm."""


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A public key with what the provider says of it."""

    kid: str | None
    algorithm: str | None
    key: PublicKey

    def fits(self, algorithm: str) -> bool:
        """Whether it can be meant for signatures of this algorithm."""
        return self.key.key_type == KEY_TYPES[algorithm[:2]] and self.algorithm in (None, algorithm)


class Keys:
    """The provider's keys, fetched when they are first needed, now and then, and when one is unknown."""

    def __init__(
        self, http: ProviderHttp, provider: Provider, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._http = http
        self._provider = provider
        self._clock = clock
        self._refetched_at = float("-inf")
        self._kept = Cache("keys", self._fetch, provider.options.cache_s, clock)

    async def candidates(self, kid: str | None, algorithm: str) -> list[PublicKey]:
        """The keys that may have signed, never none. Raises ProviderUnavailable or Refused."""
        found = _matching(await self._kept.get(), kid, algorithm)
        if not found and self._may_refetch():
            self._refetched_at = self._clock()
            found = _matching(await self._kept.fetch_again(), kid, algorithm)
        if not found:
            raise Refused("unknown_key")
        if len(found) > MAX_KEYS_TRIED:
            raise Refused("too_many_keys_fit")
        return [key.key for key in found]

    def _may_refetch(self) -> bool:
        return self._clock() - self._refetched_at >= self._provider.options.refetch_s

    async def _fetch(self) -> list[SigningKey]:
        metadata = await self._provider.metadata()
        answer = await self._http.get(metadata.jwks_uri)
        listed = answer.content.get("keys")
        if answer.status != 200 or not isinstance(listed, list):
            raise ProviderUnavailable("keys_unusable")
        if len(listed) > MAX_KEYS:
            raise ProviderUnavailable("too_many_keys")
        return usable_keys(listed)


def usable_keys(listed: Iterable[object]) -> list[SigningKey]:
    """Those keys of a set (RFC 7517) that can check signatures."""
    return [key for entry in listed if (key := _usable(entry)) is not None]


def _usable(entry: object) -> SigningKey | None:
    if not isinstance(entry, dict) or entry.get("use", "sig") != "sig":
        return None
    if entry.get("kty") not in KEY_TYPES.values() or "d" in entry:
        return None  # A shared secret, or a private key that is none any more.
    try:
        key = JWKRegistry.import_key(entry)
    # What joserfc raises for keys of a curve or a form that it does not know depends on the key.
    except (JoseError, ValueError, KeyError, TypeError, AttributeError):
        return None
    if not isinstance(key, (RSAKey, ECKey, OKPKey)) or _is_weak(key):
        return None
    return SigningKey(_text(entry.get("kid")), _text(entry.get("alg")), key)


def _is_weak(key: PublicKey) -> bool:
    return isinstance(key, RSAKey) and key.public_key.key_size < MIN_RSA_BITS


def _matching(keys: Iterable[SigningKey], kid: str | None, algorithm: str) -> list[SigningKey]:
    return [key for key in keys if key.fits(algorithm) and (kid is None or key.kid == kid)]


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None
