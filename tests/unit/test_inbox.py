# Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
"""What a client may say, and how much of it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from signaling.inbox import COMMANDS_AT_ONCE, COMMANDS_PER_SECOND, Allowance, Inbox, Misused
from signaling.protocol import MAX_COMMAND_BYTES, Ping, Stop

STOP = '{"type":"stop"}'


@given(pauses=st.lists(st.floats(min_value=0, max_value=10), max_size=200))
def test_never_more_is_allowed_than_at_once_and_by_the_second(pauses: list[float]) -> None:
    allowance = Allowance(per_second=20, at_once=40)
    now_s, allowed = 1000.0, 0
    for pause in pauses:
        now_s += pause
        allowed += allowance.spend(now_s)
        assert allowed <= 40 + 20 * (now_s - 1000.0) + 0.001


def test_who_keeps_the_pace_is_always_allowed() -> None:
    allowance = Allowance(per_second=20, at_once=2)
    assert all(allowance.spend(1000.0 + n / 19) for n in range(1000))


def test_commands_are_read() -> None:
    assert Inbox().read('{"type":"ping","nonce":3}', 0.0) == Ping(nonce=3)


def test_what_we_do_not_know_does_no_harm() -> None:
    inbox = Inbox()
    assert inbox.read('{"type":"dance"}', 0.0) is None
    assert inbox.read(b"\x00", 0.0) is None
    assert inbox.read(STOP, 0.0) == Stop()


def test_a_message_that_is_too_long_is_a_misuse() -> None:
    with pytest.raises(Misused) as misused:
        Inbox().read("x" * (MAX_COMMAND_BYTES + 1), 0.0)
    assert misused.value.reason == "command_too_long"


def test_too_many_messages_are_a_misuse_whatever_they_say() -> None:
    inbox = Inbox()
    for _ in range(COMMANDS_AT_ONCE):
        inbox.read("nonsense", 1000.0)
    with pytest.raises(Misused) as misused:
        inbox.read(STOP, 1000.0)
    assert misused.value.reason == "too_many_commands"


def test_after_a_second_there_is_room_for_more() -> None:
    inbox = Inbox()
    for _ in range(COMMANDS_AT_ONCE):
        inbox.read(STOP, 1000.0)
    assert [inbox.read(STOP, 1001.0) for _ in range(COMMANDS_PER_SECOND)] == [Stop()] * COMMANDS_PER_SECOND
