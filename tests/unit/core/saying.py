# Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
"""Words for tests, with times."""

from collections.abc import Sequence

from media.core.words import Word


def said(text: str, start_ms: int = 0, word_ms: int = 300) -> list[Word]:
    """The words of `text`, one after the other, as Whisper gives them: each with the space before it."""
    return [
        Word(start_ms + index * word_ms, start_ms + (index + 1) * word_ms, f" {word}")
        for index, word in enumerate(text.split())
    ]


def joined(words: Sequence[Word]) -> str:
    """The words with single spaces between them."""
    return " ".join(word.text.strip() for word in words)
