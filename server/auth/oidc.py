# Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
"""Signing in through the identity provider: OpenID Connect, authorization code with PKCE.

    begin      the browser goes to the provider, and we keep state, nonce and verifier for its return
    finish     it comes back with a code, which we exchange, once, for a token that says who it is
    end        after signing out here, the browser can sign out there, too

Tokens stay here. Specifications: OpenID Connect Core 1.0; RFC 7636 (PKCE); RFC 9207 (issuer in the answer);
RFC 9700 (what goes wrong); OpenID Connect RP-Initiated Logout 1.0.
"""

import hashlib
import secrets
import time
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import quote_plus, urlencode, urlsplit

from server.auth.fetch import Answer, Form, ProviderHttp
from server.auth.keys import Keys
from server.auth.provider import Metadata, Provider
from server.auth.refused import ProviderUnavailable, Refused
from server.auth.signatures import verified
from server.auth.tokens import Expected, check_id_token, text_of

MAX_NAME_CHARS = 200
MAX_HINT_CHARS = 4000
"""A longer ID token does not go into the address of a logout, which some servers would not take."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientOptions:
    """Who we are to the provider."""

    client_id: str
    client_secret: str
    """Empty: none, which the provider must then allow."""
    redirect_uri: str
    """Where it sends browsers back to; it knows exactly this address."""
    signed_out_uri: str
    """The same after signing out."""
    scopes: str
    leeway_s: float
    """How wrong the clocks may be."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pending:
    """A sign-in that is under way in one browser."""

    state: str
    nonce: str
    verifier: str
    next_page: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """Who has signed in, as the provider says."""

    subject: str
    email: str | None
    display_name: str
    id_token: str
    provider_login: str | None
    """What the provider calls this login of theirs (`sid`)."""


class OidcClient:
    """We, as the provider knows us."""

    def __init__(
        self,
        http: ProviderHttp,
        provider: Provider,
        keys: Keys,
        options: ClientOptions,
        now: Callable[[], float] = time.time,
    ) -> None:
        self.issuer = provider.options.issuer
        self._http = http
        self._provider = provider
        self._keys = keys
        self._options = options
        self._now = now

    async def begin(self, next_page: str) -> tuple[str, Pending]:
        """Where the browser signs in, and what is to be kept until it is back.

        Raises ProviderUnavailable or Refused, as all methods.
        """
        metadata = await self._provider.metadata()
        state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
        parameters = {
            "response_type": "code",
            "client_id": self._options.client_id,
            "redirect_uri": self._options.redirect_uri,
            "scope": self._options.scopes,
            "state": state,
            "nonce": nonce,
            "code_challenge": _challenge(verifier),
            "code_challenge_method": "S256",
        }
        pending = Pending(state=state, nonce=nonce, verifier=verifier, next_page=next_page)
        return _with_query(metadata.authorization_endpoint, parameters), pending

    async def finish(self, answer: Mapping[str, str], pending: Pending) -> Identity:
        """Who it is that came back with this answer."""
        metadata = await self._provider.metadata()
        code = code_in(answer, metadata)
        tokens = await self._exchanged(code, pending, metadata)
        id_token, access_token = text_of(tokens, "id_token"), text_of(tokens, "access_token")
        if id_token is None or access_token is None:
            raise Refused("token_missing")
        signed = await verified(id_token, self._keys)
        subject = check_id_token(signed, self._expected(), nonce=pending.nonce, access_token=access_token)
        claims = await self._complete(signed.claims, subject, access_token, metadata)
        return Identity(
            subject=subject,
            email=_one_line(claims, "email"),
            display_name=_display_name(claims),
            id_token=id_token,
            provider_login=_one_line(signed.claims, "sid"),
        )

    async def end_address(self, id_token: str, state: str) -> str | None:
        """Where the browser signs out at the provider; None where the provider does not offer it."""
        metadata = await self._provider.metadata()
        if metadata.end_session_endpoint is None:
            return None
        hint = {"id_token_hint": id_token} if len(id_token) <= MAX_HINT_CHARS else {}
        parameters = {
            **hint,
            "client_id": self._options.client_id,
            "post_logout_redirect_uri": self._options.signed_out_uri,
            "state": state,
        }
        return _with_query(metadata.end_session_endpoint, parameters)

    def _expected(self) -> Expected:
        return Expected(
            issuer=self.issuer,
            audience=self._options.client_id,
            now=self._now(),
            leeway_s=self._options.leeway_s,
        )

    async def _exchanged(self, code: str, pending: Pending, metadata: Metadata) -> Mapping[str, object]:
        fields = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self._options.redirect_uri,
            "code_verifier": pending.verifier,
        }
        form = authenticated(fields, self._options, metadata.token_endpoint_auth_methods_supported)
        return tokens_in(await self._http.post(metadata.token_endpoint, form))

    async def _complete(
        self, claims: Mapping[str, object], subject: str, access_token: str, metadata: Metadata
    ) -> Mapping[str, object]:
        """The claims, with what the provider tells only when it is asked once more."""
        address = metadata.userinfo_endpoint
        if address is None or {"email", "name"} <= claims.keys():
            return claims
        try:
            answer = await self._http.get(address, access_token)
        except ProviderUnavailable:
            return claims  # Who it is stands; only how to call them is not known yet.
        if answer.status != 200:
            return claims
        if answer.content.get("sub") != subject:
            raise Refused("userinfo_subject_wrong")
        return {**answer.content, **claims}


