# Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
"""The kinds of values that settings have, what each refuses, and how that is said."""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, HttpUrl, TypeAdapter, ValidationError
from pydantic_core import ErrorDetails

from media.core.languages import AUTO, by_code
from server.auth.fetch import is_private_enough

CALLBACK = "/login/callback"
"""Path of the address to which the identity provider sends browsers back."""
SIGNED_OUT = "/login/signed-out"
"""The same after signing out."""


def _http_address(text: str) -> str:
    try:
        return text and str(TypeAdapter(HttpUrl).validate_python(text)).rstrip("/")
    except ValidationError:
        raise ValueError("must be an address that begins with http:// or https://") from None


def _origins(text: str) -> str:
    for origin in text.split():
        if origin != origin_of(_http_address(origin)):
            raise ValueError("must be origins, e.g. https://example.org, with spaces between them")
    return text


def _private_address(text: str) -> str:
    """An address of the identity provider's: kept letter by letter, also a slash at its end."""
    parts = urlsplit(text)
    if text and (not is_private_enough(text) or parts.query or parts.fragment):
        raise ValueError("must be an address that begins with https:// (on this machine http:// will do)")
    return text


def _scopes(text: str) -> str:
    if "openid" not in text.split():
        raise ValueError("must have openid among them")
    return " ".join(text.split())


def _language(code: str) -> str:
    if by_code(code) is None:
        raise ValueError("must be the ISO 639-1 code of a language that Whisper knows, e.g. en")
    return code


def _language_or_auto(code: str) -> str:
    return code if code == AUTO else _language(code)


def _languages(codes: str) -> str:
    return " ".join(_language(code) for code in codes.replace(",", " ").split())


def origin_of(address: str) -> str:
    """Scheme, host and port of an address, as browsers write them in `Origin`."""
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}".lower()


HttpAddress = Annotated[str, AfterValidator(_http_address)]
PrivateAddress = Annotated[str, AfterValidator(_private_address)]
Origins = Annotated[str, AfterValidator(_origins)]
Scopes = Annotated[str, AfterValidator(_scopes)]
Language = Annotated[str, AfterValidator(_language)]
SomeLanguages = Annotated[str, AfterValidator(_languages)]
LanguageOrAuto = Annotated[str, AfterValidator(_language_or_auto)]
Milliseconds = Annotated[int, Field(ge=0)]
PositiveMilliseconds = Annotated[int, Field(gt=0)]
PositiveSeconds = Annotated[float, Field(gt=0)]
PositiveHours = Annotated[float, Field(gt=0)]
Count = Annotated[int, Field(gt=0)]
Threads = Annotated[int, Field(ge=0)]
Probability = Annotated[float, Field(gt=0, le=1)]
LogProbability = Annotated[float, Field(le=0)]


def sign_in_contradictions(
    issuer: str, client_id: str, audience: str, base_url: str, redirect_uri: str
) -> Iterator[str]:
    """What makes no sense together about the identity provider."""
    if not issuer and (client_id or audience):
        yield "OIDC_CLIENT_ID and JWT_AUDIENCE need OIDC_ISSUER_URL"
    if not issuer:
        return
    if not client_id:
        yield "OIDC_ISSUER_URL needs OIDC_CLIENT_ID"
    if not is_private_enough(base_url):
        yield "OIDC_ISSUER_URL needs an APP_BASE_URL that begins with https://"
    if origin_of(redirect_uri) != origin_of(base_url) or not redirect_uri.endswith(CALLBACK):
        yield f"OIDC_REDIRECT_URI is not APP_BASE_URL with {CALLBACK}"


def content(name: str, path: object) -> str:
    """What stands in the file that a `_FILE` setting names. Raises ValueError."""
    try:
        return Path(str(path)).read_text().strip()
    except OSError as error:
        raise ValueError(f"{name.upper()} cannot be read: {error.strerror}") from error


def complaint(error: ErrorDetails) -> str:
    """One error of pydantic's in words, without the value."""
    name = "_".join(map(str, error["loc"])).upper()
    message = error["msg"].removeprefix("Value error, ")
    return f"{name}: {message}" if name else message
