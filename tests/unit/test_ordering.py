# Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
"""Packets come out in order, and none that came in time is lost."""

from hypothesis import given
from hypothesis import strategies as st

from signaling.ordering import MOST_KEPT, Ordering


def fed(numbers: list[int]) -> list[list[int]]:
    ordering: Ordering[int] = Ordering()
    return [ordering.feed(number, number) for number in numbers]


def test_what_comes_in_order_goes_on_at_once() -> None:
    assert fed([7, 8, 9]) == [[7], [8], [9]]


def test_two_that_changed_places_change_back() -> None:
    assert fed([7, 9, 8, 10]) == [[7], [], [8, 9], [10]]


def test_one_that_does_not_come_is_given_up() -> None:
    assert fed([7, 9, 10, 11, 12]) == [[7], [], [], [9, 10, 11], [12]]


def test_one_that_comes_twice_or_too_late_is_dropped() -> None:
    assert fed([7, 7, 9, 10, 11, 8, 12]) == [[7], [], [], [], [9, 10, 11], [], [12]]


def test_numbers_begin_again_after_the_highest() -> None:
    assert fed([65_534, 0, 65_535, 1]) == [[65_534], [], [65_535, 0], [1]]


def test_a_sender_may_begin_to_count_anew() -> None:
    assert fed([7, 9, 30_000, 30_001]) == [[7], [], [9, 30_000], [30_001]]


@given(st.integers(0, 65_535), st.lists(st.integers(0, MOST_KEPT), max_size=200))
def test_packets_that_are_a_little_late_all_come_out_in_order(first: int, delays: list[int]) -> None:
    places = [index + delay for index, delay in enumerate([0, *delays])]
    numbers = [(first + index) % 65_536 for index in range(len(places))]
    sent = [number for _, number in sorted(zip(places, numbers, strict=True), key=lambda pair: pair[0])]
    assert [number for ready in fed(sent) for number in ready] == numbers


@given(st.lists(st.integers(0, 65_535), max_size=300))
def test_few_packets_are_kept_whatever_comes(numbers: list[int]) -> None:
    assert all(len(ready) <= MOST_KEPT + 1 for ready in fed(numbers))
