# Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
"""The wire: what is encoded is decoded to the same; what is not of the protocol is refused by name."""

import json
from typing import Any, get_args, get_type_hints

import pytest
from hypothesis import given
from hypothesis import strategies as st

from media.events import Event, Stages, SttParagraphFinal, SttPartial
from signaling.protocol import (
    MAX_COMMAND_BYTES,
    MAX_EVENT_BYTES,
    MAX_NONCE,
    MAX_TEXT_LENGTH,
    Command,
    EventTooLong,
    MessageRefused,
    Ping,
    Refusal,
    SetLanguages,
    Stop,
    command_types,
    decode_command,
    decode_event,
    encode,
    encode_command,
    event_types,
    part_types,
    schemas,
)

counts = st.integers(min_value=0, max_value=MAX_NONCE)
codes = st.text("abcdefghijklmnopqrstuvwxyz", min_size=2, max_size=8)


def any_of(kind: type[Event]) -> st.SearchStrategy[Event]:
    """Events of a kind, with every field of any value that its type allows."""
    fields = get_type_hints(kind)
    return st.builds(kind, **{name: st.from_type(hint) for name, hint in fields.items()})


events: st.SearchStrategy[Event] = st.one_of([any_of(kind) for kind in event_types()])
commands: st.SearchStrategy[Command] = st.one_of(
    st.just(Stop()),
    st.builds(Ping, nonce=counts),
    st.builds(SetLanguages, source=codes, target=codes),
)


@given(event=events, seq=st.integers(min_value=1, max_value=MAX_NONCE))
def test_every_event_comes_back_as_it_was_with_its_number(event: Event, seq: int) -> None:
    assert decode_event(encode(event, seq)) == (seq, event)


@given(event=events)
def test_an_event_is_an_object_with_its_type_and_number(event: Event) -> None:
    message = json.loads(encode(event, 7))
    assert (message["type"], message["seq"]) == (event.type, 7)


@given(command=commands)
def test_every_command_comes_back_as_it_was(command: Command) -> None:
    assert decode_command(encode_command(command)) == command


@pytest.mark.parametrize("character", ["a", '"', "\\", "\x01", "é", "字", "😀", "\u2028"])
def test_the_longest_text_fits_into_a_message_whatever_it_is_made_of(character: str) -> None:
    text = character * MAX_TEXT_LENGTH
    final = SttParagraphFinal(
        paragraph_id=10**9,
        text=text,
        language="de",
        started_ms=10**12,
        ended_ms=10**12 + 1,
        stages=Stages(**dict.fromkeys(("capture_ms", "vad_ms", "stt_ms", "record_ms", "send_ms"), 10**9)),
    )
    assert len(encode(final, MAX_NONCE).encode()) <= MAX_EVENT_BYTES


def test_an_event_that_does_not_fit_is_refused_whole() -> None:
    with pytest.raises(EventTooLong, match="stt_partial"):
        encode(SttPartial(paragraph_id=0, text="a" * MAX_EVENT_BYTES, stable=0), 1)


DEEP_AND_VALID = '{"type":"stop","more":' + "[" * 1900 + "]" * 1900 + "}"


@pytest.mark.parametrize(
    ("message", "code"),
    [
        ("", "not_json"),
        ("stop", "not_json"),
        ('{"type":"stop"}{"type":"stop"}', "not_json"),
        ("[" * MAX_COMMAND_BYTES, "not_json"),
        (DEEP_AND_VALID, "not_json"),
        ("\ud800", "not_json"),
        ("{}", "unknown_type"),
        ('{"type":"start"}', "unknown_type"),
        ('{"type":"stt_partial"}', "unknown_type"),
        ('{"type":5}', "unknown_type"),
        ("[]", "bad_fields"),
        ("null", "bad_fields"),
        ('{"type":"ping"}', "bad_fields"),
        ('{"type":"ping","nonce":"5"}', "bad_fields"),
        ('{"type":"ping","nonce":true}', "bad_fields"),
        ('{"type":"ping","nonce":-1}', "bad_fields"),
        ('{"type":"ping","nonce":1e400}', "bad_fields"),
        (f'{{"type":"ping","nonce":{MAX_NONCE + 1}}}', "bad_fields"),
        ('{"type":"set_languages","source":"de"}', "bad_fields"),
        ('{"type":"set_languages","source":"de","target":"' + "e" * 50 + '"}', "bad_fields"),
        (" " * MAX_COMMAND_BYTES + '{"type":"stop"}', "message_too_long"),
        ('{"type":"stop","more":"' + "é" * (MAX_COMMAND_BYTES // 2) + '"}', "message_too_long"),
        (b'{"type":"stop"}', "not_text"),
    ],
)
def test_what_is_no_command_is_refused_by_a_stable_code(message: str | bytes, code: str) -> None:
    with pytest.raises(MessageRefused) as refused:
        decode_command(message)
    assert refused.value.code == code
    assert str(refused.value) == code


@given(message=st.one_of(st.text(), st.binary()))
def test_whatever_a_client_sends_is_a_command_or_refused(message: str | bytes) -> None:
    outcome = command_or_code(message)
    assert isinstance(outcome, command_types()) or outcome in get_args(Refusal)


def command_or_code(message: str | bytes) -> Command | Refusal:
    try:
        return decode_command(message)
    except MessageRefused as refused:
        return refused.code


def test_a_command_with_more_fields_than_we_know_is_understood() -> None:
    assert decode_command('{"type":"stop","politely":true}') == Stop()


@pytest.mark.parametrize(
    ("message", "code"),
    [
        ('{"type":"pong","nonce":1}', "bad_fields"),
        ('{"seq":0,"type":"pong","nonce":1}', "bad_fields"),
        ('{"seq":1,"type":"stop"}', "unknown_type"),
        ('{"seq":1', "not_json"),
    ],
)
def test_what_is_no_numbered_event_is_refused_by_a_stable_code(message: str, code: str) -> None:
    with pytest.raises(MessageRefused) as refused:
        decode_event(message)
    assert refused.value.code == code


def test_the_schema_describes_every_event_and_command() -> None:
    described: dict[str, dict[str, Any]] = schemas()
    kinds = (*part_types(), *event_types(), *command_types())
    assert list(described) == [kind.__name__ for kind in kinds]
    assert described["Ping"]["properties"]["nonce"]["maximum"] == MAX_NONCE
