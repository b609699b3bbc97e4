# Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
"""What of a small model's answer is shown."""

from hypothesis import given
from hypothesis import strategies as st

from media.engines.answer import AnswerText


def shown(pieces: list[str], label: str = "German:") -> str:
    answer = AnswerText(label)
    return "".join([*(answer.feed(piece) for piece in pieces), answer.flush()])


def test_white_space_at_the_ends_is_left_out() -> None:
    assert shown([" ", " Guten", " Tag", ".", " ", "\n"]) == "Guten Tag."


def test_a_repeated_label_is_left_out() -> None:
    assert shown([" Ger", "man", ":", " Guten Tag."]) == "Guten Tag."


def test_a_word_that_begins_as_the_label_does_is_shown() -> None:
    assert shown([" Ger", "hard", " kommt."]) == "Gerhard kommt."
    assert shown([" Ger"]) == "Ger"


def test_nothing_but_a_label_is_nothing() -> None:
    assert shown([" German:", " "]) == ""


def test_text_is_shown_as_soon_as_it_cannot_be_the_label() -> None:
    answer = AnswerText("German:")
    assert [answer.feed(" Das"), answer.feed(" ist "), answer.feed("gut")] == ["Das", " ist", " gut"]


@given(st.lists(st.text("Ger: man\n", max_size=12), max_size=12))
def test_how_an_answer_is_cut_into_pieces_changes_nothing(pieces: list[str]) -> None:
    assert shown(pieces) == shown(["".join(pieces)])


@given(st.lists(st.text(max_size=8)))
def test_without_a_label_all_but_the_ends_is_shown(pieces: list[str]) -> None:
    assert shown(pieces, label="") == "".join(pieces).strip()


def test_an_answer_that_goes_in_circles_says_so() -> None:
    answer = AnswerText("English:")
    for piece in [" And", *[" then he went to the sea"] * 3]:
        assert not answer.looping
        answer.feed(piece)
    assert answer.looping
