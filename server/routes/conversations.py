# Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
"""What was said, and what it means, as it was kept."""

from datetime import datetime
from uuid import UUID

from aiohttp import web

from db.conversations import Conversation, Conversations, Paragraph
from server.auth.access import current_user
from server.errors import Problem

CONVERSATIONS = web.AppKey("conversations", Conversations)


def routes() -> list[web.RouteDef]:
    """The addresses of conversations."""
    return [web.get("/api/conversations/{conversation_id}", show)]


async def show(request: web.Request) -> web.Response:
    """One conversation of the user's own, with its paragraphs in order."""
    conversation = await request.app[CONVERSATIONS].read(current_user(request).id, _conversation_id(request))
    if conversation is None:
        raise _not_found()
    return web.json_response(_conversation(conversation), headers={"Cache-Control": "no-store"})


def _conversation_id(request: web.Request) -> UUID:
    try:
        return UUID(request.match_info["conversation_id"])
    except ValueError:
        raise _not_found() from None


def _not_found() -> Problem:
    # The same for another user's conversation: that it exists is nobody else's business.
    return Problem(404, "not_found", "No such conversation", "It was deleted, or it was never there.")


def _conversation(conversation: Conversation) -> dict[str, object]:
    return {
        "id": str(conversation.id),
        "title": conversation.title,
        "source_language": conversation.source_language,
        "target_language": conversation.target_language,
        "created_at": _time(conversation.created_at),
        "updated_at": _time(conversation.updated_at),
        "paragraphs": [_paragraph(paragraph) for paragraph in conversation.paragraphs],
    }


def _paragraph(paragraph: Paragraph) -> dict[str, object]:
    return {
        "paragraph_index": paragraph.paragraph_index,
        "source_text": paragraph.source_text,
        "translated_text": paragraph.translated_text,
        "status": paragraph.status,
        "translation_status": paragraph.translation_status,
        "started_at": _time(paragraph.started_at),
        "ended_at": _time(paragraph.ended_at),
        "created_at": _time(paragraph.created_at),
    }


def _time(time: datetime | None) -> str | None:
    """ISO 8601 with its offset from UTC."""
    return time.isoformat() if time else None
