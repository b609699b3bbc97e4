# Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
"""Whether a language model has begun to repeat itself without end. Pure."""

LOOP_TIMES = 3
LOOP_CHARACTERS = 48
"""A text loops where its end is the same thing said at least so often, over at least this length."""

LONGEST_LOOPED = 120
"""Characters of the longest thing whose repetition is noticed."""


def is_looping(text: str) -> bool:
    """Whether the text ends in a loop: `A A A`, where A is up to `LONGEST_LOOPED` characters."""
    return _period(text) > 0


def without_loop(text: str) -> str:
    """The text with what it repeats at its end said once, and without white space around it."""
    length = _period(text)
    while length and text.endswith(text[-length:] * 2):
        text = text[:-length]
    return text.strip()


def _period(text: str) -> int:
    """Characters of what is repeated at the end; 0 where nothing is."""
    lengths = range(1, LONGEST_LOOPED + 1)
    return next((length for length in lengths if _is_repeated(text, length)), 0)


def _is_repeated(text: str, length: int) -> bool:
    times = max(LOOP_TIMES, -(-LOOP_CHARACTERS // length))
    return len(text) >= times * length and text.endswith(text[-length:] * times)
