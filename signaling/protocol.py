# Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
"""The wire contract of the data channel: numbered events to the browser, a few commands from it.

Each message is one JSON object with a `type`. Events also carry `seq`, which counts up by one from 1, so that
whoever listens can say what it has seen. Unknown fields are ignored in both directions, unknown types are
refused by name: that is how a newer side can talk to an older one.

No message is longer than 16 KiB, which every browser's data channel takes in one piece. An event whose text
has at most `MAX_TEXT_LENGTH` code points always fits, whatever they are; what may become a paragraph should
be bounded by that. Beyond the limit `encode` raises: a text is never cut, because half of a final would look
like all of it.
"""

from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import Field, TypeAdapter, ValidationError
from pydantic.json_schema import JsonSchemaMode

from media.events import Event, Stages

PROTOCOL_VERSION = 1
CHANNEL_LABEL = "events"
"""The label of the data channel, which the browser opens before it makes its offer."""
PING_INTERVAL_MS = 2_000
"""How often the browser says that it is there."""

MAX_EVENT_BYTES = 16 * 1024
MAX_COMMAND_BYTES = 4 * 1024
MAX_TEXT_LENGTH = 2_600
"""Code points. JSON makes at most six bytes of one; the rest of the 16 KiB is left to the other fields."""

MAX_NONCE = 2**53 - 1
"""The largest integer that a JavaScript number holds exactly."""

LanguageCode = Annotated[str, Field(min_length=2, max_length=8)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Stop:
    """The person has finished: hear what is still on its way, settle everything, then end."""

    type: Literal["stop"] = "stop"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ping:
    """A sign of life, every two seconds; answered by `pong`."""

    nonce: Annotated[int, Field(ge=0, le=MAX_NONCE)]
    """Comes back in the `pong`."""
    type: Literal["ping"] = "ping"


@dataclass(frozen=True, slots=True, kw_only=True)
class SetLanguages:
    """Other languages from the next utterance on."""

    source: LanguageCode
    """ISO 639-1 code, or `auto`."""
    target: LanguageCode
    """ISO 639-1 code."""
    type: Literal["set_languages"] = "set_languages"


Command = Stop | Ping | SetLanguages

Refusal = Literal["message_too_long", "not_text", "not_json", "unknown_type", "bad_fields"]


class MessageRefused(Exception):
    """A message that is not of this protocol. Safe to log: it holds nothing of the message."""

    def __init__(self, code: Refusal) -> None:
        super().__init__(code)
        self.code: Refusal = code
        """Stable, for programs."""


class EventTooLong(Exception):
    """An event that does not fit into one message; see `MAX_TEXT_LENGTH`."""

    def __init__(self, event_type: str, size_bytes: int) -> None:
        super().__init__(f"{event_type} of {size_bytes} bytes; at most {MAX_EVENT_BYTES} fit into a message")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Numbered:
    seq: Annotated[int, Field(ge=1)]


_EVENTS: TypeAdapter[Event] = TypeAdapter(Annotated[Event, Field(discriminator="type")])
_COMMANDS: TypeAdapter[Command] = TypeAdapter(Annotated[Command, Field(discriminator="type")])
_NUMBERED: TypeAdapter[_Numbered] = TypeAdapter(_Numbered)

_SEQ_BYTES = len('"seq":,') + len(str(MAX_NONCE))


def event_body(event: Event) -> str:
    """The event as JSON, without its number. Raises `EventTooLong`."""
    body = _EVENTS.dump_json(event)
    size = len(body) + _SEQ_BYTES
    if size > MAX_EVENT_BYTES:
        raise EventTooLong(event.type, size)
    return body.decode()


def numbered(body: str, seq: int) -> str:
    """The message for an `event_body`, as the `seq`-th of its data channel (from 1)."""
    return f'{{"seq":{seq},{body[1:]}'


def encode(event: Event, seq: int) -> str:
    """The message for an event. Raises `EventTooLong`."""
    return numbered(event_body(event), seq)


def decode_event(text: str) -> tuple[int, Event]:
    """The number and the event of a message. Raises `MessageRefused`."""
    data = _utf8(text, MAX_EVENT_BYTES)
    try:
        return _NUMBERED.validate_json(data, strict=True).seq, _EVENTS.validate_json(data, strict=True)
    except ValidationError as error:
        raise MessageRefused(_refusal(error)) from None


def encode_command(command: Command) -> str:
    """The message for a command."""
    return _COMMANDS.dump_json(command).decode()


def decode_command(message: str | bytes) -> Command:
    """The command of a message from the browser. Raises `MessageRefused`."""
    if isinstance(message, bytes):
        raise MessageRefused("not_text")
    try:
        return _COMMANDS.validate_json(_utf8(message, MAX_COMMAND_BYTES), strict=True)
    except ValidationError as error:
        raise MessageRefused(_refusal(error)) from None


def schemas(mode: JsonSchemaMode = "validation") -> dict[str, dict[str, Any]]:
    """JSON schemas by class name: parts of events, events, and commands, in the order of their unions."""
    _, schema = TypeAdapter.json_schemas([("event", mode, _EVENTS), ("command", mode, _COMMANDS)])
    definitions: dict[str, dict[str, Any]] = schema["$defs"]
    return {
        kind.__name__: definitions[kind.__name__]
        for kind in (*part_types(), *event_types(), *command_types())
    }


def part_types() -> tuple[type[Stages], ...]:
    """What fields of events hold that is more than one value."""
    return (Stages,)


def event_types() -> tuple[type[Event], ...]:
    """The members of `Event`."""
    return Event.__args__


def command_types() -> tuple[type[Command], ...]:
    """The members of `Command`."""
    return Command.__args__


def _utf8(text: str, limit_bytes: int) -> bytes:
    # A lone surrogate has no UTF-8; let through like this it fails as JSON, not as a UnicodeError.
    data = text.encode("utf-8", "surrogatepass")
    if len(data) > limit_bytes:
        raise MessageRefused("message_too_long")
    return data


def _refusal(error: ValidationError) -> Refusal:
    match error.errors(include_url=False, include_context=False, include_input=False)[0]["type"]:
        case "json_invalid":
            return "not_json"
        case "union_tag_invalid" | "union_tag_not_found":
            return "unknown_type"
        case _:
            return "bad_fields"
