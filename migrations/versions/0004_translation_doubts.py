# Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
"""What may be wrong with a translation is kept with it."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

# As in 0001, but for what `translation` stands for: the columns that a final translation keeps.
KEEP_FINALS = """
CREATE OR REPLACE FUNCTION paragraphs_keep_finals() RETURNS trigger LANGUAGE plpgsql AS $$
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
    IF OLD.translation_status = 'final' AND ({new}) IS DISTINCT FROM ({old}) THEN
        RAISE EXCEPTION 'a final translation never changes'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'paragraphs_keep_finals';
    END IF;
    RETURN NEW;
END
$$
"""
BEFORE = ("translated_text", "translation_status")


def upgrade() -> None:
    """To this revision."""
    op.add_column(
        "paragraphs",
        sa.Column("translation_doubts", sa.ARRAY(sa.Text()), nullable=False, server_default="{}"),
    )
    op.create_check_constraint(
        op.f("ck_paragraphs_translation_doubts"),
        "paragraphs",
        "translation_doubts <@ ARRAY['number', 'negation', 'untranslated', 'inexact']",
    )
    _keep_finals(*BEFORE, "translation_doubts")


def downgrade() -> None:
    """Back to the one before."""
    _keep_finals(*BEFORE)
    op.drop_constraint(op.f("ck_paragraphs_translation_doubts"), "paragraphs")
    op.drop_column("paragraphs", "translation_doubts")


def _keep_finals(*columns: str) -> None:
    new, old = (", ".join(f"{row}.{column}" for column in columns) for row in ("NEW", "OLD"))
    op.execute(KEEP_FINALS.format(new=new, old=old))
