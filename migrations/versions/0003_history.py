# Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
"""History: the list's order, search over titles and both texts, and what is to be purged.

Search needs no extension, since PostgreSQL may be somebody else's. `search` holds, as one tsvector:

    u:UUID     whose paragraph it is, so that one look into the index leaves everybody else's out
    en=hous    a word's stem in the text's language, by PostgreSQL's own configurations
    hou ous    groups of three letters in a word, which find parts of words; ^h ^ho are its beginning
    北 北京    in Han and kana, which set no spaces, one and two characters

All of it without case and accents (`search_fold`). Only what is final is indexed: open paragraphs are written
several times a second.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

# Marks of Latin, Greek and Cyrillic, points of Hebrew, vowel signs of Arabic.
FOLD = r"""
CREATE FUNCTION search_fold(text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE COST 500 AS $$
SELECT normalize(
    regexp_replace(
        replace(normalize(lower($1), NFKD), 'ß', 'ss'),
        '[\u0300-\u036F\u0591-\u05BD\u05BF-\u05C7\u064B-\u065F]', '', 'g'),
    NFKC)
$$
"""

# Words, and runs of Han or kana; `^` and `$` of a bracket are its first and last character.
RUNS = r"""
CREATE FUNCTION search_runs(text) RETURNS TABLE (place bigint, run text, dense boolean)
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
SELECT place, found[1],
    found[1] ~ '^[\u3040-\u30FF\u31F0-\u31FF\u3400-\u4DBF\u4E00-\u9FFF\uF900-\uFAFF\U00020000-\U0003FFFF]'
FROM regexp_matches(
    regexp_replace(
        search_fold($1),
        '([\u3040-\u30FF\u31F0-\u31FF\u3400-\u4DBF\u4E00-\u9FFF\uF900-\uFAFF\U00020000-\U0003FFFF]+)',
        ' \1 ', 'g'),
    '[[:alnum:]]+', 'g') WITH ORDINALITY AS matches (found, place)
$$
"""

GRAMS = """
CREATE FUNCTION search_grams(text) RETURNS text[] LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
SELECT coalesce(array_agg(gram), '{}')
FROM (SELECT DISTINCT run, dense FROM search_runs($1)) AS runs,
    LATERAL (
        SELECT substr(run, i, 3) FROM generate_series(1, length(run) - 2) AS i WHERE NOT dense
        UNION ALL SELECT '^' || left(run, n) FROM generate_series(1, 2) AS n WHERE NOT dense
        UNION ALL SELECT substr(run, i, 1) FROM generate_series(1, length(run)) AS i WHERE dense
        UNION ALL SELECT substr(run, i, 2) FROM generate_series(1, length(run) - 1) AS i WHERE dense
    ) AS grams (gram)
$$
"""

# Fewer than three letters are looked for at the beginning of words only. Where they are the first of several
# runs of what is sought ("n't"), they may be the end of a word, of which the index says nothing.
SOUGHT_GRAMS = """
CREATE FUNCTION search_sought_grams(text) RETURNS text[] LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
SELECT coalesce(array_agg(DISTINCT gram), '{}')
FROM (SELECT *, count(*) OVER () AS runs FROM search_runs($1)) AS sought,
    LATERAL (
        SELECT substr(run, i, 3) FROM generate_series(1, length(run) - 2) AS i WHERE NOT dense
        UNION ALL SELECT '^' || run WHERE NOT dense AND length(run) < 3 AND (runs = 1 OR place > 1)
        UNION ALL SELECT substr(run, i, 2) FROM generate_series(1, length(run) - 1) AS i WHERE dense
        UNION ALL SELECT run WHERE dense AND length(run) = 1
    ) AS grams (gram)
$$
"""

CONFIGURATIONS = {
    "ar": "arabic",
    "ca": "catalan",
    "da": "danish",
    "de": "german",
    "el": "greek",
    "en": "english",
    "es": "spanish",
    "et": "estonian",
    "eu": "basque",
    "fi": "finnish",
    "fr": "french",
    "hi": "hindi",
    "hu": "hungarian",
    "hy": "armenian",
    "id": "indonesian",
    "it": "italian",
    "lt": "lithuanian",
    "ne": "nepali",
    "nl": "dutch",
    "nn": "norwegian",
    "no": "norwegian",
    "pt": "portuguese",
    "ro": "romanian",
    "ru": "russian",
    "sr": "serbian",
    "sv": "swedish",
    "ta": "tamil",
    "tr": "turkish",
    "yi": "yiddish",
}
_ROWS = ", ".join(f"('{code}', '{name}')" for code, name in CONFIGURATIONS.items())

# Looked up when it is used: an older PostgreSQL knows fewer languages.
LANGUAGES = f"""
CREATE VIEW search_languages AS
SELECT code, configuration.oid::regconfig AS configuration
FROM (VALUES {_ROWS}) AS languages (code, name)
JOIN pg_ts_config AS configuration ON configuration.cfgname = languages.name
WHERE configuration.cfgnamespace = 'pg_catalog'::regnamespace
"""

STEMS = """
CREATE FUNCTION search_stems(language text, words text) RETURNS text[] LANGUAGE sql STABLE STRICT AS $$
SELECT coalesce(array_agg(code || '=' || search_fold(stem)), '{}')
FROM search_languages, unnest(tsvector_to_array(to_tsvector(configuration, words))) AS stem
WHERE code = language AND search_fold(stem) <> ''
$$
"""

SOUGHT_STEMS = """
CREATE FUNCTION search_sought_stems(word text) RETURNS text[] LANGUAGE sql STABLE STRICT AS $$
SELECT coalesce(array_agg(code || '=' || search_fold(stem)), '{}')
FROM search_languages, unnest(tsvector_to_array(to_tsvector(configuration, word))) AS stem
WHERE search_fold(stem) <> ''
$$
"""

INDEX_PARAGRAPH = """
CREATE FUNCTION paragraphs_index() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    of conversations;
    translation text;
BEGIN
    IF NEW.status <> 'final' THEN
        RETURN NEW;
    END IF;
    IF TG_OP = 'UPDATE' AND OLD.search IS NOT NULL AND
        (NEW.translation_status = 'pending' OR (NEW.translated_text, NEW.translation_status)
        IS NOT DISTINCT FROM (OLD.translated_text, OLD.translation_status))
    THEN
        RETURN NEW;
    END IF;
    SELECT * INTO of FROM conversations WHERE id = NEW.conversation_id;
    translation := CASE WHEN NEW.translation_status = 'pending' THEN '' ELSE NEW.translated_text END;
    NEW.search := array_to_tsvector(
        ARRAY['u:' || of.user_id]
        || search_stems(NEW.source_language, NEW.source_text)
        || search_stems(of.target_language, translation)
        || search_grams(NEW.source_text || ' ' || translation)
    );
    RETURN NEW;
END
$$
"""

# A user has some thousand titles at the most: they are read through, so nothing but their form is prepared.
INDEX_TITLE = """
CREATE FUNCTION conversations_index() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.title_folded := search_fold(NEW.title);
    NEW.title_search := array_to_tsvector(
        search_stems(NEW.source_language, NEW.title) || search_stems(NEW.target_language, NEW.title)
    );
    RETURN NEW;
END
$$
"""


def upgrade() -> None:
    """To this revision."""
    for function in (FOLD, RUNS, GRAMS, SOUGHT_GRAMS, LANGUAGES, STEMS, SOUGHT_STEMS):
        op.execute(function)
    _order_by_update()
    _search_titles()
    _search_paragraphs()


def downgrade() -> None:
    """Back to the one before."""
    op.execute("DROP TRIGGER conversations_index ON conversations")
    op.execute("DROP TRIGGER paragraphs_index ON paragraphs")
    op.drop_index("ix_paragraphs_search", "paragraphs")
    op.drop_column("paragraphs", "search")
    op.drop_column("conversations", "title_folded")
    op.drop_column("conversations", "title_search")
    op.drop_index("ix_conversations_deleted_at", "conversations")
    _order("created_at", instead_of="ix_conversations_updated", name="ix_conversations_newest")
    for name in ("conversations_index()", "paragraphs_index()", "search_sought_stems(text)"):
        op.execute(f"DROP FUNCTION {name}")
    op.execute("DROP FUNCTION search_stems(text, text)")
    op.execute("DROP VIEW search_languages")
    for name in ("search_sought_grams", "search_grams", "search_runs", "search_fold"):
        op.execute(f"DROP FUNCTION {name}(text)")


def _order_by_update() -> None:
    _order("updated_at", instead_of="ix_conversations_newest", name="ix_conversations_updated")
    op.create_index(
        "ix_conversations_deleted_at",
        "conversations",
        ["deleted_at"],
        postgresql_where=sa.text("deleted_at IS NOT NULL"),
    )


def _order(column: str, *, instead_of: str, name: str) -> None:
    op.drop_index(instead_of, "conversations")
    op.create_index(
        name,
        "conversations",
        ["user_id", sa.text(f"{column} DESC"), sa.text("id DESC")],
        postgresql_where=sa.text("deleted_at IS NULL"),
    )


def _search_titles() -> None:
    op.add_column("conversations", sa.Column("title_folded", sa.Text(), nullable=True))
    op.add_column("conversations", sa.Column("title_search", postgresql.TSVECTOR(), nullable=True))
    op.execute(INDEX_TITLE)
    op.execute(
        "CREATE TRIGGER conversations_index BEFORE INSERT OR UPDATE OF title ON conversations"
        " FOR EACH ROW EXECUTE FUNCTION conversations_index()"
    )
    op.execute("UPDATE conversations SET title = title")


def _search_paragraphs() -> None:
    op.add_column("paragraphs", sa.Column("search", postgresql.TSVECTOR(), nullable=True))
    op.execute(INDEX_PARAGRAPH)
    op.execute(
        "CREATE TRIGGER paragraphs_index BEFORE INSERT OR UPDATE ON paragraphs"
        " FOR EACH ROW EXECUTE FUNCTION paragraphs_index()"
    )
    op.execute("UPDATE paragraphs SET search = NULL")
    op.create_index("ix_paragraphs_search", "paragraphs", ["search"], postgresql_using="gin")
