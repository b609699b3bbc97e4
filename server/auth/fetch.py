# Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
"""What the identity provider says over HTTP: small JSON objects, from exactly the address that was asked."""

import asyncio
import json
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import ip_address
from urllib.parse import urlsplit

import certifi
import httpx

from server.auth.refused import ProviderUnavailable

MAX_ANSWER_BYTES = 256 * 1024
"""Key sets and tokens are a few kilobytes."""


@dataclass(frozen=True, slots=True)
class Answer:
    """Status and content of an answer, whatever the status."""

    status: int
    content: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Form:
    """What is posted, and how we say who we are."""

    fields: Mapping[str, str]
    headers: Mapping[str, str] = field(default_factory=dict)


class ProviderHttp:
    """The connections to the provider. No redirect is followed and no proxy taken from the environment."""

    def __init__(self, timeout_s: float) -> None:
        self._timeout_s = timeout_s
        # Providers at home or in a company often have a certificate that only the system trusts.
        trusted = ssl.create_default_context()
        trusted.load_verify_locations(certifi.where())
        self._http = httpx.AsyncClient(
            verify=trusted,
            follow_redirects=False,
            trust_env=False,
            timeout=timeout_s,
            limits=httpx.Limits(max_connections=16),
        )

    async def close(self) -> None:
        """Close all connections."""
        await self._http.aclose()

    async def get(self, url: str, access_token: str = "") -> Answer:
        """A JSON object. Raises ProviderUnavailable."""
        headers = {"Authorization": f"Bearer {access_token}"} if access_token else {}
        return await self._ask(self._http.build_request("GET", url, headers=_wants_json(headers)))

    async def post(self, url: str, form: Form) -> Answer:
        """The JSON object that a form is answered with. Raises ProviderUnavailable."""
        headers = _wants_json(form.headers)
        return await self._ask(self._http.build_request("POST", url, data=dict(form.fields), headers=headers))

    async def _ask(self, request: httpx.Request) -> Answer:
        try:
            # httpx limits each read; who sends a byte now and then would be waited for without end.
            async with asyncio.timeout(self._timeout_s):
                response = await self._http.send(request, stream=True)
                try:
                    return Answer(response.status_code, _json_object(await _body(response)))
                finally:
                    await response.aclose()
        except (TimeoutError, httpx.TimeoutException) as error:
            raise ProviderUnavailable("timeout") from error
        except httpx.HTTPError as error:
            raise ProviderUnavailable("cannot_connect") from error


def is_private_enough(url: str) -> bool:
    """Whether what goes there cannot be read on the way: HTTPS, or it does not leave this machine."""
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError:
        return False
    return bool(host) and (parts.scheme == "https" or (parts.scheme == "http" and _is_loopback(host)))


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _wants_json(headers: Mapping[str, str]) -> dict[str, str]:
    return {"Accept": "application/json", "Accept-Encoding": "identity", **headers}


async def _body(response: httpx.Response) -> bytes:
    body = bytearray()
    async for chunk in response.aiter_bytes():
        body += chunk
        if len(body) > MAX_ANSWER_BYTES:
            raise ProviderUnavailable("answer_too_large")
    return bytes(body)


def _json_object(body: bytes) -> Mapping[str, object]:
    try:
        content = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise ProviderUnavailable("answer_not_json") from error
    if not isinstance(content, dict):
        raise ProviderUnavailable("answer_not_json")
    return content
