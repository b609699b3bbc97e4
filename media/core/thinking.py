# Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
"""What a model thinks aloud before it answers is taken away, while the answer streams. Pure.

from       on                                     to
undecided  white space, or a part of <think>      undecided (held back)
undecided  <think>                                thinking
undecided  anything else                          answering (what was held back comes out)
thinking   </think>                               answering
thinking   anything else                          thinking (dropped)
"""

from typing import Literal

_OPENING = "<think>"
_CLOSING = "</think>"


class Thinking:
    """Takes a block `<think>...</think>` from the beginning of one answer."""

    def __init__(self) -> None:
        self._state: Literal["undecided", "thinking", "answering"] = "undecided"
        self._held = ""

    def feed(self, text: str) -> str:
        """What of the answer may be shown now that this has come."""
        self._held += text
        if self._state == "undecided":
            self._decide()
        if self._state == "thinking":
            self._close()
        return self._take() if self._state == "answering" else ""

    def flush(self) -> str:
        """The answer is over: what was held back and is no thought."""
        return self._held if self._state == "undecided" else ""

    def _decide(self) -> None:
        begun = self._held.lstrip()
        if begun.startswith(_OPENING):
            self._state = "thinking"
        elif not _OPENING.startswith(begun):
            self._state = "answering"

    def _close(self) -> None:
        _, closing, rest = self._held.partition(_CLOSING)
        if closing:
            self._state, self._held = "answering", rest
        else:
            # Enough of the end to know the closing tag if it comes in two parts.
            self._held = self._held[-len(_CLOSING) :]

    def _take(self) -> str:
        shown, self._held = self._held, ""
        return shown
