# Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
"""What a client is told when something goes wrong: a problem document (RFC 9457), or a page for people."""

import base64
import hashlib
import html
import json
import secrets
from collections.abc import Mapping
from http import HTTPStatus

import structlog
from aiohttp import ClientConnectionResetError, web
from aiohttp.typedefs import Handler

from db.errors import DatabaseUnavailable

log = structlog.get_logger()


class Problem(Exception):
    """A request cannot be answered as it was meant.

    `code` is stable and for programs; `title` and `detail` are English, for people, and safe to show.
    """

    def __init__(
        self,
        status: int,
        code: str,
        title: str,
        detail: str = "",
        *,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(f"{status} {code}")
        self.status = status
        self.code = code
        self.title = title
        self.detail = detail
        self.headers = dict(headers or {})


def is_api(request: web.Request) -> bool:
    """Whether programs use this address.

    The address of the route that was found counts, not the one asked for, which can be spelt in many ways.
    """
    resource = request.match_info.route.resource
    address = resource.canonical if resource else request.path
    return address == "/api" or address.startswith("/api/")


@web.middleware
async def answer_errors(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Turn what a handler raises into an answer; the outermost middleware, so that nothing escapes it."""
    try:
        return await handler(request)
    except Problem as problem:
        return _answer(request, problem)
    except DatabaseUnavailable as error:
        log.warning("database_unavailable", cause=str(error))
        return _answer(request, _database_away())
    except web.HTTPException as error:
        if error.status < HTTPStatus.BAD_REQUEST:
            raise
        return _answer(request, _from_aiohttp(error))
    except ClientConnectionResetError:
        raise  # The client has left; nobody is there to be told, and nothing is wrong here.
    except Exception:
        # The last resort: it says nothing about the cause but where to find it.
        reference = secrets.token_hex(4)
        log.exception("request_failed", reference=reference, method=request.method, route=_route(request))
        return _answer(request, _internal(reference))


def _answer(request: web.Request, problem: Problem) -> web.Response:
    return _document(problem) if is_api(request) else _page(problem)


def _document(problem: Problem) -> web.Response:
    fields = {
        "type": "about:blank",
        "title": problem.title,
        "status": problem.status,
        "code": problem.code,
        "detail": problem.detail,
    }
    return web.Response(
        status=problem.status,
        body=json.dumps({name: value for name, value in fields.items() if value}).encode(),
        content_type="application/problem+json",
        headers={"Cache-Control": "no-store", **problem.headers},
    )


PAGE_STYLE = (
    ":root{color-scheme:light dark;font:1.125rem/1.5 system-ui,sans-serif}"
    "body{max-width:34rem;margin:15vh auto;padding:0 1.25rem}h1{font-size:1.5rem}"
)
PAGE_STYLE_HASH = base64.b64encode(hashlib.sha256(PAGE_STYLE.encode()).digest()).decode()


def _page(problem: Problem) -> web.Response:
    title, detail = html.escape(problem.title), html.escape(problem.detail)
    return web.Response(
        status=problem.status,
        text=f'<!doctype html>\n<html lang="en">\n<meta charset="utf-8">\n<title>{title} - Dragoman</title>\n'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">\n<style>{PAGE_STYLE}</style>\n'
        f'<h1 data-code="{problem.code}">{title}</h1>\n<p>{detail}</p>\n'
        '<p><a href="/">To the start page</a></p>\n'
        f"<p>Code: <code>{problem.code}</code></p>\n</html>\n",
        content_type="text/html",
        headers={
            "Cache-Control": "no-store",
            "Content-Security-Policy": "default-src 'none'; base-uri 'none'; form-action 'none'; "
            f"frame-ancestors 'none'; style-src 'sha256-{PAGE_STYLE_HASH}'",
            **problem.headers,
        },
    )


def _from_aiohttp(error: web.HTTPException) -> Problem:
    codes = {413: "body_too_large"}
    names = ("Allow", "Retry-After", "WWW-Authenticate")
    kept = {name: error.headers[name] for name in names if name in error.headers}
    return Problem(
        error.status,
        codes.get(error.status, error.reason.lower().replace(" ", "_")),
        error.reason,
        _EXPLANATIONS.get(error.status, ""),
        headers=kept,
    )


_EXPLANATIONS = {
    401: "This address is for programs that show its token.",
    404: "There is nothing at this address.",
    405: "This address does not know that method.",
    413: "The request's body is larger than this address takes.",
}


def _database_away() -> Problem:
    return Problem(
        503,
        "database_unavailable",
        "The database does not answer",
        "Nothing can be read or stored now. Try again in a moment.",
        headers={"Retry-After": "5"},
    )


def _internal(reference: str) -> Problem:
    return Problem(
        500,
        "internal_error",
        "Something went wrong in the server",
        f"The server's log says what, next to the reference {reference}.",
    )


def _route(request: web.Request) -> str:
    resource = request.match_info.route.resource
    return resource.canonical if resource else "none"
