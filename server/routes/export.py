# Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
"""A conversation as a file to take away."""

import asyncio
from enum import StrEnum
from typing import TypeVar

from aiohttp import web

from server.errors import Problem
from server.export import CONTENT_TYPES, Format, Text, content_disposition, exported
from server.routes.conversations import own_conversation

Choice = TypeVar("Choice", bound=StrEnum)


def routes() -> list[web.RouteDef]:
    """The address of a conversation's file."""
    return [web.get("/api/conversations/{conversation_id}/export", export)]


async def export(request: web.Request) -> web.Response:
    """The conversation in the format and with the texts that are asked for."""
    form = _choice(request, "format", Format, Format.TXT)
    text = _choice(request, "text", Text, Text.BOTH)
    conversation = await own_conversation(request)
    # A thread of its own: a long conversation takes longer than the live ones can wait.
    content = await asyncio.to_thread(exported, conversation, form, text)
    return web.Response(
        body=content,
        headers={
            "Content-Type": CONTENT_TYPES[form],
            "Content-Disposition": content_disposition(conversation, form),
            "Cache-Control": "no-store",
        },
    )


def _choice(request: web.Request, name: str, choices: type[Choice], default: Choice) -> Choice:
    try:
        return choices(request.query.get(name, default))
    except ValueError:
        known = ", ".join(choices)
        raise Problem(400, f"bad_{name}", f"No such {name}", f"It is one of {known}.") from None
