# Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
"""A user's own conversations: list and search, read, rename, delete."""

import base64
import binascii
import json
import struct
import unicodedata
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from aiohttp import web

from db.conversations import Conversations
from db.history import History, Position, Summary, duration_ms
from db.places import Match
from db.transcripts import Conversation, Paragraph
from server.auth.access import current_user
from server.errors import Problem

CONVERSATIONS = web.AppKey("conversations", Conversations)
HISTORY = web.AppKey("history", History)

DEFAULT_LIMIT = 50
MOST_LIMIT = 100
MOST_QUERY_CHARS = 200
MOST_TITLE_CHARS = 200
NO_STORE = {"Cache-Control": "no-store"}


def routes() -> list[web.RouteDef]:
    """The addresses of conversations."""
    one = "/api/conversations/{conversation_id}"
    return [
        web.get("/api/conversations", list_conversations),
        web.get(one, show),
        web.patch(one, rename),
        web.delete(one, delete),
    ]


async def list_conversations(request: web.Request) -> web.Response:
    """The conversation that changed last first; with `q`, those that search finds."""
    wish = _wish(request)
    page = await request.app[HISTORY].list(
        current_user(request).id, limit=wish.limit, after=wish.after, query=wish.query
    )
    return web.json_response(
        {
            "conversations": [_summary(summary) for summary in page.conversations],
            "next_cursor": cursor_of(page.next_position) if page.next_position else None,
        },
        headers=NO_STORE,
    )


async def show(request: web.Request) -> web.Response:
    """One conversation, with its paragraphs in order."""
    return web.json_response(_conversation(await own_conversation(request)), headers=NO_STORE)


async def rename(request: web.Request) -> web.Response:
    """Give a conversation another title."""
    conversation_id = _conversation_id(request)
    summary = await request.app[HISTORY].rename(
        current_user(request).id, conversation_id, await _title(request)
    )
    if summary is None:
        raise _not_found()
    return web.json_response(_summary(summary), headers=NO_STORE)


async def delete(request: web.Request) -> web.Response:
    """Delete a conversation."""
    if not await request.app[HISTORY].delete(current_user(request).id, _conversation_id(request)):
        raise _not_found()
    return web.Response(status=204)


async def own_conversation(request: web.Request) -> Conversation:
    """The conversation that the address names. Raises Problem unless it is the user's own."""
    conversation = await request.app[CONVERSATIONS].read(current_user(request).id, _conversation_id(request))
    if conversation is None:
        raise _not_found()
    return conversation


def _conversation_id(request: web.Request) -> UUID:
    try:
        return UUID(request.match_info["conversation_id"])
    except ValueError:
        raise _not_found() from None


def _not_found() -> Problem:
    # The same for another user's conversation: that it exists is nobody else's business.
    return Problem(404, "not_found", "No such conversation", "It was deleted, or it was never there.")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Wish:
    limit: int
    after: Position | None
    query: str


def _wish(request: web.Request) -> _Wish:
    cursor = request.query.get("cursor")
    return _Wish(
        limit=_limit(request.query.get("limit", str(DEFAULT_LIMIT))),
        after=position_of(cursor) if cursor is not None else None,
        query=_query(request.query.get("q")),
    )


def _limit(text: str) -> int:
    # Before int(), which takes more than digits.
    if not (text.isascii() and text.isdecimal() and len(text) <= 3 and 1 <= int(text) <= MOST_LIMIT):
        raise Problem(400, "bad_limit", "No such limit", f"It must be a number from 1 to {MOST_LIMIT}.")
    return int(text)


def _query(text: str | None) -> str:
    """What is sought; empty for everything. A query of nothing but spaces is a mistake."""
    if text is None:
        return ""
    if not 1 <= len(text.strip()) <= MOST_QUERY_CHARS or "\0" in text or not _is_unicode(text):
        detail = f"It must have 1 to {MOST_QUERY_CHARS} characters, and no NUL among them."
        raise Problem(400, "bad_query", "This cannot be searched for", detail)
    return text.strip()


