# Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
"""A conversation as it leaves the database: what was said and what it means, read as a whole."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, cast
from uuid import UUID

from db.models import ConversationRow, ParagraphRow

Status = Literal["in_progress", "final"]
TranslationStatus = Literal["pending", "final", "partial", "none"]
TranslationDoubt = Literal["number", "negation", "untranslated", "inexact"]
"""What may be wrong with a translation: a number; a `not` too few or too many; part of it is not translated;
part of it says something else than was said."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Paragraph:
    """One paragraph, both sides."""

    paragraph_index: int
    """From 0."""
    source_text: str
    source_language: str
    """ISO 639-1 code of what was heard; empty where the engine does not say."""
    translated_text: str
    status: Status
    translation_status: TranslationStatus
    translation_doubts: tuple[TranslationDoubt, ...]
    """What may be wrong with the translation; empty while it is pending."""
    started_at: datetime
    ended_at: datetime | None
    """Known once the paragraph is final."""
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversation:
    """One conversation with its paragraphs in order."""

    id: UUID
    user_id: UUID
    title: str
    """Empty until something was said."""
    source_language: str
    """ISO 639-1 code, or `auto`."""
    target_language: str
    created_at: datetime
    updated_at: datetime
    paragraphs: tuple[Paragraph, ...]


def conversation_of(row: ConversationRow, paragraphs: Iterable[ParagraphRow]) -> Conversation:
    """What the rows say."""
    return Conversation(
        id=row.id,
        user_id=row.user_id,
        title=row.title,
        source_language=row.source_language,
        target_language=row.target_language,
        created_at=row.created_at,
        updated_at=row.updated_at,
        paragraphs=tuple(_paragraph(paragraph) for paragraph in paragraphs),
    )


def _paragraph(row: ParagraphRow) -> Paragraph:
    return Paragraph(
        paragraph_index=row.paragraph_index,
        source_text=row.source_text,
        source_language=row.source_language,
        translated_text=row.translated_text,
        status=cast(Status, row.status),  # The table's own rule allows no other.
        translation_status=cast(TranslationStatus, row.translation_status),
        translation_doubts=cast(tuple[TranslationDoubt, ...], tuple(row.translation_doubts)),
        started_at=row.started_at,
        ended_at=row.ended_at,
        created_at=row.created_at,
    )
