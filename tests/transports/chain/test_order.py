"""The order of a chain's ways, as data in and names out."""

from __future__ import annotations

import pytest

from labkit.transports.chain.order import EARLY, MOST_EARLY, Order

WAYS = ("websocket", "sse", "longpoll")


@pytest.fixture
def order() -> Order:
    """Return an order of three ways."""
    return Order(WAYS)


def break_early(order: Order, way: str, times: int = MOST_EARLY) -> None:
    """Prove a way, and break it before it has stood long enough."""
    for _ in range(times):
        order.on_proved(way)
        order.on_broken(way, EARLY - 0.1)


def test_the_first_round_is_as_given(order: Order) -> None:
    """Nothing is known yet, so the ways are tried in the order in which they were given."""
    assert order.next_round == list(WAYS)
    assert (order.current, order.better, order.words) == (None, [], "")


def test_the_way_that_worked_last_comes_first(order: Order) -> None:
    """A way that breaks is tried again before the others, which keep their order."""
    order.on_refused("websocket", "HTTP 403")
    order.on_proved("sse")
    order.on_broken("sse", 60)
    assert order.next_round == ["sse", "websocket", "longpoll"]


def test_a_way_that_breaks_early_three_times_comes_last(order: Order) -> None:
    """The third early break in a row is one too many, and is its reason."""
    break_early(order, "websocket", 2)
    assert order.next_round == list(WAYS)
    assert order.words == ""
    break_early(order, "websocket", 1)
    assert order.next_round == ["sse", "longpoll", "websocket"]
    assert order.words == "websocket: it broke 3 times within 10 s of opening"


def test_a_way_that_stood_long_enough_counts_from_zero(order: Order) -> None:
    """Only breaks in a row count: ten seconds are enough to forgive."""
    break_early(order, "websocket", 2)
    order.on_broken("websocket", EARLY)
    break_early(order, "websocket", 2)
    assert order.next_round == list(WAYS)


def test_the_last_way_is_not_left(order: Order) -> None:
    """If all ways break early, the chain stays on the one that it has."""
    for way in WAYS:
        break_early(order, way)
    assert order.next_round == ["longpoll", "websocket", "sse"]


def test_a_left_way_that_is_the_only_one_is_still_tried(order: Order) -> None:
    """It comes behind the others, but it is in the round."""
    break_early(order, "websocket")
    order.on_refused("sse", "no answer")
    order.on_refused("longpoll", "no answer")
    assert order.next_round[-1] == "websocket"


def test_a_way_that_is_proved_has_no_reason_any_more(order: Order) -> None:
    """The reasons are those of now, in the order of the ways, the latest for each of them."""
    order.on_refused("sse", "no answer")
    order.on_refused("websocket", "HTTP 403")
    order.on_refused("websocket", "HTTP 502")
    assert order.words == "websocket: HTTP 502; sse: no answer"
    order.on_proved("sse")
    assert order.refusals == {"websocket": "HTTP 502"}


def test_the_better_ways_are_those_before_the_current_one(order: Order) -> None:
    """They are worth a probe; from the first way, there is nothing to go up to."""
    order.on_proved("longpoll")
    assert order.better == ["websocket", "sse"]
    order.on_proved("websocket")
    assert order.better == []


def test_probes_become_rare(order: Order) -> None:
    """The waits double up to a minute; they start afresh when the first way has stood."""
    assert [order.next_probe() for _ in range(7)] == [2, 4, 8, 16, 32, 60, 60]
    order.on_broken("websocket", EARLY)
    assert order.next_probe() == 2


def test_a_probed_way_gets_one_chance(order: Order) -> None:
    """It is tried first again, but its next early break makes it the last one at once."""
    break_early(order, "websocket")
    order.on_proved("sse")
    order.on_probed("websocket")
    assert not order.is_left("websocket")
    break_early(order, "websocket", 1)
    assert order.is_left("websocket")
