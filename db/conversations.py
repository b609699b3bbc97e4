# Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
"""What was said and what it means, as it is kept.

A paragraph's two sides, and what moves them (the database's own trigger keeps what is final):

    source       --open_paragraph-->                              in_progress
                 in_progress --finish_paragraph-->                final
                 in_progress --finish_abandoned-->                final
    translation  pending --finish_translation (complete)-->       final
                 pending --finish_translation (not complete)-->   partial, or none where there is no text
                 pending --finish_abandoned-->                    partial or none
                 partial, none --finish_translation (complete)--> final
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, and_, case, func, select, true, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.sql.selectable import TypedReturnsRows

from db.engine import Database
from db.errors import ConversationNotFound, ParagraphIsFinal, ParagraphNotFound
from db.models import ConversationRow, ParagraphRow
from db.transcripts import Conversation, TranslationDoubt, conversation_of

_KEY = (ParagraphRow.conversation_id, ParagraphRow.paragraph_index)


class Conversations:
    """The tables of conversations and paragraphs.

    Every method is one transaction, and whatever it writes moves the conversation's `updated_at`.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    async def start(
        self,
        conversation_id: UUID,
        user_id: UUID,
        source_language: str,
        target_language: str,
        created_at: datetime,
    ) -> None:
        """Make the conversation unless it is there. Raises ConversationNotFound if it is another user's."""
        new = insert(ConversationRow).values(
            id=conversation_id,
            user_id=user_id,
            source_language=source_language,
            target_language=target_language,
            created_at=created_at,
            updated_at=created_at,
        )
        async with self._database.transaction() as session:
            await session.execute(new.on_conflict_do_nothing(index_elements=[ConversationRow.id]))
            if await session.scalar(select(ConversationRow.id).where(_own(user_id, conversation_id))) is None:
                raise ConversationNotFound(f"conversation {conversation_id} is not one of user {user_id}")

    async def open_paragraph(
        self, conversation_id: UUID, paragraph_index: int, source_text: str, started_at: datetime
    ) -> bool:
        """Make a paragraph with its first words. False, and nothing changed, where it is there already."""
        new = insert(ParagraphRow).values(
            conversation_id=conversation_id,
            paragraph_index=paragraph_index,
            source_text=source_text,
            started_at=started_at,
        )
        opening = new.on_conflict_do_nothing(index_elements=_KEY).returning(ParagraphRow.id)
        async with self._database.transaction() as session:
            return await _write(session, opening, conversation_id)

    async def update_paragraph(self, conversation_id: UUID, paragraph_index: int, source_text: str) -> bool:
        """Keep an open paragraph current. False, and nothing changed, where it is not open (any more)."""
        growing = update(ParagraphRow).values(source_text=source_text).returning(ParagraphRow.id)
        open_one = _at(conversation_id, paragraph_index) & (ParagraphRow.status == "in_progress")
        async with self._database.transaction() as session:
            return await _write(session, growing.where(open_one), conversation_id)

    async def finish_paragraph(
        self,
        conversation_id: UUID,
        paragraph_index: int,
        source_text: str,
        source_language: str,
        started_at: datetime,
        ended_at: datetime,
    ) -> None:
        """Make the paragraph's source final, opened before or not. The same text once more changes nothing.

        Raises ParagraphIsFinal where it is final with another text.
        """
        values = {
            "source_text": source_text,
            "source_language": source_language,
            "status": "final",
            "started_at": started_at,
            "ended_at": ended_at,
        }
        new = insert(ParagraphRow).values(
            conversation_id=conversation_id, paragraph_index=paragraph_index, **values
        )
        upsert = new.on_conflict_do_update(
            index_elements=_KEY,
            set_={name: new.excluded[name] for name in values},
            where=ParagraphRow.status == "in_progress",
        ).returning(ParagraphRow.id)
        async with self._database.transaction() as session:
            if not await _write(session, upsert, conversation_id):
                paragraph = _at(conversation_id, paragraph_index)
                await _demand(session, paragraph, ParagraphRow.source_text == source_text)

    async def set_title(self, conversation_id: UUID, title: str) -> bool:
        """Give the conversation its first title. False, and nothing changed, where it has one."""
        untitled = (ConversationRow.id == conversation_id) & (ConversationRow.title == "")
        naming = update(ConversationRow).where(untitled).values(title=title).returning(ConversationRow.id)
        async with self._database.transaction() as session:
            return await _write(session, naming, conversation_id)

    async def update_translation(
        self, conversation_id: UUID, paragraph_index: int, translated_text: str
    ) -> bool:
        """Keep a growing translation current. False, and nothing changed, where it is finished."""
        growing = update(ParagraphRow).values(translated_text=translated_text).returning(ParagraphRow.id)
        pending = _at(conversation_id, paragraph_index) & (ParagraphRow.translation_status == "pending")
        async with self._database.transaction() as session:
            return await _write(session, growing.where(pending), conversation_id)

    async def finish_translation(
        self,
        conversation_id: UUID,
        paragraph_index: int,
        translated_text: str,
        complete: bool,
        doubts: Sequence[TranslationDoubt] = (),
    ) -> None:
        """Make a translation final, or say how much of it there is. The same once more changes nothing.

        Raises ParagraphNotFound, and ParagraphIsFinal where it is final with another text.
        """
        paragraph = _at(conversation_id, paragraph_index)
        status = "final" if complete else "partial" if translated_text else "none"
        finishing = (
            update(ParagraphRow)
            .where(paragraph, ParagraphRow.translation_status != "final")
            .values(
                translated_text=translated_text, translation_status=status, translation_doubts=list(doubts)
            )
            .returning(ParagraphRow.id)
        )
        async with self._database.transaction() as session:
            if not await _write(session, finishing, conversation_id):
                await _demand(session, paragraph, ParagraphRow.translated_text == translated_text)

    async def touch(self, conversation_id: UUID, at: datetime) -> None:
        """Something happened at this time; `updated_at` never goes back."""
        async with self._database.transaction() as session:
            await _touch(session, conversation_id, at)

    async def read(self, user_id: UUID, conversation_id: UUID) -> Conversation | None:
        """The user's own conversation. None where there is none, it is another's or it was deleted."""
        async with self._database.transaction() as session:
            row = await session.scalar(select(ConversationRow).where(_own(user_id, conversation_id)))
            if row is None:
                return None
            paragraphs = await session.scalars(
                select(ParagraphRow)
                .where(ParagraphRow.conversation_id == conversation_id)
                .order_by(ParagraphRow.paragraph_index)
            )
            return conversation_of(row, paragraphs)

    async def finish_abandoned(self, conversation_id: UUID | None = None) -> int:
        """Close what a live session that broke left open in its conversation; returns how many paragraphs.

        Without an id: what a crash left open in any. That is only for the start of the one server that uses
        this database, since it would close what is live, too. All that is known of a paragraph's end is when
        its conversation was last written; that time stays as it is.
        """
        concerned = true() if conversation_id is None else ParagraphRow.conversation_id == conversation_id
        in_progress = concerned & (ParagraphRow.status == "in_progress")
        last_known = func.greatest(ParagraphRow.started_at, ConversationRow.updated_at)
        close = (
            update(ParagraphRow)
            .where(in_progress, ConversationRow.id == ParagraphRow.conversation_id)
            .values(status="final", ended_at=last_known)
        )
        settle = (
            update(ParagraphRow)
            .where(concerned, ParagraphRow.translation_status == "pending")
            .values(translation_status=case((ParagraphRow.translated_text == "", "none"), else_="partial"))
        )
        async with self._database.transaction() as session:
            closed = (await session.execute(close.returning(ParagraphRow.id))).all()
            await session.execute(settle)
            return len(closed)


