# Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
"""Signed tokens (JWS, RFC 7515), taken apart and their signatures checked; what they say is not judged here.

joserfc computes. What it would let pass is decided here: which algorithms, whose keys, which headers.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from joserfc.errors import JoseError
from joserfc.jws import CompactSignature, JWSRegistry, extract_compact
from joserfc.util import urlsafe_b64decode

from server.auth.keys import PublicKey
from server.auth.refused import Refused

MAX_TOKEN_BYTES = 32 * 1024
MAX_HEADER_BYTES = 4 * 1024
"""joserfc's own limit, 512, is less than the names that some providers give their keys."""
ALGORITHMS = frozenset(
    {
        *("RS256", "RS384", "RS512", "PS256", "PS384", "PS512"),
        *("ES256", "ES384", "ES512", "EdDSA", "Ed25519"),
    }
)
"""Signatures of a private key: none of these can be made by who knows only what is public."""
FORBIDDEN_HEADERS = frozenset({"jku", "jwk", "x5u", "x5c", "crit", "b64", "zip"})
"""They name keys to be trusted, or change what is signed."""


class KeySource(Protocol):
    """Where the issuer's keys come from."""

    async def candidates(self, kid: str | None, algorithm: str) -> Sequence[PublicKey]:
        """The keys that may have signed, never none. Raises ProviderUnavailable or Refused."""


@dataclass(frozen=True, slots=True)
class Signed:
    """What a token says; its signature is the issuer's."""

    algorithm: str
    type: str
    """Of the token, in lower case and without `application/`; empty where it does not say."""
    claims: Mapping[str, object]


async def verified(token: str, keys: KeySource) -> Signed:
    """What the token says, if the issuer has signed it. Raises Refused or ProviderUnavailable."""
    parts = _taken_apart(token)
    header = parts.headers()
    algorithm, kid = header.get("alg"), header.get("kid")
    if not isinstance(algorithm, str) or algorithm not in ALGORITHMS:
        raise Refused("token_algorithm_not_allowed")
    if not FORBIDDEN_HEADERS.isdisjoint(header):
        raise Refused("token_header_not_allowed")
    if not isinstance(kid, str | None):
        raise Refused("token_malformed")
    candidates = await keys.candidates(kid, algorithm)
    if not any(_has_signed(key, parts, algorithm) for key in candidates):
        raise Refused("token_signature_wrong")
    return Signed(algorithm, _type(header.get("typ")), _claims(parts.payload))


def _taken_apart(token: str) -> CompactSignature:
    if len(token) > MAX_TOKEN_BYTES:
        raise Refused("token_too_large")
    registry = JWSRegistry()
    registry.max_header_length = MAX_HEADER_BYTES
    try:
        return extract_compact(token.encode("ascii"), registry=registry)
    except (JoseError, ValueError, TypeError, RecursionError) as error:
        raise Refused("token_malformed") from error


def _has_signed(key: PublicKey, parts: CompactSignature, algorithm: str) -> bool:
    # Taken from the registry by hand: asked for EdDSA, it warns of the name, which most providers use.
    model = JWSRegistry.algorithms[algorithm]
    header, payload, signature = (parts.segments[name] for name in ("header", "payload", "signature"))
    try:
        model.check_key(key)
        return model.verify(header + b"." + payload, urlsafe_b64decode(signature), key)
    except (JoseError, ValueError):
        return False


def _type(value: object) -> str:
    return value.lower().removeprefix("application/") if isinstance(value, str) else ""


def _claims(payload: bytes) -> Mapping[str, object]:
    try:
        claims = json.loads(payload)
    except (ValueError, RecursionError) as error:
        raise Refused("token_malformed") from error
    if not isinstance(claims, dict):
        raise Refused("token_malformed")
    return claims
