# Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
"""What signed tokens of the issuer must say before they are believed. Pure: the time is an argument.

ID token        OpenID Connect Core 1.0, 3.1.3.7           who has signed in
access token    RFC 9068 where it applies, else RFC 7519   what a program sends as Bearer
logout token    Back-Channel Logout 1.0, 2.6               who has signed out at the provider
"""

import hashlib
import hmac
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass

from server.auth.refused import Refused
from server.auth.signatures import Signed

LOGOUT_EVENT = "http://schemas.openid.net/event/backchannel-logout"
MAX_ISSUED_AGO_S = 600
"""An ID token comes straight from the provider, and a logout token soon after the logout."""
MAX_SUBJECT_CHARS = 255
LAST_SECOND = 253_402_300_799
"""Of the year 9999."""
ONLY_IN_ID_TOKENS = frozenset({"nonce", "at_hash", "c_hash", "s_hash", "events"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """Who must have issued a token, for whom, and when it is judged."""

    issuer: str
    audience: str
    now: float
    """Seconds since 1970."""
    leeway_s: float
    """How wrong the clocks may be."""


def check_id_token(token: Signed, expected: Expected, *, nonce: str, access_token: str) -> str:
    """The subject: who has signed in. Raises Refused."""
    if token.type not in ("", "jwt") or "events" in token.claims:
        raise Refused("token_type_wrong")
    _check_issuer_and_times(token.claims, expected)
    _check_audience(token.claims, expected.audience)
    _check_authorized_party(token.claims, expected.audience)
    _check_issued_lately(token.claims, expected)
    if not _same(token.claims.get("nonce"), nonce):
        raise Refused("token_nonce_wrong")
    if "at_hash" in token.claims and not _same(token.claims["at_hash"], _half_hash(token, access_token)):
        raise Refused("token_access_token_hash_wrong")
    return subject_of(token.claims)


def check_access_token(token: Signed, expected: Expected, *, client_id: str) -> str:
    """The subject: for whom a program asks. Raises Refused."""
    if token.type not in ("", "jwt", "at+jwt") or not _is_for_access(token, expected, client_id):
        raise Refused("token_type_wrong")
    _check_issuer_and_times(token.claims, expected)
    _check_audience(token.claims, expected.audience)
    if token.type == "at+jwt":
        _require_text(token.claims, "client_id", "jti")
        _check_issued(token.claims, expected)
    return subject_of(token.claims)


@dataclass(frozen=True, slots=True)
class ProviderLogout:
    """Somebody has signed out at the provider: all their logins, or those of one login there."""

    token_id: str
    subject: str | None
    provider_login: str | None


def check_logout_token(token: Signed, expected: Expected) -> ProviderLogout:
    """Who has signed out. Raises Refused."""
    if token.type != "logout+jwt":
        raise Refused("token_type_wrong")
    _check_issuer_and_times(token.claims, expected)
    _check_audience(token.claims, expected.audience)
    _check_issued_lately(token.claims, expected)
    events = token.claims.get("events")
    if not isinstance(events, dict) or not isinstance(events.get(LOGOUT_EVENT), dict):
        raise Refused("token_event_missing")
    if "nonce" in token.claims:
        raise Refused("token_nonce_forbidden")
    _require_text(token.claims, "jti")
    subject = subject_of(token.claims) if "sub" in token.claims else None
    provider_login = text_of(token.claims, "sid")
    if subject is None and provider_login is None:
        raise Refused("token_subject_missing")
    return ProviderLogout(str(token.claims["jti"]), subject, provider_login)


def subject_of(claims: Mapping[str, object]) -> str:
    """Who is meant. Raises Refused where that cannot be a name (OpenID Connect Core 1.0, section 2)."""
    subject = claims.get("sub")
    if not isinstance(subject, str) or not subject:
        raise Refused("token_subject_missing")
    if len(subject) > MAX_SUBJECT_CHARS or not subject.isprintable():
        raise Refused("token_subject_malformed")
    return subject


def text_of(claims: Mapping[str, object], name: str) -> str | None:
    """A claim that is a text with something in it."""
    value = claims.get(name)
    return value if isinstance(value, str) and value else None


def _check_issuer_and_times(claims: Mapping[str, object], expected: Expected) -> None:
    if claims.get("iss") != expected.issuer:
        raise Refused("token_issuer_wrong")
    if expected.now >= _seconds(claims, "exp") + expected.leeway_s:
        raise Refused("token_expired")
    if "nbf" in claims and _seconds(claims, "nbf") > expected.now + expected.leeway_s:
        raise Refused("token_not_yet_valid")


def _check_issued(claims: Mapping[str, object], expected: Expected) -> None:
    if _seconds(claims, "iat") > expected.now + expected.leeway_s:
        raise Refused("token_issued_at_wrong")


def _check_issued_lately(claims: Mapping[str, object], expected: Expected) -> None:
    _check_issued(claims, expected)
    if _seconds(claims, "iat") < expected.now - MAX_ISSUED_AGO_S - expected.leeway_s:
        raise Refused("token_issued_at_wrong")


def _seconds(claims: Mapping[str, object], name: str) -> float:
    value = claims.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= LAST_SECOND:
        raise Refused(f"token_{name}_missing")
    return value


def _check_audience(claims: Mapping[str, object], audience: str) -> None:
    if audience not in _audiences(claims):
        raise Refused("token_audience_wrong")


def _audiences(claims: Mapping[str, object]) -> list[object]:
    audience = claims.get("aud")
    return audience if isinstance(audience, list) else [audience]


def _check_authorized_party(claims: Mapping[str, object], client_id: str) -> None:
    """A token for several must say to which of them it was given."""
    must_say = "azp" in claims or len(_audiences(claims)) > 1
    if must_say and claims.get("azp") != client_id:
        raise Refused("token_authorized_party_wrong")


def _is_for_access(token: Signed, expected: Expected, client_id: str) -> bool:
    """Whether it is none of the tokens that tell who has signed in or out.

    Of a provider that does not name the type in the header (at+jwt), what is inside must tell it.
    """
    if token.type == "at+jwt":
        return True
    says = token.claims.get("typ")  # Keycloak's: Bearer, ID, Logout, Refresh ...
    if not ONLY_IN_ID_TOKENS.isdisjoint(token.claims) or says not in (None, "Bearer"):
        return False
    return says == "Bearer" or expected.audience != client_id


def _require_text(claims: Mapping[str, object], *names: str) -> None:
    for name in names:
        if text_of(claims, name) is None:
            raise Refused(f"token_{name}_missing")


def _half_hash(token: Signed, value: str) -> str:
    """The left half of the hash that the token's algorithm uses, in base64url."""
    bits = "512" if token.algorithm.startswith("Ed") else token.algorithm[2:]
    digest = hashlib.new(f"sha{bits}", value.encode()).digest()
    return urlsafe_b64encode(digest[: len(digest) // 2]).rstrip(b"=").decode()


def _same(given: object, expected: str) -> bool:
    return isinstance(given, str) and hmac.compare_digest(given.encode(errors="replace"), expected.encode())
