# Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
"""Finds in a new hypothesis where the words that were committed before come to an end. Pure.

A sequence alignment: the committed words against the beginning of the hypothesis, words equal when they are
written alike but for case and punctuation, times as a weak second opinion. It is anchored at the beginning of
both, so repeated words ("no no no") are told apart by their count; where the beginning of the audio was
dropped, committed words from there may be missing for nothing.
"""

import re
import unicodedata
from collections.abc import Sequence
from itertools import pairwise

from media.core.words import Word

_MATCH = 0.5
"""What a word found again is worth, where a word too many, too few or changed costs 1."""
_TOLERANCE_MS = 1_500
"""A word is not the same word when it has moved further than this."""
_DRIFT_COST_PER_MS = 1 / 5_000
_EDGE_MS = 300
"""How far the times of committed words may be off at the place where the audio was dropped."""

_SPACELESS = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_PARTS = re.compile(f"[{_SPACELESS}]|[^{_SPACELESS}]+")


def normalised(text: str) -> str:
    """What of a word is compared: no case, no punctuation, no white space."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    # Turkish has an i with and one without a dot; folding its capitals mixes them up.
    folded = folded.replace("i\u0307", "i").replace("ı", "i")
    return "".join(character for character in folded if unicodedata.category(character)[0] not in "PZC")


def split_spaceless(text: str) -> list[str]:
    """The text as single kana and Han characters, which no spaces set apart, and what stands between them."""
    return _PARTS.findall(text)


def count_repeated(committed: Sequence[Word], hypothesis: Sequence[Word], forgotten_ms: int | None) -> int:
    """How many words at the beginning of `hypothesis` are the committed ones again.

    `forgotten_ms`: where the audio of the hypothesis begins, if it begins later than the committed words.
    """
    if not committed:
        return 0
    if forgotten_ms is None and _is_prefix(committed, hypothesis):
        return len(committed)
    anchor = _anchor(committed, hypothesis, forgotten_ms)
    if anchor is None:
        return _first_after(committed[-1].end_ms, hypothesis, 0)
    row, column = anchor
    if row == len(committed) - 1:
        return column + 1
    return _first_after(committed[-1].end_ms, hypothesis, column + 1)


def _is_prefix(committed: Sequence[Word], hypothesis: Sequence[Word]) -> bool:
    if len(committed) > len(hypothesis):
        return False
    pairs = zip(committed, hypothesis, strict=False)
    return all(normalised(word.text) == normalised(other.text) for word, other in pairs)


def _first_after(end_ms: int, hypothesis: Sequence[Word], first: int) -> int:
    """By time: the first word, from `first` on, whose middle lies after `end_ms`."""
    for index in range(first, len(hypothesis)):
        if _middle_ms(hypothesis[index]) > end_ms:
            return index
    return len(hypothesis)


def _anchor(
    committed: Sequence[Word], hypothesis: Sequence[Word], forgotten_ms: int | None
) -> tuple[int, int] | None:
    """The last pair of equal words (their indices) in the best alignment; None where nothing fits."""
    places: dict[str, list[int]] = {}
    for column, word in enumerate(hypothesis):
        places.setdefault(normalised(word.text), []).append(column)
    missing = [_missing_cost(word, forgotten_ms) for word in committed]
    scores = [-float(column) for column in range(len(hypothesis) + 1)]
    best: tuple[int, int] | None = None
    best_score = -sum(missing)
    for row, word in enumerate(committed):
        columns = places.get(normalised(word.text), [])
        matches = _matches(word, hypothesis, columns, scores)
        scores = _next_row(scores, matches, missing[row])
        words_after = len(committed) - row - 1
        for column, score in matches.items():
            if score - words_after > best_score:
                best, best_score = (row, column), score - words_after
    return best


def _matches(
    word: Word, hypothesis: Sequence[Word], columns: Sequence[int], above: Sequence[float]
) -> dict[int, float]:
    """Which of these words of the hypothesis it may be, and the score of the alignment up to there."""
    found: dict[int, float] = {}
    for column in columns:
        drift_ms = abs(_middle_ms(word) - _middle_ms(hypothesis[column]))
        if drift_ms <= _TOLERANCE_MS:
            found[column] = above[column] + _MATCH - drift_ms * _DRIFT_COST_PER_MS
    return found


def _next_row(above: Sequence[float], matches: dict[int, float], missing_cost: float) -> list[float]:
    """The best scores with one more committed word, against each beginning of the hypothesis."""
    row = [above[0] - missing_cost]
    for column, (diagonal, straight) in enumerate(pairwise(above)):
        gap = max(diagonal, straight, row[column]) - 1
        row.append(max(gap, matches[column]) if column in matches else gap)
    return row


def _missing_cost(word: Word, forgotten_ms: int | None) -> float:
    """What it costs when a committed word is not in the hypothesis: nothing where its audio is gone."""
    if forgotten_ms is None:
        return 1.0
    return min(1.0, max(0.0, (_middle_ms(word) - forgotten_ms) / _EDGE_MS))


def _middle_ms(word: Word) -> float:
    return (word.start_ms + word.end_ms) / 2
