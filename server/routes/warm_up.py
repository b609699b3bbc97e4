# Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
"""The page says that somebody may soon speak."""

from aiohttp import web

from server.warm_up import WarmUp

WARM_UP = web.AppKey("warm_up", WarmUp)


def routes() -> list[web.RouteDef]:
    """The address that the page calls when it opens."""
    return [web.post("/api/warm-up", warm_up)]


async def warm_up(request: web.Request) -> web.Response:
    """202 at once, whatever the models do; the speaker is told of that while they speak."""
    request.app[WARM_UP].wish()
    return web.Response(status=202)
