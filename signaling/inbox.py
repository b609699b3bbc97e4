# Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
"""What a client may say on the data channel, and how much of it. Pure but for one line of log."""

from typing import Literal

import structlog

from signaling.protocol import Command, MessageRefused, decode_command

log = structlog.get_logger()

COMMANDS_PER_SECOND = 20
COMMANDS_AT_ONCE = 40

Abuse = Literal["command_too_long", "too_many_commands"]


class Misused(Exception):
    """The client does what no honest one does."""

    def __init__(self, reason: Abuse) -> None:
        super().__init__(reason)
        self.reason: Abuse = reason


class Allowance:
    """So many a second, and so many at once (a token bucket)."""

    def __init__(self, *, per_second: float, at_once: float) -> None:
        self._per_second = per_second
        self._at_once = at_once
        self._left = at_once
        self._spent_at_s = 0.0

    def spend(self, now_s: float) -> bool:
        """Whether one more is allowed at this time, in seconds of any clock that only goes forward."""
        earned = (now_s - self._spent_at_s) * self._per_second
        self._left = min(self._at_once, self._left + earned)
        self._spent_at_s = now_s
        if self._left < 1:
            return False
        self._left -= 1
        return True


class Inbox:
    """Reads one client's messages."""

    def __init__(self) -> None:
        self._allowance = Allowance(per_second=COMMANDS_PER_SECOND, at_once=COMMANDS_AT_ONCE)
        self._has_refused = False

    def count(self, now_s: float) -> None:
        """Counts one thing that the client has done. Raises `Misused`."""
        if not self._allowance.spend(now_s):
            raise Misused("too_many_commands")

    def read(self, message: str | bytes, now_s: float) -> Command | None:
        """The command; None for what we do not know, which may come from a newer client. Raises `Misused`."""
        self.count(now_s)
        try:
            return decode_command(message)
        except MessageRefused as refused:
            if refused.code == "message_too_long":
                raise Misused("command_too_long") from None
            self._log_once(refused)
            return None

    def _log_once(self, refused: MessageRefused) -> None:
        if not self._has_refused:
            self._has_refused = True
            log.warning("command_refused", code=refused.code)
