# Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
"""Whether this process answers.

It says nothing of the parts that the server uses: restarting the server would not cure them.
"""

import tomllib
from functools import cache
from pathlib import Path

from aiohttp import web


def routes() -> list[web.RouteDef]:
    """The address for whoever watches the process; it needs no login."""
    return [web.get("/health", health)]


async def health(_: web.Request) -> web.Response:
    """200 as long as the process answers."""
    return web.json_response({"status": "ok", "version": version()}, headers={"Cache-Control": "no-store"})


@cache
def version() -> str:
    """The version in pyproject.toml, the one place where it is written."""
    text = (Path(__file__).resolve().parents[2] / "pyproject.toml").read_text()
    return str(tomllib.loads(text)["project"]["version"])
