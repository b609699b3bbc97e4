# Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
"""The measure of translations; the figures are those of sacrebleu 2.6 (chrF2, one sentence)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.bench.chrf import chrf

TEXT = st.text(st.characters(categories=("L", "P")), min_size=1)


@pytest.mark.parametrize(
    ("hypothesis", "reference", "score"),
    [
        ("The cat sat on the mat.", "The cat is sitting on the mat.", 49.6485),
        ("Es ist sehr schön heute.", "Das Wetter ist heute sehr schön.", 43.3925),
        ("abc", "abcdefg", 37.1051),
        ("猫", "猫が好き", 29.4118),
    ],
)
def test_scores_are_those_of_the_reference_implementation(
    hypothesis: str, reference: str, score: float
) -> None:
    assert chrf(hypothesis, reference) == pytest.approx(score, abs=1e-3)


@given(TEXT)
def test_a_text_is_wholly_like_itself(text: str) -> None:
    assert chrf(text, text) == pytest.approx(100.0)


@given(TEXT, TEXT)
def test_scores_lie_between_0_and_100(hypothesis: str, reference: str) -> None:
    assert 0.0 <= chrf(hypothesis, reference) <= 100.0 + 1e-9


@pytest.mark.parametrize(("hypothesis", "reference"), [("", "text"), ("text", ""), ("abc", "xyz"), ("", "")])
def test_nothing_in_common_is_zero(hypothesis: str, reference: str) -> None:
    assert chrf(hypothesis, reference) == 0.0
