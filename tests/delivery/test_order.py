"""The order in which messages were heard."""

from __future__ import annotations

from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labkit.delivery import Finding, Promise, judge
from tests.support.told import told

SENDER, TOTAL = Promise(order="per sender"), Promise(order="total")
BY_NAME = Promise("exactly once", order="per sender")


def reordered(promise: Promise, *lines: str) -> list[Finding]:
    there = ("alice enter", "bob enter", "carol enter", "dave enter")
    findings = judge(told(*there, *lines), promise).findings
    return [finding for finding in findings if finding.kind == "reordered"]


def says(numbers: int, sender: str = "alice") -> list[str]:
    return [f"{sender} say {sender}#{number}" for number in range(1, numbers + 1)]


def hears(receiver: str, *numbers: int, sender: str = "alice") -> list[str]:
    return [f"{receiver} hear {sender}#{number}" for number in numbers]


@pytest.mark.parametrize(
    ("heard", "moved"),
    [
        ((1, 2, 3, 4, 5), []),
        ((1, 3, 5), []),
        ((2, 3, 4, 5, 1), [1]),
        ((5, 1, 2, 3, 4), [5]),
        ((1, 4, 2, 3, 5), [4]),
        ((1, 2, 1, 3), []),
    ],
)
def test_the_fewest_that_must_move_are_named(heard: tuple[int, ...], moved: list[int]) -> None:
    """Not all that were overtaken; of a duplicate, the first hearing counts."""
    findings = reordered(SENDER, *says(5), *hears("bob", *heard))
    assert [finding.message for finding in findings] == [f"alice#{number}" for number in moved]


@given(st.permutations(range(1, 8)))
def test_what_is_left_is_in_order_and_each_proof_is_right(heard: list[int]) -> None:
    """However they were shuffled, and no smaller number would do."""
    findings = reordered(SENDER, *says(7), *hears("bob", *heard))
    moved = {int(finding.message.partition("#")[2]) for finding in findings}
    left = [number for number in heard if number not in moved]
    assert left == sorted(left)
    longest = max(
        sum(mask >> place & 1 for place in range(7))
        for mask in range(128)
        if (kept := [one for place, one in enumerate(heard) if mask >> place & 1]) == sorted(kept)
    )
    assert len(left) == longest
    for finding in findings:
        one, two = (row for row in finding.rows if row.kind == "hear")
        sends = {row.message: row.position for row in finding.rows if row.kind == "send"}
        assert one.position < two.position and sends[one.message] > sends[two.message]


@pytest.mark.parametrize("delivery", ["at most once", "at least once", "exactly once"])
def test_without_a_promise_of_order_it_is_excused(delivery: str) -> None:
    """It is a fact all the same."""
    promise = Promise(delivery)  # type: ignore[arg-type]
    (finding,) = reordered(promise, *says(2), *hears("bob", 2, 1))
    assert finding.excuse == "no order is promised"


@pytest.mark.parametrize(
    ("lines", "at_most", "by_name"),
    [
        ([*says(1), "alice enter", "alice say alice#2", *hears("bob", 2, 1)], 0, 1),
        ([*says(2), "bob enter", *hears("bob/2", 2), *hears("bob/1", 1)], 0, 1),
        ([*says(1), *says(2), *hears("bob", 2, 1)], 0, 1),
        ([*says(2), *hears("bob", 2, 1)], 1, 1),
    ],
)
def test_order_is_by_connection_under_at_most_once(
    lines: list[str], at_most: int, by_name: int
) -> None:
    """What was under way on a connection that is over may come after the next one's first."""
    assert len(reordered(SENDER, *lines)) == at_most
    assert len(reordered(BY_NAME, *lines)) == by_name


def test_two_receivers_who_disagree() -> None:
    """They show it in the messages of two senders, whose own order is right."""
    both = [*says(1), *says(1, "dave")]
    bob = [*hears("bob", 1), *hears("bob", 1, sender="dave")]
    carol = [*hears("carol", 1, sender="dave"), *hears("carol", 1)]
    assert reordered(SENDER, *both, *bob, *carol) == []
    (finding,) = reordered(TOTAL, *both, *bob, *carol)
    assert finding.receiver == ""
    assert (
        finding.sentence
        == "bob heard alice#1 before dave#1, and carol heard dave#1 before alice#1."
    )


def test_three_receivers_who_disagree_though_no_two_do() -> None:
    """bob: 1 before 2, carol: 2 before 3, dave: 3 before 1."""
    ids = ["alice#1", "bob#1", "carol#1"]
    lines = [f"{one.partition('#')[0]} say {one}" for one in ids]
    pairs = [("bob", 0, 1), ("carol", 1, 2), ("dave", 2, 0)]
    for who, first, second in pairs:
        lines += [f"{who} hear {ids[first]}", f"{who} hear {ids[second]}"]
    promise = Promise(order="total", audience="everybody")
    (finding,) = reordered(promise, *lines)
    assert {row.client for row in finding.rows} == {"bob", "carol", "dave"}
    assert len(finding.rows) == 6
    for left_out in range(3):
        some = [pair for number, pair in enumerate(pairs) if number != left_out]
        kept = [f"{who} hear {ids[index]}" for who, *two in some for index in two]
        assert reordered(promise, *lines[:3], *kept) == []


def test_a_long_way_round_is_shown_short() -> None:
    """What one receiver heard in a row is one step: the first before the last."""
    lines = [*says(3), *says(1, "dave")]
    lines += [*hears("bob", 1, 2, 3), *hears("bob", 1, sender="dave")]
    lines += [*hears("carol", 1, sender="dave"), *hears("carol", 1)]
    (finding,) = reordered(TOTAL, *lines)
    assert [row.words for row in finding.rows if row.client == "bob"] == [
        "hears alice#1",
        "hears dave#1",
    ]
    assert len(finding.rows) == 4


def test_a_way_round_that_begins_in_the_middle_is_shown_short_too() -> None:
    """The search begins at what carol heard first, which lies between what bob contradicts."""
    lines = [*says(3), *says(1, "dave"), *hears("carol", 2), *hears("carol", 1, sender="dave")]
    lines += [*hears("bob", 1, 2, 3), *hears("dave", 3, 1)]
    findings = [finding for finding in reordered(TOTAL, *lines) if not finding.receiver]
    assert [len(finding.rows) for finding in findings] == [4]


@pytest.mark.parametrize("bob", list(permutations(("alice#1", "dave#1", "carol#1"))))
@pytest.mark.parametrize("dave", list(permutations(("alice#1", "dave#1", "carol#1"))))
def test_any_two_orders_agree_only_if_they_are_equal(
    bob: tuple[str, ...], dave: tuple[str, ...]
) -> None:
    """With three senders, and all messages heard by both."""
    lines = [f"{one.partition('#')[0]} say {one}" for one in ("alice#1", "dave#1", "carol#1")]
    lines += [
        f"{who} hear {one}" for who, all_of in (("bob", bob), ("dave", dave)) for one in all_of
    ]
    promise = Promise(order="total", audience="everybody")
    assert bool(reordered(promise, *lines)) is (bob != dave)
