# Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
"""The built web client, and what every answer tells the browser to guard against."""

from pathlib import Path
from urllib.parse import urlsplit

from aiohttp import web

from server.errors import Problem

WEB_CLIENT = Path(__file__).resolve().parents[2] / "webclient" / "dist"
"""Where `make web` builds it."""

CONTENT_SECURITY_POLICY = (
    "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'"
)
SECURITY_HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "microphone=(self), screen-wake-lock=(self), camera=(), geolocation=()",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
CLIENT_ADDRESSES = ("/", "/history", "/history/{conversation_id}")
"""What the web client shows at each, it decides itself."""
A_YEAR = "public, max-age=31536000, immutable"


def add_pages(app: web.Application, web_client: Path, base_url: str) -> None:
    """Serve the web client from the folder it was built into, and guard every answer of `app`."""
    pages = _Pages(web_client)
    for address in CLIENT_ADDRESSES:
        app.router.add_get(address, pages.start)
    app.router.add_get("/assets/{name:[A-Za-z0-9._-]+}", pages.asset)
    app.router.add_get("/{name:[a-z0-9-]+[.](?:svg|png|ico|webmanifest|txt)}", pages.file)
    app.on_response_prepare.append(_Guard(https=urlsplit(base_url).scheme == "https").guard)


class _Pages:
    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def start(self, _: web.Request) -> web.FileResponse:
        page = self._folder / "index.html"
        if not page.is_file():
            raise _not_built()
        return web.FileResponse(page, headers={"Cache-Control": "no-cache"})

    async def asset(self, request: web.Request) -> web.FileResponse:
        """A script, style or font whose name holds a hash of its content: it never changes."""
        return self._existing("assets", request, A_YEAR)

    async def file(self, request: web.Request) -> web.FileResponse:
        """An icon or manifest, beside the start page."""
        return self._existing("", request, "no-cache")

    def _existing(self, folder: str, request: web.Request, caching: str) -> web.FileResponse:
        path = self._folder / folder / request.match_info["name"]
        if not path.is_file():
            raise web.HTTPNotFound
        return web.FileResponse(path, headers={"Cache-Control": caching})


class _Guard:
    def __init__(self, *, https: bool) -> None:
        self._headers = dict(SECURITY_HEADERS)
        if https:
            self._headers["Strict-Transport-Security"] = "max-age=31536000"

    async def guard(self, _: web.Request, response: web.StreamResponse) -> None:
        for name, value in self._headers.items():
            response.headers.setdefault(name, value)
        response.headers.pop("Server", None)


def _not_built() -> Problem:
    return Problem(
        503,
        "web_client_missing",
        "The page is not built yet",
        "Stop the server and start it with 'make run', which builds it, or run 'make web' once.",
    )