def _is_unicode(text: str) -> bool:
    """Whether the text can be written as UTF-8: half a surrogate pair cannot."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


async def _title(request: web.Request) -> str:
    """The title that the body asks for, without spaces around it. Raises Problem."""
    if request.content_type != "application/json":
        raise Problem(415, "unsupported_media_type", "Unsupported media type", "Send application/json.")
    try:
        body = json.loads(await request.read())
    except (ValueError, RecursionError):
        raise Problem(400, "bad_json", "The body is not JSON", "Send an object with a title.") from None
    title = body.get("title") if isinstance(body, dict) else None
    if not isinstance(title, str):
        raise _bad_title()
    title = " ".join(title.split())
    if not 1 <= len(title) <= MOST_TITLE_CHARS or not _is_unicode(title) or _has_controls(title):
        raise _bad_title()
    return title


def _has_controls(text: str) -> bool:
    return any(unicodedata.category(character) == "Cc" for character in text)


def _bad_title() -> Problem:
    detail = f"It must have 1 to {MOST_TITLE_CHARS} characters, and no control characters among them."
    return Problem(422, "bad_title", "This cannot be a title", detail)


# A cursor is the position: microseconds since 1970 and the id. It is worth nothing to anybody else, since the
# list that it is a place in is always the user's own; so it is checked, and not signed.
_CURSOR = struct.Struct(">q16s")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def cursor_of(position: Position) -> str:
    """The position, in characters that an address can hold."""
    microseconds = (position.updated_at - _EPOCH) // timedelta(microseconds=1)
    return base64.urlsafe_b64encode(_CURSOR.pack(microseconds, position.id.bytes)).decode()


def position_of(cursor: str) -> Position:
    """What `cursor_of` was given. Raises Problem for what it has not made."""
    try:
        packed = base64.b64decode(cursor.encode("ascii"), altchars=b"-_", validate=True)
        microseconds, id_bytes = _CURSOR.unpack(packed)
        updated_at = _EPOCH + timedelta(microseconds=microseconds)
    except (UnicodeEncodeError, binascii.Error, struct.error, OverflowError):
        raise Problem(
            400, "bad_cursor", "No such page", "A cursor comes from the page before; begin without one."
        ) from None
    return Position(updated_at=updated_at, id=UUID(bytes=id_bytes))


def _summary(summary: Summary) -> dict[str, object]:
    return {
        "id": str(summary.id),
        "title": summary.title,
        "source_language": summary.source_language,
        "target_language": summary.target_language,
        "created_at": iso_time(summary.created_at),
        "updated_at": iso_time(summary.updated_at),
        "duration_ms": summary.duration_ms,
        "paragraph_count": summary.paragraph_count,
        "match": _match(summary.match) if summary.match else None,
    }


def _match(match: Match) -> dict[str, object]:
    return {
        "paragraph_index": match.paragraph_index,
        "side": match.side,
        "snippet": [{"text": piece.text, "hit": piece.hit} for piece in match.snippet],
    }


def _conversation(conversation: Conversation) -> dict[str, object]:
    first, last = conversation.paragraphs[:1], conversation.paragraphs[-1:]
    return {
        "id": str(conversation.id),
        "title": conversation.title,
        "source_language": conversation.source_language,
        "target_language": conversation.target_language,
        "created_at": iso_time(conversation.created_at),
        "updated_at": iso_time(conversation.updated_at),
        "duration_ms": duration_ms(first[0].started_at, last[0].ended_at or last[0].started_at)
        if first
        else 0,
        "paragraphs": [_paragraph(paragraph) for paragraph in conversation.paragraphs],
    }


def _paragraph(paragraph: Paragraph) -> dict[str, object]:
    return {
        "paragraph_index": paragraph.paragraph_index,
        "source_text": paragraph.source_text,
        "source_language": paragraph.source_language,
        "translated_text": paragraph.translated_text,
        "status": paragraph.status,
        "translation_status": paragraph.translation_status,
        "translation_doubts": list(paragraph.translation_doubts),
        "started_at": iso_time(paragraph.started_at),
        "ended_at": iso_time(paragraph.ended_at),
        "created_at": iso_time(paragraph.created_at),
    }


def iso_time(time: datetime | None) -> str | None:
    """ISO 8601 with its offset from UTC."""
    return time.isoformat() if time else None
