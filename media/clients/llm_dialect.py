# Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
"""What the dialects of LLM servers have in common: a chat in, pieces of an answer out. Pure."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from media.core.prompts import Message

DialectName = Literal["ollama", "openai"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatQuestion:
    """What an LLM is asked."""

    model: str
    messages: Sequence[Message]
    temperature: float
    most_tokens: int
    """In the answer."""
    keep_alive: str
    """How long the server keeps the model in memory, in Ollama's notation."""

    @property
    def turns(self) -> list[dict[str, str]]:
        """The messages as all dialects write them."""
        return [{"role": message.role, "content": message.content} for message in self.messages]


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of an answer."""

    text: str = ""
    end: Literal["", "whole", "too_long"] = ""
    """Set on the last: whether the model had finished, or had as many tokens as it may have."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatDialect:
    """One way to ask, and to read what comes; a constant each."""

    name: DialectName
    path: str
    body: Callable[[ChatQuestion, frozenset[str]], dict[str, object]]
    """The request without the fields that the server has refused."""
    piece: Callable[[bytes], Piece | None]
    """What a line of the answer says, or None if nothing; AnswerFault if it is an error or makes no sense."""
    optional: Mapping[str, str]
    """Fields that we can do without, with the words by which a complaint about each is known."""

    def refused_field(self, complaint: str, body: Mapping[str, object]) -> str:
        """Which of the fields that were sent a complaint is about; empty if about none that is optional."""
        sent = ((field, words) for field, words in self.optional.items() if field in body)
        return next((field for field, words in sent if words in complaint), "")
