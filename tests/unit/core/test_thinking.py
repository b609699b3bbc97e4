# Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
"""Thoughts at the beginning of an answer are taken away, however it is cut into pieces."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from media.core.thinking import Thinking


def shown(pieces: list[str]) -> str:
    thinking = Thinking()
    return "".join(thinking.feed(piece) for piece in pieces) + thinking.flush()


def cut(text: str, places: list[int]) -> list[str]:
    """The text in pieces that end at these places."""
    ends = sorted(place % (len(text) + 1) for place in places)
    return [text[start:end] for start, end in zip([0, *ends], [*ends, len(text)], strict=True)]


PLACES = st.lists(st.integers(0, 100), max_size=8)


@given(PLACES)
def test_a_block_of_thoughts_is_dropped_wherever_the_pieces_end(places: list[int]) -> None:
    text = "\n<think>\nA bridge?\n< 5 </thin\n</think>\n\nDie Brücke. <think> sagt man nicht </think>"
    assert shown(cut(text, places)) == "\n\nDie Brücke. <think> sagt man nicht </think>"


@given(st.text(st.sampled_from("<think>/ a"), max_size=20), PLACES)
def test_an_answer_without_thoughts_comes_out_whole(text: str, places: list[int]) -> None:
    answer = f"A{text}"
    assert shown(cut(answer, places)) == answer


@pytest.mark.parametrize("answer", ["<", "<thin", " <t", ""])
def test_what_looks_like_the_beginning_of_a_thought_is_shown_at_the_end(answer: str) -> None:
    assert shown([answer]) == answer


def test_text_is_not_held_back_longer_than_it_must_be() -> None:
    thinking = Thinking()
    assert [thinking.feed(piece) for piece in ("<", "b", "c")] == ["", "<b", "c"]


def test_thoughts_without_an_end_are_no_answer() -> None:
    assert shown(["<think>", "on and on"]) == ""
