# Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
"""A model that says what a test wrote down, in place of llama.cpp."""

import json
from collections.abc import Callable, Sequence
from threading import Event

Script = Sequence[str | Exception]
"""What an answer consists of; an exception in it is raised."""


def chunk(text: str) -> str:
    """A token, as llama.cpp tells it."""
    return json.dumps({"choices": [{"text": text, "finish_reason": None}]})


def last_chunk(reason: str, **timings: float) -> str:
    """The end of an answer, as llama.cpp tells it."""
    return json.dumps({"choices": [{"text": "", "finish_reason": reason}], "timings": timings})


class ScriptedLlama:
    """Answers the nth request with the nth script, and all further ones with the last."""

    def __init__(self, *scripts: Script) -> None:
        self.bodies: list[dict[str, object]] = []
        self.given_up: list[object] = []
        """The prompts whose answers nobody wanted to hear to their end."""
        self.may_go_on = Event()
        """Cleared, it stops after each chunk."""
        self.may_go_on.set()
        self._scripts = scripts

    @property
    def prompts(self) -> list[object]:
        """What it was asked to go on with."""
        return [body["prompt"] for body in self.bodies]

    def handle_completions(self, body: str, callback: Callable[[str], bool]) -> None:
        self._tell(body, callback)

    def handle_chat_completions(self, body: str, callback: Callable[[str], bool]) -> None:
        self._tell(body, callback)

    def _tell(self, body: str, callback: Callable[[str], bool]) -> None:
        script = self._scripts[min(len(self.bodies), len(self._scripts) - 1)]
        self.bodies.append(json.loads(body))
        for chunk in script:
            if isinstance(chunk, Exception):
                raise chunk
            if callback(chunk):
                self.given_up.append(self.bodies[-1]["prompt"])
                return
            self.may_go_on.wait()