def code_in(answer: Mapping[str, str], metadata: Metadata) -> str:
    """The code in what the browser brought back. Raises Refused."""
    issuer = answer.get("iss")
    if issuer is None and metadata.authorization_response_iss_parameter_supported:
        raise Refused("answer_issuer_missing")
    if issuer is not None and issuer != metadata.issuer:
        raise Refused("answer_issuer_wrong")
    if "error" in answer:
        raise Refused("sign_in_denied" if answer["error"] == "access_denied" else "sign_in_failed")
    if not answer.get("code"):
        raise Refused("code_missing")
    return answer["code"]


def authenticated(fields: Mapping[str, str], options: ClientOptions, methods: list[str]) -> Form:
    """The form with what shows that it comes from us (RFC 6749, section 2.3.1). Raises Refused."""
    if not options.client_secret:
        return Form({**fields, "client_id": options.client_id})
    if "client_secret_basic" in methods:
        pair = f"{quote_plus(options.client_id)}:{quote_plus(options.client_secret)}"
        return Form(fields, {"Authorization": f"Basic {b64encode(pair.encode()).decode()}"})
    if "client_secret_post" in methods:
        secret = {"client_id": options.client_id, "client_secret": options.client_secret}
        return Form({**fields, **secret})
    raise Refused("provider_without_secrets")


def tokens_in(answer: Answer) -> Mapping[str, object]:
    """The tokens that a code was exchanged for. Raises Refused or ProviderUnavailable."""
    if answer.status in (400, 401, 403):
        refusals = {"invalid_grant": "code_refused", "invalid_client": "client_refused"}
        raise Refused(refusals.get(str(answer.content.get("error")), "token_refused"))
    if answer.status != 200:
        raise ProviderUnavailable(f"token_status_{answer.status}")
    if str(answer.content.get("token_type")).lower() != "bearer":
        raise Refused("token_kind_unknown")
    return answer.content


def _challenge(verifier: str) -> str:
    return urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()


def _with_query(address: str, parameters: Mapping[str, str]) -> str:
    separator = "&" if urlsplit(address).query else "?"
    return f"{address}{separator}{urlencode(parameters)}"


def _display_name(claims: Mapping[str, object]) -> str:
    names = (_one_line(claims, name) for name in ("name", "preferred_username", "nickname", "email"))
    return next(filter(None, names), "User")


def _one_line(claims: Mapping[str, object], name: str) -> str | None:
    """What people or programs read, without line breaks and what else cannot be seen."""
    words = " ".join((text_of(claims, name) or "").split())
    return "".join(filter(str.isprintable, words))[:MAX_NAME_CHARS] or None
