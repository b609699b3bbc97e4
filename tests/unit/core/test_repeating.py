# Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
"""When a text goes in circles."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from media.core.repeating import is_looping, without_loop


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Ja, ja, ja, ja!",
        "It was very, very, very, very good.",
        "Row, row, row your boat, gently down the stream.",
        "Er sagt das eine, sie sagt das andere, wir sagen das eine, ihr sagt das andere.",
    ],
)
def test_emphasis_is_no_loop(text: str) -> None:
    assert not is_looping(text)


@pytest.mark.parametrize(
    "unit", ["a", "so ", "in the end of ", "и в конце концов, ", "猫が好きです。", "x" * 120]
)
def test_the_same_again_and_again_is_a_loop(unit: str) -> None:
    assert is_looping("Once upon a time " + unit * 48)


@given(st.text(min_size=16, max_size=120), st.text(max_size=50))
def test_a_phrase_said_three_times_is_a_loop_wherever_it_begins(phrase: str, before: str) -> None:
    assert is_looping(before + phrase * 3)
    assert is_looping(before + phrase * 3 + phrase[:7])


def test_a_loop_is_said_once() -> None:
    assert without_loop("We go" + " to the sea in the end" * 4) == "We go to the sea in the end"
    assert without_loop(" Row, row, row your boat. ") == "Row, row, row your boat."


@given(st.text())
def test_what_is_cut_is_an_end_and_no_loop_stays(text: str) -> None:
    cut = without_loop(text * 3)
    assert (text * 3).strip().startswith(cut)
    assert not is_looping(cut)
