# Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
"""The tables, as SQLAlchemy sees them; `migrations/` makes them.

Rows do not leave `db/`: repositories answer with frozen dataclasses.
"""

import re
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import (
    ARRAY,
    CheckConstraint,
    DateTime,
    Dialect,
    ForeignKey,
    Index,
    LargeBinary,
    MetaData,
    Text,
    TypeDecorator,
    UniqueConstraint,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB, TSVECTOR
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


class Prose(TypeDecorator[str]):
    """Text that a model, a person or an identity provider wrote.

    PostgreSQL takes neither NUL nor lone surrogates, which JSON can hold; the words around them must be kept.
    """

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """The text as PostgreSQL takes it."""
        return None if value is None else _UNSTORABLE.sub("\N{REPLACEMENT CHARACTER}", value)


class Base(DeclarativeBase):
    """What all tables share: the same names for constraints on every machine, times that carry a zone."""

    metadata = MetaData(
        naming_convention={
            "pk": "pk_%(table_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        }
    )
    type_annotation_map = {  # noqa: RUF012 - SQLAlchemy's interface
        str: Text(),
        datetime: DateTime(timezone=True),
        bytes: LargeBinary(),
        dict[str, Any]: JSONB(),
    }


class UserRow(Base):
    """A person, known by what the identity provider calls them."""

    __tablename__ = "users"
    __table_args__ = (UniqueConstraint("oidc_issuer", "oidc_sub"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    oidc_issuer: Mapped[str]
    oidc_sub: Mapped[str]
    email: Mapped[str | None] = mapped_column(Prose())
    display_name: Mapped[str] = mapped_column(Prose())
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    disabled_at: Mapped[datetime | None]
    """Since when this person may not come in any more."""


class ConversationRow(Base):
    """What one person said in one go, and its translation."""

    __tablename__ = "conversations"
    __table_args__ = (
        Index(
            "ix_conversations_updated",
            "user_id",
            text("updated_at DESC"),
            text("id DESC"),
            postgresql_where=text("deleted_at IS NULL"),
        ),
        Index(
            "ix_conversations_deleted_at",
            "deleted_at",
            postgresql_where=text("deleted_at IS NOT NULL"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    title: Mapped[str] = mapped_column(Prose(), server_default="")
    """Empty until something was said."""
    source_language: Mapped[str]
    """ISO 639-1 code, or `auto`."""
    target_language: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    updated_at: Mapped[datetime] = mapped_column(server_default=func.now())
    """When the conversation or a paragraph of it last changed: the order of the list."""
    deleted_at: Mapped[datetime | None]
    title_folded: Mapped[str | None] = mapped_column(deferred=True)
    """The title without case and accents. A trigger writes it, and the next one."""
    title_search: Mapped[str | None] = mapped_column(TSVECTOR, deferred=True)
    """The stems of its words."""


class ParagraphRow(Base):
    """One paragraph, both sides. A trigger keeps what is final."""

    __tablename__ = "paragraphs"
    __table_args__ = (
        # It is also the index that finds a conversation's paragraphs, in order.
        UniqueConstraint("conversation_id", "paragraph_index"),
        CheckConstraint("paragraph_index >= 0", name="paragraph_index"),
        CheckConstraint("status IN ('in_progress', 'final')", name="status"),
        CheckConstraint(
            "translation_status IN ('pending', 'final', 'partial', 'none')", name="translation_status"
        ),
        CheckConstraint(
            "translation_doubts <@ ARRAY['number', 'negation', 'untranslated', 'inexact']",
            name="translation_doubts",
        ),
        CheckConstraint("status <> 'final' OR ended_at IS NOT NULL", name="final_has_ended"),
        Index("ix_paragraphs_search", "search", postgresql_using="gin"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    conversation_id: Mapped[UUID] = mapped_column(ForeignKey("conversations.id", ondelete="CASCADE"))
    paragraph_index: Mapped[int]
    source_text: Mapped[str] = mapped_column(Prose())
    source_language: Mapped[str] = mapped_column(server_default="")
    """ISO 639-1 code of what was heard; empty where the engine does not say."""
    translated_text: Mapped[str] = mapped_column(Prose(), server_default="")
    status: Mapped[str] = mapped_column(server_default="in_progress")
    translation_status: Mapped[str] = mapped_column(server_default="pending")
    translation_doubts: Mapped[list[str]] = mapped_column(ARRAY(Text()), server_default="{}")
    """What may be wrong with the translation."""
    started_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    search: Mapped[str | None] = mapped_column(TSVECTOR, deferred=True)
    """What search finds the paragraph by, once it is final; migration 0003 says what. A trigger writes it."""


class LoginRow(Base):
    """Who is signed in, in which browser. The browser's token itself is not kept."""

    __tablename__ = "logins"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    token_sha256: Mapped[bytes] = mapped_column(unique=True)
    user_id: Mapped[UUID | None] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    """Empty while somebody is still signing in."""
    data: Mapped[dict[str, Any]]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    last_seen_at: Mapped[datetime] = mapped_column(server_default=func.now())
    expires_at: Mapped[datetime] = mapped_column(index=True)
