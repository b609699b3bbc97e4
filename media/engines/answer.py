# Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
"""A small model's answer as it may be shown, piece by piece. Pure."""

from media.core.repeating import is_looping


class AnswerText:
    """Takes an answer's pieces, gives what of them may be shown; the shown pieces joined are the answer.

    White space at the answer's ends and the label that the model says again before it are left out.
    """

    def __init__(self, label: str = "") -> None:
        self._label = label
        self._held = ""
        """Not shown yet: the label's beginning perhaps, or white space that may be the answer's end."""
        self._shown = ""

    @property
    def looping(self) -> bool:
        """Whether the model repeats itself without end."""
        return is_looping(self._shown)

    def feed(self, piece: str) -> str:
        """What may be shown now."""
        self._held += piece
        if not self._shown:
            self._drop_labels()
            if self._label.startswith(self._held):
                return ""
        return self._show(self._held.rstrip())

    def flush(self) -> str:
        """The answer ends: what was held back of it."""
        return self._show(self._held.rstrip())

    def _drop_labels(self) -> None:
        self._held = self._held.lstrip()
        while self._label and self._held.startswith(self._label):
            self._held = self._held.removeprefix(self._label).lstrip()

    def _show(self, text: str) -> str:
        self._shown += text
        self._held = self._held[len(text) :]
        return text
