# Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
"""An identity provider over real HTTP that says the truth, but for the lies that a test tells it to say.

It signs everybody in at once, as `ada`. What it says can be changed by hand: `metadata`, `jwks`, `claims`,
`header`, `userinfo`, or whole tokens by `forge`.
"""

import asyncio
import hashlib
import json
import secrets
import time
from base64 import b64decode, urlsafe_b64encode
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Self
from urllib.parse import parse_qs, unquote_plus, urlencode, urlsplit

from aiohttp import web
from aiohttp.test_utils import TestServer
from joserfc.jwk import ECKey, OKPKey, RSAKey
from joserfc.jws import JWSRegistry

CLIENT_ID = "dragoman"
CLIENT_SECRET = "a secret: with/odd &characters"
AUDIENCE = "https://dragoman.example/api"
LOGOUT_EVENT = "http://schemas.openid.net/event/backchannel-logout"

Key = RSAKey | ECKey | OKPKey
Claims = dict[str, Any]


def rsa_key(kid: str | None = "first") -> RSAKey:
    return RSAKey.generate_key(2048, {"kid": kid, "use": "sig"} if kid else None)


def public(key: Key, **more: Any) -> dict[str, Any]:
    """As it stands in a key set."""
    return {**key.as_dict(private=False), **more}


def signed(claims: object, key: Key, **header: Any) -> str:
    """A token; `None` takes a header away. Put together by hand: no library lets one lie so freely."""
    protected = {"alg": "RS256", "kid": key.kid, **header}
    message = unsigned(claims, **{name: value for name, value in protected.items() if value is not None})
    signature = JWSRegistry.algorithms[protected["alg"]].sign(message.encode(), key)
    return f"{message}.{_base64url(signature)}"


def unsigned(claims: object, **header: Any) -> str:
    """The first two parts of a token."""
    return ".".join(_base64url(json.dumps(part).encode()) for part in (header, claims))


def half_hash(value: str) -> str:
    return _base64url(hashlib.sha256(value.encode()).digest()[:16])


