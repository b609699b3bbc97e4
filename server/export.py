# Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
"""A conversation as a file to take away. Pure.

What was said is text in every format: nothing in it becomes a tag, a heading or a header of ours.
"""

import json
import re
import unicodedata
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from urllib.parse import quote

from db.transcripts import Conversation, Paragraph
from media.core.languages import by_code
from server.subtitles import SHORTEST_MS, Spoken, cues_of, srt, vtt
from server.word import Line, document

FILE_NAME_BYTES = 120
"""How long a file's name may be in UTF-8; systems take 255, and people shorten and number names."""


class Format(StrEnum):
    """What a conversation can be exported as; also the file's extension."""

    TXT = "txt"
    MD = "md"
    SRT = "srt"
    VTT = "vtt"
    DOCX = "docx"
    JSON = "json"


class Text(StrEnum):
    """Which texts are exported."""

    SOURCE = "source"
    TRANSLATION = "translation"
    BOTH = "both"


CONTENT_TYPES = {
    Format.TXT: "text/plain; charset=utf-8",
    Format.MD: "text/markdown; charset=utf-8",
    Format.SRT: "application/x-subrip",
    Format.VTT: "text/vtt; charset=utf-8",
    Format.DOCX: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    Format.JSON: "application/json",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Told:
    """One paragraph as it is written down."""

    index: int
    started_at: datetime
    ended_at: datetime | None
    start_ms: int
    end_ms: int
    texts: tuple[tuple[str, str, str], ...]
    """`source` or `translation`, the language's code and the text; those that are empty are left out."""
    doubts: tuple[str, ...]
    """What may be wrong with the translation."""


def exported(conversation: Conversation, form: Format, text: Text) -> bytes:
    """The file's content. Takes long for a long conversation: not for the event loop."""
    told = _told(conversation, text)
    match form:
        case Format.TXT:
            return _txt(conversation, told).encode()
        case Format.MD:
            return _md(conversation, told).encode()
        case Format.SRT:
            return srt(cues_of(_spoken(told))).encode()
        case Format.VTT:
            return vtt(cues_of(_spoken(told))).encode()
        case Format.DOCX:
            return _docx(conversation, told)
        case Format.JSON:
            return _json(conversation, told).encode()


def content_disposition(conversation: Conversation, form: Format) -> str:
    """The header that names the file: in ASCII for old clients (RFC 6266), in UTF-8 for others (RFC 8187)."""
    name = f"{file_stem(conversation)}.{form}"
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    plain = plain if plain.removesuffix(f".{form}").strip(" ._-") else f"conversation.{form}"
    plain = plain.replace("%", "_")  # Some clients decode it.
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"


_RESERVED = re.compile(r"(?i)(con|prn|aux|nul|com\d|lpt\d)(\.|$)")


def file_stem(conversation: Conversation) -> str:
    """The title as the name of a file on any system; the day where there is no title."""
    name = re.sub(r'[\\/:*?"<>|\s]+', " ", clean(conversation.title)).strip(" .")
    while len(name.encode()) > FILE_NAME_BYTES:
        name = name[:-1].rstrip(" .")
    if not name or _RESERVED.match(name):
        return f"conversation {conversation.created_at.astimezone(UTC):%Y-%m-%d}"
    return name


_NOT_TEXT = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufeff\ufffe\uffff"
    # Embeddings, overrides and isolates reorder whatever follows them. Marks (U+200E, U+200F) do not.
    "\u202a-\u202e\u2066-\u2069]"
)


def clean(text: str) -> str:
    """The text in one line, without what is no text: control characters, and what XML does not take."""
    return " ".join(_NOT_TEXT.sub(" ", text).split())


def _told(conversation: Conversation, text: Text) -> list[_Told]:
    began = conversation.paragraphs[0].started_at if conversation.paragraphs else conversation.created_at
    told = [_paragraph(paragraph, conversation, began, text) for paragraph in conversation.paragraphs]
    return [paragraph for paragraph in told if paragraph.texts]


