# Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
"""chrF2: how alike two texts are, by the character n-grams they share (Popović, 2015). Pure."""

from collections import Counter

LONGEST_NGRAM = 6
RECALL_WEIGHT = 2.0
"""Beta of the F-score: how many times more recall counts than precision."""


def chrf(hypothesis: str, reference: str) -> float:
    """From 0 (nothing in common) to 100 (the same but for white space)."""
    hypothesis, reference = "".join(hypothesis.split()), "".join(reference.split())
    orders = [n for n in range(1, LONGEST_NGRAM + 1) if n <= min(len(hypothesis), len(reference))]
    if not orders:
        return 0.0
    precision = sum(_shared(hypothesis, reference, n) / (len(hypothesis) - n + 1) for n in orders) / len(
        orders
    )
    recall = sum(_shared(hypothesis, reference, n) / (len(reference) - n + 1) for n in orders) / len(orders)
    if precision + recall == 0.0:
        return 0.0
    weight = RECALL_WEIGHT**2
    return 100.0 * (1 + weight) * precision * recall / (weight * precision + recall)


def _shared(hypothesis: str, reference: str, n: int) -> int:
    return (_ngrams(hypothesis, n) & _ngrams(reference, n)).total()


def _ngrams(text: str, n: int) -> Counter[str]:
    return Counter(text[start : start + n] for start in range(len(text) - n + 1))
