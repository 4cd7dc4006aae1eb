"""Backoff: the waits before attempts in a row."""

from __future__ import annotations

import math
from itertools import islice
from random import Random
from statistics import mean
from typing import Any

import pytest

from labkit.backoff import Backoff, Jitter
from labkit.exceptions import LabError


class Drawn:
    """A source of random numbers that gives one number, and counts how often it is asked."""

    def __init__(self, number: float) -> None:
        self.number = number
        self.count = 0

    def random(self) -> float:
        """Return the number."""
        self.count += 1
        return self.number


def test_waits_grow_up_to_the_cap() -> None:
    """Each wait is longer by the factor, and none is longer than the cap."""
    backoff = Backoff(0.5, factor=3, cap=10, jitter="none")
    assert list(islice(backoff.delays(), 5)) == [0.5, 1.5, 4.5, 10, 10]
    assert Backoff(2, factor=1, jitter="none").delay(1000) == 2


@pytest.mark.parametrize(
    ("jitter", "drawn", "waits"),
    [
        ("full", 0.0, [0, 0, 0]),
        ("full", 0.75, [0.75, 1.5, 3]),
        ("equal", 0.0, [0.5, 1, 2]),
        ("equal", 0.5, [0.75, 1.5, 3]),
        ("none", 0.5, [1, 2, 4]),
    ],
)
def test_jitter_is_a_part_of_the_wait(jitter: Jitter, drawn: float, waits: list[float]) -> None:
    """Full jitter is drawn from all of the wait, equal jitter from its second half."""
    rng = Drawn(drawn)
    assert list(islice(Backoff(1, 2, jitter=jitter).delays(rng), 3)) == waits
    assert rng.count == (0 if jitter == "none" else 3)


@pytest.mark.parametrize(("jitter", "middle"), [("full", 2.0), ("equal", 3.0)])
def test_jitter_is_spread_evenly(jitter: Jitter, middle: float) -> None:
    """Over many clients, the waits fill the whole range around its middle."""
    rng, backoff = Random("clients"), Backoff(4, jitter=jitter)
    waits = [backoff.delay(1, rng) for _ in range(2000)]
    assert mean(waits) == pytest.approx(middle, abs=0.1)
    assert min(waits) >= 2 * middle - 4
    assert max(waits) <= 4


def test_a_seed_repeats_the_waits() -> None:
    """The same seed gives the same waits, each delay alone is the one in the row, and without a
    seed two clients differ."""
    backoff = Backoff(1, cap=60)
    row = list(islice(backoff.delays("alice"), 8))
    rng = Random("alice")
    assert row == [backoff.delay(attempt, rng) for attempt in range(1, 9)]
    assert row == list(islice(backoff.delays("alice"), 8))
    assert row != list(islice(backoff.delays("bob"), 8))
    assert list(islice(backoff.delays(), 8)) != list(islice(backoff.delays(), 8))
    assert backoff.delay(1) != backoff.delay(1)


@pytest.mark.parametrize("jitter", ["full", "equal", "none"])
def test_waits_never_end(jitter: Jitter) -> None:
    """However many attempts fail, there is a finite wait before the next one."""
    for backoff in (Backoff(1, 1e300, 1e308, jitter), Backoff(1, 10, jitter=jitter)):
        for attempt in (400, 100_000, 10**400):
            assert math.isfinite(backoff.delay(attempt))


def test_nothing_stays_nothing() -> None:
    """A first wait of 0 means that there never is one."""
    assert {Backoff(0, 10).delay(attempt) for attempt in (1, 2, 400)} == {0}


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ({"first": -1}, "a number of seconds for first, 0 or more, not -1"),
        ({"first": math.nan}, "a number of seconds for first, 0 or more, not nan"),
        ({"first": "1"}, "a number of seconds for first, 0 or more, not '1'"),
        ({"first": True}, "a number of seconds for first, 0 or more, not True"),
        ({"first": None}, "a number of seconds for first, 0 or more, not None"),
        ({"factor": 0.5}, "a number for factor, 1 or more, not 0.5"),
        ({"factor": math.inf}, "a number for factor, 1 or more, not inf"),
        ({"factor": 10**400}, "a number for factor, 1 or more, not 1000"),
        ({"cap": math.inf}, "a number of seconds for cap, 0 or more, not inf"),
        ({"cap": -1}, "a number of seconds for cap, 0 or more, not -1"),
        ({"first": 6, "cap": 5}, r"cap of a Backoff \(5 s\).*shorter than the first one \(6 s\)"),
        ({"jitter": "some"}, """jitter of a Backoff is "full", "equal" or "none", not 'some'"""),
        ({"jitter": ["full"]}, r"not \['full'\]"),
        ({"jitter": True}, "not True"),
    ],
)
def test_values_that_make_no_sense_get_a_sentence(values: dict[str, Any], told: str) -> None:
    """Each value that cannot be one is named, with what is wanted."""
    with pytest.raises(LabError, match=told):
        Backoff(**values)


@pytest.mark.parametrize("attempt", [0, -1, math.nan])
def test_attempts_are_counted_from_one(attempt: int) -> None:
    """There is no attempt 0."""
    with pytest.raises(LabError, match="counted from 1"):
        Backoff().delay(attempt)


def test_equal_values_are_equal() -> None:
    """A backoff is a value: it can be compared, and a key, and it is shown as it is written."""
    assert {Backoff(1, cap=7): 1} == {Backoff(1.0, 2, 7): 1}
    assert repr(Backoff(1, cap=7)) == "Backoff(first=1, factor=2.0, cap=7, jitter='full')"