def _paragraph(paragraph: Paragraph, conversation: Conversation, began: datetime, text: Text) -> _Told:
    sides = [
        (Text.SOURCE, paragraph.source_language, clean(paragraph.source_text)),
        (Text.TRANSLATION, conversation.target_language, clean(paragraph.translated_text)),
    ]
    start_ms = _ms(paragraph.started_at - began)
    end_ms = _ms(paragraph.ended_at - began) if paragraph.ended_at else 0
    return _Told(
        index=paragraph.paragraph_index,
        started_at=paragraph.started_at,
        ended_at=paragraph.ended_at,
        start_ms=start_ms,
        end_ms=end_ms if end_ms > start_ms else start_ms + SHORTEST_MS,
        texts=tuple(
            (str(side), language, words)
            for side, language, words in sides
            if words and text in (side, Text.BOTH)
        ),
        doubts=paragraph.translation_doubts,
    )


def _ms(time: timedelta) -> int:
    return max(0, round(time / timedelta(milliseconds=1)))


def _spoken(told: list[_Told]) -> list[Spoken]:
    return [
        Spoken(start_ms=one.start_ms, end_ms=one.end_ms, texts=tuple(text for *_, text in one.texts))
        for one in told
    ]


def _title(conversation: Conversation) -> str:
    return clean(conversation.title) or "Conversation"


def _about(conversation: Conversation) -> str:
    """When, and from which language into which."""
    when = conversation.created_at.astimezone(UTC)
    source = _language_name(conversation.source_language)
    return f"{when:%Y-%m-%d %H:%M} UTC, {source} → {_language_name(conversation.target_language)}"


def _language_name(code: str) -> str:
    language = by_code(code)
    return language.name if language else "detected language"


def _clock(ms: int) -> str:
    seconds = ms // 1000
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"


def _txt(conversation: Conversation, told: list[_Told]) -> str:
    head = f"{_title(conversation)}\n{_about(conversation)}\n"
    return head + "".join(
        f"\n[{_clock(one.start_ms)}]\n" + "".join(f"{text}\n" for *_, text in one.texts) for one in told
    )


def _md(conversation: Conversation, told: list[_Told]) -> str:
    head = f"# {_md_text(_title(conversation))}\n\n{_md_text(_about(conversation))}\n"
    return head + "".join(f"\n**{_clock(one.start_ms)}**\n" + "".join(_md_sides(one)) for one in told)


def _md_sides(told: _Told) -> list[str]:
    return [f"\n{'> ' if side == Text.TRANSLATION else ''}{_md_text(text)}\n" for side, _, text in told.texts]


def _md_text(text: str) -> str:
    """Text that Markdown leaves alone. Entities also hold where a backslash does not."""
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    text = re.sub(r"([\\`*_{}\[\]#|~$])", r"\\\1", text)
    return re.sub(r"^([-+=]|\d+(?=[.)]))", lambda start: _escaped_start(start.group()), text)


def _escaped_start(start: str) -> str:
    """The beginning of what would be a list or a heading's underline."""
    return f"&#{ord(start[0])};{start[1:]}"


def _json(conversation: Conversation, told: list[_Told]) -> str:
    fields = {
        "title": clean(conversation.title),
        "source_language": conversation.source_language,
        "target_language": conversation.target_language,
        "created_at": conversation.created_at.isoformat(),
        "updated_at": conversation.updated_at.isoformat(),
        "paragraphs": [_json_paragraph(one) for one in told],
    }
    return json.dumps(fields, ensure_ascii=False, indent=2) + "\n"


def _json_paragraph(told: _Told) -> dict[str, object]:
    return {
        "paragraph_index": told.index,
        "started_at": told.started_at.isoformat(),
        "ended_at": told.ended_at.isoformat() if told.ended_at else None,
        "start_ms": told.start_ms,
        "end_ms": told.end_ms,
        **{
            side: {"language": language, "text": text} | _json_doubts(side, told)
            for side, language, text in told.texts
        },
    }


def _json_doubts(side: str, told: _Told) -> dict[str, object]:
    return {"doubts": list(told.doubts)} if side == Text.TRANSLATION else {}


def _docx(conversation: Conversation, told: list[_Told]) -> bytes:
    lines = [
        Line(
            text=text,
            language=language,
            right_to_left=bool((known := by_code(language)) and known.right_to_left),
            clock=_clock(one.start_ms) if position == 0 else "",
            indented=side == Text.TRANSLATION and position > 0,
        )
        for one in told
        for position, (side, language, text) in enumerate(one.texts)
    ]
    return document(_title(conversation), _about(conversation), conversation.created_at, lines)
