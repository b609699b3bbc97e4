# Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
"""Which conversations hold what is sought.

A place is a paragraph, either side of it, or a title, in which every word of the query stands: in any form
that the language's stemmer takes for the same, or as a part of a word. What the index holds for that,
migration 0003 says. The index answers for stems; of groups of letters it only knows that all are there, so
that those places are read once more, and only for as many conversations as are shown.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Select,
    String,
    and_,
    cast,
    false,
    func,
    literal,
    or_,
    select,
    text,
    true,
)
from sqlalchemy.dialects.postgresql import TSQUERY
from sqlalchemy.ext.asyncio import AsyncSession

from db.models import ConversationRow, ParagraphRow
from db.places import Token, initial


@dataclass(frozen=True, slots=True, kw_only=True)
class SoughtWord:
    """One word of a query, and what the index calls it."""

    folded: str
    """Without case and accents."""
    stems: tuple[str, ...]
    grams: tuple[str, ...]

    @property
    def stem_query(self) -> str:
        """The word in any of its forms, as a tsquery; empty where no language knows it."""
        return " | ".join(map(_quoted, self.stems))

    @property
    def index_query(self) -> str:
        """Where the index says that the word could be, as a tsquery."""
        whole = [f"({self.stem_query})"] if self.stems else []
        parts = ["(" + " & ".join(map(_quoted, self.grams)) + ")"] if self.grams else []
        return "(" + " | ".join(whole + parts) + ")"

    @property
    def pattern(self) -> str:
        """For LIKE on folded text."""
        escaped = self.folded.replace("\\", r"\\").replace("%", r"\%").replace("_", r"\_")
        return f"%{escaped}%"


_SOUGHT = text(
    "SELECT search_fold(word) AS folded,"
    " search_sought_stems(word) AS stems, search_sought_grams(word) AS grams"
    " FROM unnest(cast(:words AS text[])) AS word"
)


async def prefer_index(session: AsyncSession) -> None:
    """For the rest of the transaction.

    The planner takes `@@` to be as cheap as comparing numbers, though it unpacks hundreds of lexemes of each
    row: for a frequent word it would read everybody's paragraphs.
    """
    await session.execute(select(func.set_config("enable_seqscan", "off", True)))


async def sought_words(session: AsyncSession, query: str) -> list[SoughtWord]:
    """The query's words. What holds neither letters nor digits is left out: it is nowhere in the index."""
    rows = (await session.execute(_SOUGHT, {"words": list(dict.fromkeys(query.split()))})).all()
    return [
        SoughtWord(folded=row.folded, stems=tuple(row.stems), grams=tuple(row.grams))
        for row in rows
        if row.stems or row.grams
    ]


def found(newest: Select[ConversationRow], user_id: UUID, words: list[SoughtWord], limit: int) -> Select[Any]:
    """The first conversations of `newest` that have all words in one place.

    Columns: id, title, title_language, target_language; and of the first paragraph with such a place
    paragraph_index, source_text, source_language and translated_text, all None where only the title has them.
    """
    candidates = (
        select(ParagraphRow.conversation_id)
        .where(ParagraphRow.search.op("@@")(_index_query(user_id, words)))
        .distinct()
        .cte("candidates")
        .prefix_with("MATERIALIZED")
    )
    ordered = (
        newest.with_only_columns(
            ConversationRow.id,
            ConversationRow.updated_at,
            ConversationRow.title,
            ConversationRow.source_language.label("title_language"),
            ConversationRow.target_language,
            func.coalesce(_in_title(words), false()).label("in_title"),
        )
        .where(or_(ConversationRow.id.in_(select(candidates.c.conversation_id)), _in_title(words)))
        .cte("ordered")
        .prefix_with("MATERIALIZED")
    )
    place = (
        select(
            ParagraphRow.paragraph_index,
            ParagraphRow.source_text,
            ParagraphRow.source_language,
            ParagraphRow.translated_text,
        )
        .where(ParagraphRow.conversation_id == ordered.c.id, ParagraphRow.search.is_not(None))
        .where(*(_in_paragraph(word) for word in words))
        .order_by(ParagraphRow.paragraph_index)
        .limit(1)
        .lateral("place")
    )
    return (
        select(ordered, place)
        .join_from(ordered, place, true(), isouter=True)
        .where(ordered.c.in_title | place.c.paragraph_index.is_not(None))
        .order_by(ordered.c.updated_at.desc(), ordered.c.id.desc())
        .limit(limit)
    )


def _index_query(user_id: UUID, words: Iterable[SoughtWord]) -> ColumnElement[Any]:
    return _tsquery(" & ".join([_quoted(f"u:{user_id}"), *(word.index_query for word in words)]))


def _in_paragraph(word: SoughtWord) -> ColumnElement[bool]:
    texts = (ParagraphRow.source_text, ParagraphRow.translated_text)
    parts = [func.search_fold(side).like(word.pattern) for side in texts]
    return or_(_has_stem(ParagraphRow.search, word), *parts)


def _in_title(words: list[SoughtWord]) -> ColumnElement[bool]:
    return and_(
        *(
            or_(
                _has_stem(ConversationRow.title_search, word),
                ConversationRow.title_folded.like(word.pattern),
            )
            for word in words
        )
    )


def _has_stem(search: ColumnElement[Any] | Any, word: SoughtWord) -> ColumnElement[bool]:
    # The function behind `@@`. As an operator it would have the index asked anew for each conversation.
    return func.ts_match_vq(search, _tsquery(word.stem_query)) if word.stems else false()


def _tsquery(query: str) -> ColumnElement[Any]:
    return cast(literal(query, String), TSQUERY)


def _quoted(lexeme: str) -> str:
    escaped = lexeme.replace("\\", "\\\\").replace("'", "''")
    return f"'{escaped}'"


_FORMS = text(
    "SELECT language, word"
    " FROM unnest(cast(:languages AS text[]), cast(:words AS text[])) AS tokens (language, word)"
    " WHERE search_stems(language, word) && cast(:stems AS text[])"
)


async def forms_among(session: AsyncSession, tokens: set[Token], words: list[SoughtWord]) -> set[Token]:
    """Which of these are forms of a word that is sought.

    Only those are looked at that begin with the letter of a stem: nearly all stemmers take off endings.
    """
    stems = {stem for word in words for stem in word.stems}
    beginnings = {stem[: stem.index("=") + 2] for stem in stems}
    known = sorted(token for token in tokens if f"{token[0]}={initial(token[1])}" in beginnings)
    parameters = {
        "languages": [language for language, _ in known],
        "words": [word for _, word in known],
        "stems": sorted(stems),
    }
    return {(row.language, row.word) for row in await session.execute(_FORMS, parameters)}
