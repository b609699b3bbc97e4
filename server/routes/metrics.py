# Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
"""The figures for a monitoring system, which has no login: behind a token, or on a port of their own."""

import hmac

from aiohttp import web

from server.auth.bearer import bearer_token, has_bearer
from server.auth.refused import Refused
from server.metrics import CONTENT_TYPE, Metrics

METRICS = web.AppKey("metrics", Metrics)
TOKEN = web.AppKey("metrics_token", str)


def routes() -> list[web.RouteDef]:
    """The address on the server's own port, for whoever shows the token `app[TOKEN]`."""
    return [web.get("/metrics", guarded)]


def metrics_app(metrics: Metrics) -> web.Application:
    """The same for whoever can reach the port that it is served on, and nothing else."""
    app = web.Application()
    app[METRICS] = metrics
    app.add_routes([web.get("/metrics", unguarded)])
    return app


async def guarded(request: web.Request) -> web.Response:
    """All figures, to whoever shows the token."""
    if not has_bearer(request) or not _is_token(request, request.app[TOKEN]):
        raise web.HTTPUnauthorized(headers={"WWW-Authenticate": 'Bearer realm="metrics"'})
    return await unguarded(request)


async def unguarded(request: web.Request) -> web.Response:
    """All figures."""
    return web.Response(
        body=request.app[METRICS].text(),
        headers={"Content-Type": CONTENT_TYPE, "Cache-Control": "no-store"},
    )


def _is_token(request: web.Request, token: str) -> bool:
    """Found out in a time that tells nothing of the token."""
    try:
        shown = bearer_token(request)
    except Refused:
        return False
    return hmac.compare_digest(shown.encode(errors="surrogateescape"), token.encode())
