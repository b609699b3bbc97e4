# Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
"""What we ask the models: context for Whisper, chat messages for the translator. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from media.core.languages import AUTO, by_code
from media.core.sentences import sentence_ends

MAX_TURNS = 6
"""Preceding sentences that a translation sees at most."""
TURNS_DROPPED_TOGETHER = 3
"""Old turns go this many at once: between two drops every request begins with the text of the one before,
and the server's prompt cache holds."""

_RULES = (
    "It is live speech, one sentence at a time. "
    "Answer with the translation only, on one line, without comments; keep names and numbers."
)


@dataclass(frozen=True, slots=True)
class Message:
    """One message of a chat with a language model."""

    role: Literal["system", "user", "assistant"]
    content: str


@dataclass(frozen=True, slots=True)
class Turn:
    """A sentence that was translated before."""

    source: str
    translation: str


def translation_messages(
    sentence: str, source_language: str, target_language: str, preceding: Sequence[Turn] = ()
) -> list[Message]:
    """The chat whose next answer is the sentence's translation.

    `source_language` may be empty or `auto`. `preceding` are the conversation's turns so far, oldest first;
    the newest few are used. Raises ValueError for a target language that we do not know.
    """
    messages = [Message("system", f"{_task(source_language, target_language)} {_RULES}")]
    for turn in _recent(preceding):
        messages.append(Message("user", _one_line(turn.source)))
        messages.append(Message("assistant", _one_line(turn.translation)))
    messages.append(Message("user", _one_line(sentence)))
    return messages


def whisper_prompt(preceding_text: str, max_chars: int = 200) -> str:
    """The end of what was said before, at most `max_chars`, for Whisper to keep names and style.

    It begins with a sentence where one begins in its first half, else with a word.
    """
    text = _one_line(preceding_text)
    if len(text) <= max_chars:
        return text
    start = len(text) - max_chars
    for end in sentence_ends(text):
        if start <= end <= start + max_chars // 2:
            return text[end:].strip()
    return _from_word_start(text, start)


def _task(source_language: str, target_language: str) -> str:
    target = by_code(target_language)
    if target is None:
        raise ValueError(f"unknown target language {target_language!r}")
    source = None if source_language in ("", AUTO) else by_code(source_language)
    if source is None:
        return f"Translate into {target.name}."
    return f"Translate from {source.name} into {target.name}."


def _recent(turns: Sequence[Turn]) -> Sequence[Turn]:
    surplus = max(0, len(turns) - MAX_TURNS)
    drops = -(-surplus // TURNS_DROPPED_TOGETHER)
    return turns[drops * TURNS_DROPPED_TOGETHER :]


def _from_word_start(text: str, start: int) -> str:
    space = text.find(" ", max(0, start - 1), (start + len(text)) // 2)
    # Where spaces are rare (Chinese, or one enormous word) any character may begin it.
    return text[start:] if space < 0 else text[space + 1 :]


def _one_line(text: str) -> str:
    return " ".join(text.split())
