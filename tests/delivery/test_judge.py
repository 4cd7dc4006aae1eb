"""Whether a history keeps a promise: sound histories are acquitted, and every plant is named."""

from __future__ import annotations

import sys
from collections import Counter
from itertools import product
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labkit.delivery import Counts, Promise, judge
from labkit.delivery.event import Event
from tests.support.histories import World
from tests.support.planted import PLANTS, Plant
from tests.support.told import told


def is_before(sender: str, receiver: str) -> bool:
    return receiver < sender


PROMISES = [
    Promise(*values)  # type: ignore[arg-type]
    for values in product(
        ("at most once", "at least once", "exactly once"),
        (None, "per sender", "total"),
        ("others", "everybody", is_before),
        (False, True),
    )
]

SEEDS = st.integers(0, 2**32)


@given(SEEDS, st.sampled_from(PROMISES))
def test_a_sound_history_is_never_accused(seed: int, promise: Promise) -> None:
    """Whatever was cut, and whenever; what is found is excused."""
    assert judge(World(seed, promise).run(), promise).broken == ()


@pytest.mark.parametrize("plant", PLANTS, ids=lambda plant: plant.__name__)
@settings(max_examples=30)
@given(SEEDS, st.sampled_from(PROMISES))
def test_every_plant_is_named(plant: Plant, seed: int, promise: Promise) -> None:
    """With its message and receiver, and without an excuse."""
    assert_named(plant, World(seed, promise).run(), promise, seed)


@pytest.mark.exhaustive
@pytest.mark.parametrize("promise", PROMISES, ids=str)
def test_thousands_of_histories(promise: Promise) -> None:
    """Forty sound ones under each promise, which are longer, and each plant in ten of them."""
    for seed in range(40):
        events = World(seed, promise, steps=400).run()
        assert judge(events, promise).broken == (), seed
        for plant in PLANTS if seed < 10 else ():
            assert_named(plant, events, promise, seed)


def assert_named(plant: Plant, events: list[Event], promise: Promise, seed: int) -> None:
    planted = plant(events, promise, Random(seed))
    if planted is not None:
        events, names = planted
        broken = judge(events, promise).broken
        assert names & {(finding.kind, finding.message, finding.receiver) for finding in broken}


def test_each_plant_finds_room() -> None:
    """Else the tests above would prove nothing about it."""
    left = list(PLANTS)
    for seed, promise in enumerate(PROMISES):
        events = World(seed, promise).run()
        left = [plant for plant in left if plant(events, promise, Random(seed)) is None]
    assert left == []


def test_frames_of_a_dead_connection_arrive_after_the_reconnect() -> None:
    """In many of the sound histories: it is their rarest branch, and once was judged wrongly."""
    late = 0
    for seed, promise in enumerate(PROMISES):
        newest: dict[str, int] = {}
        for event in World(seed, promise).run():
            if event.kind == "hear":
                late += event.connection < newest.get(event.client, 0)
                newest[event.client] = max(event.connection, newest.get(event.client, 0))
    assert late > 50


def test_most_sound_histories_are_praised() -> None:
    """And of the others nothing can be said: a judge that never speaks accuses nobody."""
    kept = Counter(judge(World(s, p).run(), p).kept for s, p in enumerate(PROMISES * 2))
    assert kept[True] > 2 * kept[None]
    assert kept[False] == 0


def test_a_verdict_counts() -> None:
    """What was owed, without the losses that are excused, and what of it arrived."""
    lines = ["alice enter", "bob enter", "carol enter"]
    lines += [f"alice say alice#{number}" for number in (1, 2)]
    lines += ["bob hear alice#1", "carol hear alice#1", "carol ended fault"]
    verdict = judge(told(*lines), Promise())
    assert verdict.counts == Counts(messages=2, owed=3, delivered=2, possible=2, excused=1)
    assert [(finding.receiver, finding.excuse is None) for finding in verdict.findings] == [
        ("bob", True),
        ("carol", False),
    ]
    assert [finding.receiver for finding in verdict.broken] == ["bob"]
    assert verdict.kept is False
    assert str(verdict) == verdict.sentence == "Broken: 1 of 2 messages was lost."


@pytest.mark.parametrize(("joins_before", "kept"), [(0, None), (1, None), (2, True), (4, True)])
def test_nothing_can_be_said_where_too_little_is_owed(joins_before: int, kept: bool | None) -> None:
    """Less than half of what was sent, for each client that stayed all the time."""
    numbers = range(4)
    says = [f"alice say alice#{number}" for number in numbers]
    says.insert(4 - joins_before, "bob joined")
    hears = [f"bob hear alice#{number}" for number in numbers]
    assert judge(told("alice enter", "bob dial", *says, *hears), Promise()).kept is kept


def test_a_loss_among_too_little_is_a_loss() -> None:
    """Nothing can be said only where nothing is wrong."""
    says = [f"alice say alice#{number}" for number in range(4)]
    events = told("alice enter", "bob dial", *says[:3], "bob joined", says[3])
    assert judge(events, Promise()).kept is False


def long_history(rounds: int, *, clients: int, cuts: bool) -> list[Event]:
    """Return a history in which everybody speaks in turn, and the last one is cut now and then."""
    names = [f"c{number}" for number in range(clients)]
    lines = [f"{name} enter" for name in names]
    for number in range(rounds):
        sender = names[number % clients]
        lines.append(f"{sender} say {sender}#{number}")
        lines += [f"{name} hear {sender}#{number}" for name in names if name != sender]
        if cuts and number % 10 == 9:
            lines += [f"{names[-1]} ended fault", f"{names[-1]} enter"]
    return told(*lines)


@pytest.mark.exhaustive
@pytest.mark.parametrize("promise", [Promise(), *PROMISES[4::12]], ids=str)
@pytest.mark.parametrize("lost", [0, 1, 3])
def test_the_work_grows_with_the_history(promise: Promise, lost: int) -> None:
    """Twice as many events are at most twice as many calls, also where every third is lost."""

    def work(rounds: int) -> int:
        events = long_history(rounds, clients=5, cuts=True)
        left = [e for e in events if not (lost and e.kind == "hear" and e.position % 3 < lost)]
        calls = 0

        def count(*_: object) -> None:
            nonlocal calls
            calls += 1

        sys.setprofile(count)
        try:
            judge(left, promise)
        finally:
            sys.setprofile(None)
        return calls

    assert work(1000) < 2.2 * work(500)
