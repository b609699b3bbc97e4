# Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
"""What the clients of the model servers share: connections, bounded reading, and how failures are told."""

import time
from collections.abc import AsyncGenerator, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import httpx
import structlog

from media.errors import EngineError

log = structlog.get_logger()

_KEEPALIVE_S = 4.0
"""Shorter than the 5 s after which uvicorn, which most of these servers run on, drops an idle connection."""
_MAX_CONNECTIONS = 256
"""In all. Live sessions share them, and each needs at most one to Whisper and a few to the LLM."""
_TEMPORARY_STATUSES = frozenset({408, 425, 429})
_COMPLAINT_STATUSES = frozenset({400, 422})
_MAX_BEGINNING_BYTES = 16 * 1024

AWAY = (httpx.ConnectError, httpx.ConnectTimeout)
"""The server is not there: the one that comes back may be another."""


def model_server_http() -> httpx.AsyncClient:
    """The connections to all model servers; whoever makes it closes it.

    No redirect is followed and no proxy taken from the environment: what people say goes to the configured
    address and nowhere else. The clients set the time limits of each request themselves.
    """
    limits = httpx.Limits(
        max_connections=_MAX_CONNECTIONS, max_keepalive_connections=32, keepalive_expiry=_KEEPALIVE_S
    )
    return httpx.AsyncClient(follow_redirects=False, trust_env=False, limits=limits)


def checked_base_url(text: str) -> str:
    """The address without a slash at its end; ValueError if it is no http(s) address of a server."""
    try:
        url = httpx.URL(text)
    except httpx.InvalidURL as error:
        raise ValueError(f"not an address: {text!r}") from error
    if url.scheme not in ("http", "https") or not url.host:
        raise ValueError(f"not an http or https address: {text!r}")
    return text.rstrip("/")


def address(base_url: str, path: str, all_paths: Iterable[str]) -> str:
    """Where `path` is on a server, also if its address was given with one of the paths, or with `/v1`."""
    root = checked_base_url(base_url)
    for known in (*all_paths, "/v1"):
        root = root.removesuffix(known)
    return root + path


def bearer(api_key: str) -> dict[str, str]:
    """The header that carries a key; none if there is none."""
    return {"Authorization": f"Bearer {api_key}"} if api_key else {}


class AnswerFault(Exception):
    """The server answered, and the answer is of no use."""

    def __init__(self, cause: str, *, refused: bool = False) -> None:
        super().__init__(cause)
        self.cause = cause
        """snake_case, for logs; never holds anything of the answer."""
        self.refused = refused
        """Whether the same request would be answered so again."""

    @property
    def no_such_address(self) -> bool:
        """Whether the server has nothing at this address: it may speak another dialect."""
        return self.cause in ("status_404", "status_405")


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelServer:
    """How the failures of one model server are named."""

    name: str
    """For logs, e.g. `whisper`."""
    base_url: str
    unavailable: type[EngineError]
    refused: type[EngineError]

    @contextmanager
    def failures(self, **facts: object) -> Iterator[None]:
        """Around a request: what fails in it is logged once, with these facts, and raised as EngineError."""
        started = time.monotonic()
        try:
            yield
        except (httpx.HTTPError, TimeoutError, AnswerFault) as error:
            cause = cause_of(error)
            duration_ms = round(1000 * (time.monotonic() - started))
            log.warning(f"{self.name}_failed", cause=cause, duration_ms=duration_ms, **facts)
            kind = self.refused if isinstance(error, AnswerFault) and error.refused else self.unavailable
            raise kind(f"{self.name} at {self._address()}: {cause} after {duration_ms} ms") from error

    def _address(self) -> str:
        return httpx.URL(self.base_url).netloc.decode("ascii")  # without a user name and password


def cause_of(error: httpx.HTTPError | TimeoutError | AnswerFault) -> str:
    """One snake_case word or two for logs."""
    match error:
        case AnswerFault():
            return error.cause
        case httpx.ConnectTimeout():
            return "connect_timeout"
        case TimeoutError() | httpx.TimeoutException():
            return "timeout"
        case httpx.ConnectError():
            return "cannot_connect"
        case httpx.DecodingError():
            return "broken_answer"
        case _:
            return "connection_lost"


def check_status(response: httpx.Response) -> None:
    """AnswerFault unless the server says 200.

    Its own trouble (5xx) and its being busy pass. Everything else, redirects too, is about what was asked.
    """
    status = response.status_code
    if status != httpx.codes.OK:
        temporary = status >= 500 or status in _TEMPORARY_STATUSES
        raise AnswerFault(f"status_{status}", refused=not temporary)


async def complaint(response: httpx.Response) -> str:
    """What the server has against the request, in lower case; empty where the request is not what is wrong.

    For looking words up in it, not for logs: it may quote what was asked.
    """
    if response.status_code not in _COMPLAINT_STATUSES:
        return ""
    return (await beginning(response)).decode(errors="replace").lower()


async def beginning(response: httpx.Response) -> bytes:
    """The first 16 KiB of the body or a little more; the rest is left."""
    body = bytearray()
    async for chunk in response.aiter_bytes():
        body += chunk
        if len(body) > _MAX_BEGINNING_BYTES:
            break
    return bytes(body)


async def bounded_body(response: httpx.Response, max_bytes: int) -> bytes:
    """The whole body, or AnswerFault if it is longer or breaks off."""
    body = bytearray()
    try:
        async for chunk in response.aiter_bytes():
            body += chunk
            if len(body) > max_bytes:
                raise AnswerFault("answer_too_large")
    except (httpx.ReadError, httpx.RemoteProtocolError) as error:
        raise AnswerFault("answer_cut_short") from error
    return bytes(body)


async def bounded_lines(response: httpx.Response, max_line_bytes: int) -> AsyncGenerator[bytes, None]:
    """The body's lines as they arrive, without blank ones, or AnswerFault if one is longer or the body breaks
    off. A last line without its newline counts."""
    rest = b""
    try:
        async for chunk in response.aiter_bytes():
            *lines, rest = (rest + chunk).split(b"\n")
            for line in filter(bytes.strip, lines):
                yield line
            if len(rest) > max_line_bytes:
                raise AnswerFault("line_too_long")
    except (httpx.ReadError, httpx.RemoteProtocolError) as error:
        raise AnswerFault("stream_cut") from error
    if rest.strip():
        yield rest