def _own(user_id: UUID, conversation_id: UUID) -> ColumnElement[bool]:
    """The conversation, if it is this user's and not deleted."""
    undeleted = ConversationRow.deleted_at.is_(None)
    return and_(ConversationRow.id == conversation_id, ConversationRow.user_id == user_id, undeleted)


def _at(conversation_id: UUID, paragraph_index: int) -> ColumnElement[bool]:
    return and_(
        ParagraphRow.conversation_id == conversation_id, ParagraphRow.paragraph_index == paragraph_index
    )


async def _write(session: AsyncSession, statement: TypedReturnsRows[UUID], conversation_id: UUID) -> bool:
    """Whether the statement, which returns ids, wrote a row; if so, the conversation was updated now.

    Always in this order: writers that locked the two the other way round would wait for each other.
    """
    if await session.scalar(statement) is None:
        return False
    await _touch(session, conversation_id, func.now())
    return True


async def _touch(
    session: AsyncSession, conversation_id: UUID, at: datetime | ColumnElement[datetime]
) -> None:
    await session.execute(
        update(ConversationRow)
        .where(ConversationRow.id == conversation_id)
        .values(updated_at=func.greatest(ConversationRow.updated_at, at))
    )


async def _demand(session: AsyncSession, paragraph: ColumnElement[bool], same: ColumnElement[bool]) -> None:
    """The paragraph must be there, and the text that it has as final must be the one that is meant."""
    is_same = await session.scalar(select(same).where(paragraph))
    if is_same is None:
        raise ParagraphNotFound("there is no such paragraph")
    if not is_same:
        raise ParagraphIsFinal("the paragraph is final with another text")
