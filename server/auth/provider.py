# Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
"""What the identity provider says of itself (OpenID Connect Discovery 1.0), believed where it is safe."""

import time
from collections.abc import Callable
from dataclasses import dataclass

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from server.auth.cache import Cache
from server.auth.fetch import Answer, ProviderHttp, is_private_enough
from server.auth.refused import ProviderUnavailable, Refused

WELL_KNOWN = "/.well-known/openid-configuration"


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderOptions:
    """Which provider, and how long what it says is believed."""

    issuer: str
    """Its name; compared letter by letter."""
    timeout_s: float = 10
    """Seconds that one request may take."""
    cache_s: float = 3600
    """Seconds after which its description and its keys are fetched again."""
    refetch_s: float = 60
    """Seconds between two times that keys are fetched because one was unknown."""


class Metadata(BaseModel):
    """The part of the provider's description that we use."""

    model_config = ConfigDict(frozen=True, strict=True)

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    userinfo_endpoint: str | None = None
    end_session_endpoint: str | None = None
    code_challenge_methods_supported: list[str] | None = None
    token_endpoint_auth_methods_supported: list[str] = Field(default=["client_secret_basic"])
    authorization_response_iss_parameter_supported: bool = False

    def addresses(self) -> list[str]:
        """All that we may send something to."""
        optional = (self.userinfo_endpoint, self.end_session_endpoint)
        return [self.authorization_endpoint, self.token_endpoint, self.jwks_uri, *filter(None, optional)]


class Provider:
    """Its description, fetched when it is first needed and now and then again."""

    def __init__(
        self, http: ProviderHttp, options: ProviderOptions, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.options = options
        self._http = http
        self._described = Cache("description", self._discover, options.cache_s, clock)

    async def metadata(self) -> Metadata:
        """What it says of itself. Raises ProviderUnavailable or Refused."""
        return await self._described.get()

    async def _discover(self) -> Metadata:
        answer = await self._http.get(self.options.issuer.rstrip("/") + WELL_KNOWN)
        return checked_metadata(answer, self.options.issuer)


def checked_metadata(answer: Answer, issuer: str) -> Metadata:
    """The description, if it is this issuer's and safe to use. Raises ProviderUnavailable or Refused."""
    if answer.status != 200:
        raise ProviderUnavailable(f"description_status_{answer.status}")
    try:
        metadata = Metadata.model_validate(answer.content)
    except ValidationError as error:
        raise Refused("provider_description_broken") from error
    if metadata.issuer != issuer:
        raise Refused("provider_issuer_mismatch")
    if not all(map(is_private_enough, metadata.addresses())):
        raise Refused("provider_without_https")
    methods = metadata.code_challenge_methods_supported
    # Providers that do not say anything mostly know S256 all the same, and ignore it at worst.
    if methods is not None and "S256" not in methods:
        raise Refused("provider_without_pkce")
    return metadata
