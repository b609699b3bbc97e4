# Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
"""Users, conversations with their paragraphs, and logins."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

# What was shown as final must never change, whatever the code above the database believes.
KEEP_FINALS = """
CREATE FUNCTION paragraphs_keep_finals() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.status = 'final' AND
        (NEW.conversation_id, NEW.paragraph_index, NEW.source_text, NEW.source_language, NEW.status,
         NEW.started_at, NEW.ended_at)
        IS DISTINCT FROM
        (OLD.conversation_id, OLD.paragraph_index, OLD.source_text, OLD.source_language, OLD.status,
         OLD.started_at, OLD.ended_at)
    THEN
        RAISE EXCEPTION 'a final paragraph never changes'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'paragraphs_keep_finals';
    END IF;
    IF OLD.translation_status = 'final' AND
        (NEW.translated_text, NEW.translation_status)
        IS DISTINCT FROM
        (OLD.translated_text, OLD.translation_status)
    THEN
        RAISE EXCEPTION 'a final translation never changes'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'paragraphs_keep_finals';
    END IF;
    RETURN NEW;
END
$$
"""


def upgrade() -> None:
    """To this revision."""
    _create_users()
    _create_conversations()
    _create_paragraphs()
    _create_logins()


def downgrade() -> None:
    """Back to an empty database."""
    for table in ("logins", "paragraphs", "conversations", "users"):
        op.drop_table(table)
    op.execute("DROP FUNCTION paragraphs_keep_finals()")


def _time(name: str, *, nullable: bool = False, now: bool = False) -> sa.Column[object]:
    default = sa.func.now() if now else None
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable, server_default=default)


def _create_users() -> None:
    op.create_table(
        "users",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("oidc_issuer", sa.Text(), nullable=False),
        sa.Column("oidc_sub", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=True),
        sa.Column("display_name", sa.Text(), nullable=False),
        _time("created_at", now=True),
        sa.PrimaryKeyConstraint("id", name="pk_users"),
        sa.UniqueConstraint("oidc_issuer", "oidc_sub", name="uq_users_oidc_issuer_oidc_sub"),
    )


def _create_conversations() -> None:
    op.create_table(
        "conversations",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False, server_default=""),
        sa.Column("source_language", sa.Text(), nullable=False),
        sa.Column("target_language", sa.Text(), nullable=False),
        _time("created_at", now=True),
        _time("updated_at", now=True),
        _time("deleted_at", nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_conversations"),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name="fk_conversations_user_id", ondelete="CASCADE"
        ),
    )
    op.create_index(
        "ix_conversations_newest",
        "conversations",
        ["user_id", sa.text("created_at DESC"), sa.text("id DESC")],
        postgresql_where=sa.text("deleted_at IS NULL"),
    )


def _create_paragraphs() -> None:
    op.create_table(
        "paragraphs",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("conversation_id", sa.Uuid(), nullable=False),
        sa.Column("paragraph_index", sa.Integer(), nullable=False),
        sa.Column("source_text", sa.Text(), nullable=False),
        sa.Column("source_language", sa.Text(), nullable=False, server_default=""),
        sa.Column("translated_text", sa.Text(), nullable=False, server_default=""),
        sa.Column("status", sa.Text(), nullable=False, server_default="in_progress"),
        sa.Column("translation_status", sa.Text(), nullable=False, server_default="pending"),
        _time("started_at"),
        _time("ended_at", nullable=True),
        _time("created_at", now=True),
        sa.PrimaryKeyConstraint("id", name="pk_paragraphs"),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["conversations.id"],
            name="fk_paragraphs_conversation_id",
            ondelete="CASCADE",
        ),
        sa.UniqueConstraint(
            "conversation_id", "paragraph_index", name="uq_paragraphs_conversation_id_paragraph_index"
        ),
        sa.CheckConstraint("paragraph_index >= 0", name=op.f("ck_paragraphs_paragraph_index")),
        sa.CheckConstraint("status IN ('in_progress', 'final')", name=op.f("ck_paragraphs_status")),
        sa.CheckConstraint(
            "translation_status IN ('pending', 'final', 'partial', 'none')",
            name=op.f("ck_paragraphs_translation_status"),
        ),
        sa.CheckConstraint(
            "status <> 'final' OR ended_at IS NOT NULL", name=op.f("ck_paragraphs_final_has_ended")
        ),
    )
    op.execute(KEEP_FINALS)
    op.execute(
        "CREATE TRIGGER paragraphs_keep_finals BEFORE UPDATE ON paragraphs"
        " FOR EACH ROW EXECUTE FUNCTION paragraphs_keep_finals()"
    )


def _create_logins() -> None:
    op.create_table(
        "logins",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("token_sha256", sa.LargeBinary(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=True),
        sa.Column("data", postgresql.JSONB(), nullable=False),
        _time("created_at", now=True),
        _time("last_seen_at", now=True),
        _time("expires_at"),
        sa.PrimaryKeyConstraint("id", name="pk_logins"),
        sa.UniqueConstraint("token_sha256", name="uq_logins_token_sha256"),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_logins_user_id", ondelete="CASCADE"),
    )
    op.create_index("ix_logins_user_id", "logins", ["user_id"])
    op.create_index("ix_logins_expires_at", "logins", ["expires_at"])
