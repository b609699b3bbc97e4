# Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
"""The application with history, and browsers that are signed in to it."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid4

from aiohttp import web

from db import Conversations, Database, Logins
from server.app import build_app
from server.auth.local import OneTimeLink
from server.config import Settings
from server.routes.pages import WEB_CLIENT

BEGAN = datetime(2026, 5, 4, 9, 30, tzinfo=UTC)


def whole_app(settings: Settings, web_client: Path = WEB_CLIENT) -> web.Application:
    """The application, for a browser that is signed in already."""
    return build_app(settings, OneTimeLink(), web_client)


async def cookie_of(database: Database, user_id: UUID) -> dict[str, str]:
    """The cookie of a browser in which this user is signed in."""
    return {"dragoman": await Logins(database).create(user_id, {}, timedelta(hours=1))}


async def spoken(
    database: Database,
    user_id: UUID,
    *paragraphs: tuple[str, str],
    languages: tuple[str, str] = ("en", "de"),
    title: str = "",
    at: datetime = BEGAN,
) -> UUID:
    """A conversation in which this was said, a paragraph each ten seconds; (source, translation) each."""
    kept, conversation_id = Conversations(database), uuid4()
    await kept.start(conversation_id, user_id, *languages, at)
    for index, (source, translation) in enumerate(paragraphs):
        began = at + timedelta(seconds=10 * index)
        ended = began + timedelta(seconds=8)
        await kept.finish_paragraph(conversation_id, index, source, languages[0], began, ended)
        await kept.finish_translation(conversation_id, index, translation, True)
    if title:
        await kept.set_title(conversation_id, title)
    return conversation_id
