# Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
"""The form that is posted to `/v1/audio/transcriptions`, read and checked."""

import math
from collections.abc import Collection
from dataclasses import dataclass

from aiohttp import BodyPartReader, MultipartReader, web
from aiohttp.http_exceptions import BadHttpMessage

from media.engines.serving import Problem
from media.engines.transcription import RESPONSE_FORMATS, Wish

MOST_FILE_BYTES = 25 * 1024 * 1024
"""OpenAI's limit."""
MOST_FIELD_BYTES = 64 * 1024
MOST_FIELDS = 32
MOST_BODY_BYTES = MOST_FILE_BYTES + MOST_FIELDS * MOST_FIELD_BYTES
CHUNK_BYTES = 1 << 16
MOST_BEAM_SIZE = 10


Fields = dict[str, list[bytes]]
"""What each field holds; a field can be there more than once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TranscriptionForm:
    """What a client asks for. Fields that we do not know are passed over, as other servers do."""

    content: bytes
    """The audio file."""
    model: str
    """Empty takes the one there is."""
    wish: Wish
    response_format: str
    """One of `RESPONSE_FORMATS`."""
    granularities: frozenset[str]
    """`word`, `segment` or both; `verbose_json` has a list of each."""


async def read_form(request: web.Request, languages: Collection[str]) -> TranscriptionForm:
    """Read the request's body. Raises Problem."""
    if request.content_type != "multipart/form-data":
        raise Problem(415, "unsupported_media_type", "Post a form (multipart/form-data).")
    if (request.content_length or 0) > MOST_BODY_BYTES:
        raise _too_large("form", MOST_BODY_BYTES)
    try:
        return _checked(await _fields(await request.multipart()), languages)
    except (ValueError, BadHttpMessage) as error:
        raise _invalid("form") from error


async def _fields(parts: MultipartReader) -> Fields:
    fields: Fields = {}
    count = 0
    async for part in parts:
        count += 1
        if not isinstance(part, BodyPartReader) or not part.name or count > MOST_FIELDS:
            raise _invalid("form")
        limit = MOST_FIELD_BYTES if part.name != "file" or "file" in fields else MOST_FILE_BYTES
        fields.setdefault(part.name, []).append(await _content(part, limit))
    return fields


async def _content(part: BodyPartReader, limit: int) -> bytes:
    content = bytearray()
    while chunk := await part.read_chunk(CHUNK_BYTES):
        content += chunk
        if len(content) > limit:
            raise _too_large(str(part.name), limit)
    return bytes(content)


def _checked(fields: Fields, languages: Collection[str]) -> TranscriptionForm:
    if "file" not in fields:
        raise Problem(400, "missing_file", "The form has no 'file'.")
    return TranscriptionForm(
        content=fields["file"][-1],
        model=_text(fields, "model", ""),
        wish=Wish(
            language=_language(_text(fields, "language", ""), languages),
            languages=_languages(_text(fields, "languages", ""), languages),
            prompt=_text(fields, "prompt", ""),
            prefix=_text(fields, "prefix", ""),
            temperature=_number(fields, "temperature", 0.0, most=1.0),
            beam_size=_whole_number(fields, "beam_size", 5, most=MOST_BEAM_SIZE),
        ),
        response_format=_choice(
            _text(fields, "response_format", "json"), "response_format", RESPONSE_FORMATS
        ),
        granularities=_granularities(fields),
    )


def _text(fields: Fields, name: str, default: str) -> str:
    if name not in fields:
        return default
    try:
        return fields[name][-1].decode().strip()
    except UnicodeDecodeError as error:
        raise _invalid(name) from error


def _language(code: str, languages: Collection[str]) -> str | None:
    if code.lower() in ("", "auto"):
        return None
    if code.lower() not in languages:
        raise Problem(400, "unknown_language", "'language' is no ISO 639-1 code that this model knows.")
    return code.lower()


def _languages(codes: str, known: Collection[str]) -> tuple[str, ...]:
    named = [_language(code.strip(), known) for code in codes.split(",")]
    return tuple(code for code in named if code is not None)


def _granularities(fields: Fields) -> frozenset[str]:
    names = ("timestamp_granularities[]", "timestamp_granularities")
    wanted = {value.decode(errors="replace") for name in names for value in fields.get(name, [])}
    return frozenset(_choice(value, names[0], ("word", "segment")) for value in wanted or {"segment"})


def _choice(value: str, name: str, choices: Collection[str]) -> str:
    if value not in choices:
        raise Problem(400, "invalid_value", f"'{name}' is one of: {', '.join(choices)}.")
    return value


def _number(fields: Fields, name: str, default: float, *, most: float) -> float:
    try:
        number = float(_text(fields, name, "") or default)
    except ValueError as error:
        raise _invalid(name) from error
    if not math.isfinite(number) or not 0 <= number <= most:
        raise Problem(400, "invalid_value", f"'{name}' lies between 0 and {most:g}.")
    return number


def _whole_number(fields: Fields, name: str, default: int, *, most: int) -> int:
    number = _number(fields, name, default, most=most)
    if not number.is_integer() or number < 1:
        raise Problem(400, "invalid_value", f"'{name}' is a whole number from 1 to {most}.")
    return int(number)


def _too_large(name: str, limit: int) -> Problem:
    return Problem(413, "too_large", f"'{name}' is larger than {limit} bytes.")


def _invalid(name: str) -> Problem:
    return Problem(400, "invalid_value", f"'{name}' cannot be read.")
