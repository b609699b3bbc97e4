# Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
"""A chat as a text for a base model to go on with, which knows no chats but continues a pattern. Pure.

A system message that begins `Translate from English into German.` or `Translate into German.` becomes

    English: Could you please tell me where the nearest pharmacy is?
    German: Könnten Sie mir bitte sagen, wo die nächste Apotheke ist?
    ... more examples, then the chat's earlier turns in the same form ...
    English: The sentence of the last message.
    German:

and the answer ends with its line. Everything up to the earlier turns is the same for every sentence of a
language pair, and so is evaluated once.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from media.core.prompts import Message
from media.engines.examples import EXAMPLES

TASK = re.compile(r"Translate (?:from (?P<source>[^.\n]{1,40}?) )?into (?P<target>[^.\n]{1,40})\.(?:\s|$)")
"""How the system message of a translation begins."""

UNNAMED_SOURCE = "Original"
"""Stands for the source language where the chat does not name it."""

SHOWN_FOR_UNNAMED = ("French", "English", "Spanish", "Russian", "German", "Italian")
"""The languages of the examples where the chat does not name the source: one each, so that all may come."""

MOST_TURN_BYTES = 3000
"""Of the chat's earlier turns, so that they leave room for the sentence: about 800 tokens."""

SPEAKERS: Mapping[str, str] = {"system": "System", "user": "User", "assistant": "Assistant"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Completion:
    """What a model is to go on with, and where its answer ends."""

    prompt: str
    stop: tuple[str, ...]
    """The answer ends before the first of these."""
    label: str = ""
    """What stands at the prompt's end; a model may say it again before it answers."""
    most_tokens: int | None = None
    """No right answer is longer than this."""


def few_shot_prompt(messages: Sequence[Message]) -> Completion:
    """The chat as a pattern of translations where it asks for one, and as a plain dialogue where not."""
    system = next((message.content for message in messages if message.role == "system"), "")
    task = TASK.match(system)
    if task and messages[-1].role == "user":
        return _translation(task["source"], task["target"], messages)
    return _dialogue(messages)


def _translation(source: str | None, target: str, messages: Sequence[Message]) -> Completion:
    sentence = one_line(messages[-1].content)
    pairs = [*example_pairs(source, target), *_newest(list(_turns(messages)))]
    source_label, target_label = f"{source or UNNAMED_SOURCE}:", f"{target}:"
    lines = [f"{source_label} {said}\n{target_label} {meant}\n" for said, meant in pairs]
    return Completion(
        prompt=f"{''.join(lines)}{source_label} {sentence}\n{target_label}",
        stop=("\n",),
        label=target_label,
        most_tokens=most_tokens_for(sentence),
    )


def example_pairs(source: str | None, target: str) -> list[tuple[str, str]]:
    """The same sentences in both languages; none for a language in which we have none."""
    meant = EXAMPLES.get(target, ())
    if source is not None:
        return list(zip(EXAMPLES.get(source, ()), meant, strict=False))
    others = [language for language in SHOWN_FOR_UNNAMED if language != target]
    return [(EXAMPLES[others[n]][n], sentence) for n, sentence in enumerate(meant)]


def most_tokens_for(sentence: str) -> int:
    """A bound that no translation reaches: a token is at least a byte, and mostly three or four."""
    return 32 + len(sentence.encode()) if sentence else 0


def one_line(text: str) -> str:
    """The text with single spaces between its words: a line break would end it."""
    return " ".join(text.split())


def _turns(messages: Sequence[Message]) -> Iterator[tuple[str, str]]:
    """What was translated before: each user message that has an answer."""
    for said, meant in pairwise(messages):
        if said.role == "user" and meant.role == "assistant":
            yield one_line(said.content), one_line(meant.content)


def _newest(turns: Sequence[tuple[str, str]]) -> Sequence[tuple[str, str]]:
    """As many of the last turns as there is room for."""
    room = MOST_TURN_BYTES
    for number, (said, meant) in enumerate(reversed(turns)):
        room -= len(said.encode()) + len(meant.encode())
        if room < 0:
            return turns[len(turns) - number :]
    return turns


def _dialogue(messages: Sequence[Message]) -> Completion:
    lines = [f"{SPEAKERS[message.role]}: {message.content.strip()}\n" for message in messages]
    label = f"{SPEAKERS['assistant']}:"
    return Completion(
        prompt=f"{''.join(lines)}{label}",
        stop=(f"\n{SPEAKERS['user']}:", f"\n{SPEAKERS['system']}:"),
        label=label,
    )