@dataclass
class LyingProvider:
    """Started and stopped as a context."""

    key: Key = field(default_factory=rsa_key)
    metadata: dict[str, Any] = field(default_factory=dict)
    """Changes to the description; None takes a line away."""
    jwks: list[dict[str, Any]] | None = None
    claims: Claims = field(default_factory=dict)
    """Changes to the ID token; None takes a claim away."""
    header: dict[str, Any] = field(default_factory=dict)
    forge: Callable[["LyingProvider", Claims], str] | None = None
    """Makes the ID token instead of signing it."""
    userinfo: dict[str, Any] = field(default_factory=lambda: {"sub": "ada", "name": "Ada", "email": "a@b.c"})
    answer: dict[str, Any] = field(default_factory=dict)
    """Changes to what the browser brings back; None takes a parameter away."""
    token_answer: dict[str, Any] = field(default_factory=dict)
    slow_s: float = 0
    """Seconds before each byte of the key set."""
    asked: list[str] = field(default_factory=list)
    """Paths that were asked for."""
    token_requests: list[dict[str, str]] = field(default_factory=list)
    _codes: dict[str, dict[str, str]] = field(default_factory=dict)

    async def __aenter__(self) -> Self:
        app = web.Application(middlewares=[self._noting])
        app.router.add_get("/.well-known/openid-configuration", self._describe)
        app.router.add_get("/jwks", self._show_keys)
        app.router.add_post("/token", self._exchange)
        app.router.add_get("/me", self._show_user)
        self._server = TestServer(app)
        await self._server.start_server()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._server.close()

    @property
    def issuer(self) -> str:
        return str(self._server.make_url("")).rstrip("/")

    def sign_in(self, location: str) -> str:
        """What a person does who is sent to this address; the address that they are sent back to."""
        query = {name: values[0] for name, values in parse_qs(urlsplit(location).query).items()}
        assert query["response_type"] == "code"
        assert "openid" in query["scope"].split()
        assert query["code_challenge_method"] == "S256"
        code = secrets.token_urlsafe(8)
        self._codes[code] = query
        answer = {"code": code, "state": query["state"], "iss": self.issuer, **self.answer}
        shown = {name: value for name, value in answer.items() if value is not None}
        return f"{query['redirect_uri']}?{urlencode(shown, doseq=True)}"

    def id_claims(self, nonce: str, access_token: str) -> Claims:
        now = int(time.time())
        true: Claims = {
            "iss": self.issuer,
            "sub": "ada",
            "aud": CLIENT_ID,
            "exp": now + 300,
            "iat": now,
            "nonce": nonce,
            "at_hash": half_hash(access_token),
            "sid": "provider-login-1",
        }
        return _changed(true, self.claims)

    def access_token(self, *, typ: str | None = "at+jwt", key: Key | None = None, **changes: Any) -> str:
        now = int(time.time())
        true: Claims = {
            "iss": self.issuer,
            "sub": "ada",
            "aud": AUDIENCE,
            "exp": now + 300,
            "iat": now,
            "client_id": "recorder",
            "jti": secrets.token_hex(8),
        }
        return signed(_changed(true, changes), key or self.key, typ=typ)

    def logout_token(
        self, *, header: dict[str, Any] | None = None, key: Key | None = None, **changes: Any
    ) -> str:
        now = int(time.time())
        true: Claims = {
            "iss": self.issuer,
            "sub": "ada",
            "aud": CLIENT_ID,
            "exp": now + 120,
            "iat": now,
            "jti": secrets.token_hex(8),
            "events": {LOGOUT_EVENT: {}},
        }
        return signed(_changed(true, changes), key or self.key, **{"typ": "logout+jwt", **(header or {})})

    @web.middleware
    async def _noting(self, request: web.Request, handler: Any) -> web.StreamResponse:
        self.asked.append(request.path)
        answer: web.StreamResponse = await handler(request)
        return answer

    async def _describe(self, _: web.Request) -> web.Response:
        true = {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/jwks",
            "userinfo_endpoint": f"{self.issuer}/me",
            "end_session_endpoint": f"{self.issuer}/end",
            "code_challenge_methods_supported": ["S256"],
            "authorization_response_iss_parameter_supported": True,
        }
        return web.json_response(_changed(true, self.metadata))

    async def _show_keys(self, request: web.Request) -> web.StreamResponse:
        keys = [public(self.key)] if self.jwks is None else self.jwks
        body = json.dumps({"keys": keys}).encode()
        response = web.StreamResponse(headers={"Content-Type": "application/json"})
        await response.prepare(request)
        for start in range(0, len(body), 1 if self.slow_s else len(body)):
            if self.slow_s:
                await asyncio.sleep(self.slow_s)
            await response.write(body[start : start + 1] if self.slow_s else body)
        await response.write_eof()
        return response

    async def _exchange(self, request: web.Request) -> web.Response:
        form = {name: str(value) for name, value in (await request.post()).items()}
        self.token_requests.append(form)
        if not _is_client(request, form):
            return web.json_response({"error": "invalid_client"}, status=401)
        query = self._codes.pop(form["code"], None)
        verifier = form["code_verifier"]
        if query is None or query["code_challenge"] != _base64url(hashlib.sha256(verifier.encode()).digest()):
            return web.json_response({"error": "invalid_grant"}, status=400)
        assert form["redirect_uri"] == query["redirect_uri"]
        access_token = secrets.token_urlsafe(16)
        claims = self.id_claims(query["nonce"], access_token)
        id_token = self.forge(self, claims) if self.forge else signed(claims, self.key, **self.header)
        true = {"access_token": access_token, "token_type": "Bearer", "id_token": id_token}
        return web.json_response(_changed(true, self.token_answer))

    async def _show_user(self, _: web.Request) -> web.Response:
        return web.json_response(self.userinfo)


def _is_client(request: web.Request, form: dict[str, str]) -> bool:
    scheme, _, pair = request.headers.get("Authorization", "").partition(" ")
    if scheme == "Basic":
        name, _, secret = b64decode(pair).decode().partition(":")
        return (unquote_plus(name), unquote_plus(secret)) == (CLIENT_ID, CLIENT_SECRET)
    return (form.get("client_id"), form.get("client_secret")) == (CLIENT_ID, CLIENT_SECRET)


@dataclass(frozen=True, slots=True)
class FromNow:
    """A time that is reckoned when its token is made."""

    seconds: int


def _changed(true: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
    return {name: _value(value) for name, value in {**true, **changes}.items() if value is not None}


def _value(value: object) -> object:
    return int(time.time()) + value.seconds if isinstance(value, FromNow) else value


def _base64url(data: bytes) -> str:
    return urlsafe_b64encode(data).rstrip(b"=").decode()
