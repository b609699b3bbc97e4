# Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
"""Who comes next at the recogniser: the urgent first, users in turn, nobody for ever last."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from media.core.turns import MOST_REMEMBERED, Ticket, TurnOrder, Urgency

USERS = ("ada", "ben", "cleo")


def always(urgency: Urgency) -> Callable[[], Urgency]:
    return lambda: urgency


partial, speculation, final = map(always, (Urgency.PARTIAL, Urgency.SPECULATION, Urgency.FINAL))


def occupied(at_once: int = 1) -> tuple[TurnOrder, Ticket]:
    """An order with all places taken; and who has the first of them."""
    order = TurnOrder(at_once)
    tickets = [order.arrive("somebody else", partial) for _ in range(at_once)]
    assert order.call() == tickets
    return order, tickets[0]


def served(order: TurnOrder, called: Ticket) -> list[Ticket]:
    """Everybody who waits, in the order in which they are called; `called` has the only place."""
    calls: list[Ticket] = []
    while True:
        order.leave(called)
        tickets = order.call()
        if not tickets:
            return calls
        (called,) = tickets
        calls.append(called)


def test_whoever_comes_to_a_free_place_is_called_at_once() -> None:
    order = TurnOrder(2)
    tickets = [order.arrive("ada", partial), order.arrive("ben", partial), order.arrive("cleo", final)]
    assert order.call() == [tickets[2], tickets[0]]
    assert order.call() == []


def test_finals_come_before_speculations_and_these_before_partials() -> None:
    order, called = occupied()
    last, middle, first = (order.arrive("ada", what) for what in (partial, speculation, final))
    assert served(order, called) == [first, middle, last]


def test_what_has_become_urgent_while_it_waited_comes_first() -> None:
    order, called = occupied()
    urgencies = [Urgency.PARTIAL, Urgency.PARTIAL]
    first = order.arrive("ada", lambda: urgencies[0])
    second = order.arrive("ben", lambda: urgencies[1])
    urgencies[1] = Urgency.FINAL
    assert served(order, called) == [second, first]


def test_users_take_turns_however_often_one_of_them_asks() -> None:
    order, called = occupied()
    ada = [order.arrive("ada", partial) for _ in range(3)]
    ben = order.arrive("ben", partial)
    assert served(order, called) == [ada[0], ben, ada[1], ada[2]]


def test_whoever_gives_up_is_not_called() -> None:
    order, called = occupied()
    impatient, patient = order.arrive("ada", final), order.arrive("ben", partial)
    order.leave(impatient)
    assert served(order, called) == [patient]


def test_a_place_that_is_left_twice_is_given_once() -> None:
    order, called = occupied()
    for user in USERS:
        order.arrive(user, partial)
    order.leave(called)
    order.leave(called)
    assert len(order.call()) == 1


def test_a_recogniser_without_a_place_is_refused() -> None:
    with pytest.raises(ValueError, match="turn"):
        TurnOrder(0)


def test_only_the_latest_users_are_remembered() -> None:
    order, called = occupied()
    everybody = [f"user {n}" for n in range(2 * MOST_REMEMBERED)]
    for user in everybody:
        order.arrive(user, partial)
    assert len(served(order, called)) == len(everybody)
    latest, *newest = (
        order.arrive("user 0", partial),
        order.arrive(everybody[-MOST_REMEMBERED], partial),
        order.arrive(everybody[-1], partial),
    )
    assert order.call() == [latest]
    assert served(order, latest) == newest


urgencies = st.sampled_from(Urgency)
arrivals = st.tuples(st.sampled_from(USERS), urgencies)


@given(
    at_once=st.integers(1, 3),
    steps=st.lists(st.one_of(arrivals, st.integers(0, 10)), max_size=40),
)
def test_no_more_than_there_are_places_are_called_and_no_place_stays_free_while_one_waits(
    at_once: int, steps: list[tuple[str, Urgency] | int]
) -> None:
    order = TurnOrder(at_once)
    there: list[Ticket] = []
    called: list[Ticket] = []
    for step in steps:
        if isinstance(step, tuple):
            there.append(order.arrive(step[0], always(step[1])))
        elif there:
            gone = there.pop(step % len(there))
            order.leave(gone)
            called = [ticket for ticket in called if ticket is not gone]
        called += order.call()
        assert len(called) == min(at_once, len(there))
        assert set(called) <= set(there)


@given(waiting=st.lists(arrivals, min_size=1, max_size=12))
def test_everybody_is_called_once_and_never_before_one_who_is_more_urgent(
    waiting: list[tuple[str, Urgency]],
) -> None:
    order, called = occupied()
    tickets = [order.arrive(user, always(urgency)) for user, urgency in waiting]
    calls = served(order, called)
    assert len(calls) == len(tickets)
    assert set(calls) == set(tickets)
    assert [ticket.urgency() for ticket in calls] == sorted(ticket.urgency() for ticket in tickets)


@given(talkers=st.lists(st.sampled_from(USERS), min_size=1, max_size=6), rounds=st.integers(1, 5))
def test_of_users_who_talk_without_end_each_is_called_once_in_a_round(
    talkers: list[str], rounds: int
) -> None:
    order, called = occupied()
    for user in talkers:
        order.arrive(user, partial)
    users = len(set(talkers))
    calls: list[str] = []
    for _ in range(rounds * users):
        order.leave(called)
        (called,) = order.call()
        calls.append(called.user)
        order.arrive(called.user, partial)
    for first in range(0, len(calls), users):
        assert set(calls[first : first + users]) == set(talkers)


@given(users=st.lists(st.sampled_from(USERS), min_size=1, max_size=10))
def test_of_one_users_requests_the_oldest_comes_first(users: list[str]) -> None:
    order, called = occupied()
    tickets = [order.arrive(user, partial) for user in users]
    calls = served(order, called)
    for user in USERS:
        assert [it for it in calls if it.user == user] == [it for it in tickets if it.user == user]
