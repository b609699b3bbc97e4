# Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
"""A user's own conversations: list, rename, delete; and the end of what was deleted."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Select, delete, func, select, tuple_, update
from sqlalchemy.ext.asyncio import AsyncSession

from db.engine import Database
from db.models import ConversationRow, ParagraphRow
from db.places import Match, Place, match_of
from db.search import forms_among, found, prefer_index, sought_words


@dataclass(frozen=True, slots=True, kw_only=True)
class Position:
    """A place in the list, from which the next page goes on; it stays right when others are added above."""

    updated_at: datetime
    id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """One conversation without its paragraphs."""

    id: UUID
    title: str
    """Empty until something was said."""
    source_language: str
    """ISO 639-1 code, or `auto`."""
    target_language: str
    created_at: datetime
    updated_at: datetime
    duration_ms: int
    """From the first paragraph's start to the last one's end."""
    paragraph_count: int
    match: Match | None = None
    """Where what was searched for stands."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A part of the list."""

    conversations: tuple[Summary, ...]
    next_position: Position | None
    """None on the last page."""


class History:
    """What a user sees of conversations that are over, or still go on. Every method is one transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def list(
        self, user_id: UUID, *, limit: int, after: Position | None = None, query: str = ""
    ) -> Page:
        """The user's conversations, the one that changed last first; with a query, those that it finds."""
        async with self._database.transaction() as session:
            if query:
                return await _search(session, user_id, limit, after, query)
            rows = await session.execute(listing(user_id, after).limit(limit + 1))
            return _page([_summary(*row) for row in rows], limit)

    async def rename(self, user_id: UUID, conversation_id: UUID, title: str) -> Summary | None:
        """Give it another title. None where there is none, it is another's or it was deleted."""
        naming = (
            update(ConversationRow)
            .where(ConversationRow.id == conversation_id, _listed(user_id))
            .values(title=title, updated_at=func.greatest(ConversationRow.updated_at, func.now()))
            .returning(ConversationRow.id)
        )
        renamed = listing(user_id, None).where(ConversationRow.id == conversation_id)
        async with self._database.transaction() as session:
            if await session.scalar(naming) is None:
                return None
            return _summary(*(await session.execute(renamed)).one())

    async def delete(self, user_id: UUID, conversation_id: UUID) -> bool:
        """Take it out of everything that can be read. False where there is none, or it is another's."""
        deleting = (
            update(ConversationRow)
            .where(ConversationRow.id == conversation_id, _listed(user_id))
            .values(deleted_at=func.now())
            .returning(ConversationRow.id)
        )
        async with self._database.transaction() as session:
            return await session.scalar(deleting) is not None

    async def purge_deleted(self, older_than: timedelta) -> int:
        """Really delete what was deleted so long ago; returns how many conversations."""
        purging = delete(ConversationRow).where(ConversationRow.deleted_at < func.now() - older_than)
        async with self._database.transaction() as session:
            return len((await session.execute(purging.returning(ConversationRow.id))).all())


_OF_CONVERSATION = ParagraphRow.conversation_id == ConversationRow.id
_PARAGRAPHS = select(ParagraphRow).where(_OF_CONVERSATION).correlate(ConversationRow).limit(1)
_STARTED = _PARAGRAPHS.with_only_columns(ParagraphRow.started_at).order_by(ParagraphRow.paragraph_index)
_ENDED = _PARAGRAPHS.with_only_columns(
    func.coalesce(ParagraphRow.ended_at, ParagraphRow.started_at)
).order_by(ParagraphRow.paragraph_index.desc())
_COUNT = select(func.count()).select_from(ParagraphRow).where(_OF_CONVERSATION).correlate(ConversationRow)
# Asked for in the list's own statement, and answered from the index that holds a conversation's paragraphs.
_FIGURES = (_STARTED.scalar_subquery(), _ENDED.scalar_subquery(), _COUNT.scalar_subquery())


def _listed(user_id: UUID) -> ColumnElement[bool]:
    return (ConversationRow.user_id == user_id) & ConversationRow.deleted_at.is_(None)


def listing(user_id: UUID, after: Position | None) -> Select[ConversationRow, Any, Any, int]:
    """`newest`, with when the first paragraph began, when the last one ended, and how many there are."""
    return newest(user_id, after).add_columns(*_FIGURES)


def newest(user_id: UUID, after: Position | None) -> Select[ConversationRow]:
    """A user's conversations below a place in the list, the one that changed last first."""
    order = (ConversationRow.updated_at, ConversationRow.id)
    statement = select(ConversationRow).where(_listed(user_id)).order_by(*(column.desc() for column in order))
    if after is not None:
        statement = statement.where(tuple_(*order) < tuple_(after.updated_at, after.id))
    return statement


async def _search(
    session: AsyncSession, user_id: UUID, limit: int, after: Position | None, query: str
) -> Page:
    words = await sought_words(session, query)
    if not words:
        return Page(conversations=(), next_position=None)
    await prefer_index(session)
    statement = found(newest(user_id, after), user_id, words, limit + 1)
    places = {row.id: _place(row) for row in await session.execute(statement)}
    forms = await forms_among(session, set().union(*(place.tokens for place in places.values())), words)
    shown = listing(user_id, None).where(ConversationRow.id.in_(places))
    sought = [word.folded for word in words]
    summaries = [
        _summary(row, started_at, ended_at, count, match_of(places[row.id], sought, forms))
        for row, started_at, ended_at, count in await session.execute(shown)
    ]
    return _page(summaries, limit)


def _place(row: Row[Any]) -> Place:
    if row.paragraph_index is None:
        # A title may be in either language.
        languages = (row.title_language, row.target_language)
        return Place(
            paragraph_index=None, sides=tuple(("title", language, row.title) for language in languages)
        )
    return Place(
        paragraph_index=row.paragraph_index,
        sides=(
            ("source", row.source_language, row.source_text),
            ("translation", row.target_language, row.translated_text),
        ),
    )


def _page(summaries: "list[Summary]", limit: int) -> Page:
    shown = tuple(summaries[:limit])
    last = shown[-1] if len(summaries) > limit else None
    return Page(
        conversations=shown,
        next_position=Position(updated_at=last.updated_at, id=last.id) if last else None,
    )


def _summary(
    row: ConversationRow,
    started_at: datetime | None,
    ended_at: datetime | None,
    paragraph_count: int,
    match: Match | None = None,
) -> Summary:
    return Summary(
        id=row.id,
        title=row.title,
        source_language=row.source_language,
        target_language=row.target_language,
        created_at=row.created_at,
        updated_at=row.updated_at,
        duration_ms=duration_ms(started_at, ended_at),
        paragraph_count=paragraph_count,
        match=match,
    )


def duration_ms(started_at: datetime | None, ended_at: datetime | None) -> int:
    """Between the two; 0 where nothing was said."""
    if started_at is None or ended_at is None:
        return 0
    return max(0, round((ended_at - started_at) / timedelta(milliseconds=1)))
