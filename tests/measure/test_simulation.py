"""The simulated crowd: the same for the same seed, and true where it can be reckoned."""

from __future__ import annotations

from time import process_time
from typing import Any

import pytest

from labkit.backoff import Backoff
from labkit.exceptions import LabError
from labkit.measure.simulation import MOST_DRAWN, simulate

FIXED = Backoff(1, factor=1, jitter="none")


def test_without_jitter_all_come_at_once() -> None:
    """They dial together each second, until the server that is back has taken all."""
    simulation = simulate(1000, FIXED, away=1.5)
    attempts = simulation.counts.attempts
    assert [(step, count) for step, count in enumerate(attempts) if count] == [
        (10, 1000),
        (20, 1000),
    ]
    assert simulation.counts.connected[19:] == (0, 1000)
    assert (simulation.seconds, simulation.counts.before) == (2.1, 1000)


def test_a_server_takes_so_many_a_second() -> None:
    """The rest is refused, waits as the backoff says, and dials again."""
    simulation = simulate(100, FIXED, away=0, takes=400)
    assert [count for count in simulation.counts.attempts if count] == [100, 60, 20]
    assert simulation.counts.connected[-1] == 100


def test_nobody_gets_in_while_the_server_is_away() -> None:
    """Attempts fail until it is back, and are counted."""
    counts = simulate(500, Backoff(0.2, cap=1), away=3, until=3).counts
    assert sum(counts.attempts) > 500 and set(counts.connected) == {0}


def test_who_does_not_wait_dials_in_each_interval() -> None:
    """The whole crowd does, as long as the server is away."""
    assert set(simulate(2000, Backoff(0), away=2, until=2).counts.attempts) == {2000}


def test_jitter_spreads_the_crowd() -> None:
    """In the busiest interval, full jitter has a tenth of a second's share, and all come back."""
    simulation = simulate(10_000, Backoff(1, factor=1, cap=1), away=0.5, takes=100_000)
    assert 850 < simulation.counts.attempts[1] < 1150
    assert simulation.seconds is not None and simulation.seconds < 2.5


def test_waits_grow_as_the_backoff_says() -> None:
    """Attempts are after 1, 3, 7 and 12 s: waits of 1, 2, 4 and then 5 s."""
    counts = simulate(10, Backoff(1, jitter="none"), away=100, until=15).counts
    assert [step for step, count in enumerate(counts.attempts) if count] == [10, 30, 70, 120]


def test_a_seed_gives_the_same_figures() -> None:
    """The same seed gives the same, another one others."""
    first, again, other = (simulate(500, Backoff(0.5), seed=seed) for seed in (1, 1, 2))
    assert first == again and first != other


LONGER = pytest.mark.exhaustive


@pytest.mark.parametrize(
    ("backoff", "takes"),
    [
        (Backoff(), 10_000),
        (Backoff(0), 10_000),
        (FIXED, 1_000),
        pytest.param(Backoff(), 1_000, marks=LONGER),
        pytest.param(Backoff(0.3, 1, 0.3), 1_000, marks=LONGER),
        pytest.param(Backoff(1, cap=30), 1_000, marks=LONGER),
    ],
)
def test_a_hundred_thousand_in_under_two_seconds(backoff: Backoff, takes: int) -> None:
    """However often they dial: a simulation that would draw too many waits ends early."""
    began = process_time()
    simulation = simulate(100_000, backoff, takes=takes)
    assert process_time() - began < 2
    assert sum(simulation.counts.attempts) > 100_000
    assert simulation.seconds is None or simulation.counts.connected[-1] == 100_000


@pytest.mark.exhaustive
def test_it_ends_early_where_too_many_waits_would_be_drawn() -> None:
    """It then has fewer intervals, and says that not all are back."""
    simulation = simulate(1_000_000, Backoff(0.3, 1, 0.3), away=50)
    assert len(simulation.counts.attempts) < 50
    assert sum(simulation.counts.attempts) < MOST_DRAWN + 2_000_000
    assert repr(simulation).endswith("not all back>")


def test_it_says_what_it_is() -> None:
    """In its title and its repr, which is the same in each run."""
    simulation = simulate(100_000, Backoff(1, factor=1, jitter="none"), takes=1e6)
    what, when = "100,000 simulated clients", "back after 1 s, no jitter"
    assert (simulation.title, simulation.comes_back) == (what, when)
    assert repr(simulation) == f"<Simulation: {what}, {when}; all back after 5.1 s>"


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ({"clients": 0}, "has 1 to 1,000,000 clients, not 0"),
        ({"clients": 10**7}, "not 10000000"),
        ({"clients": True}, "not True"),
        ({"clients": "many"}, "not 'many'"),
        ({"reconnect": "yes"}, "must be a Backoff"),
        ({"away": -1}, "`away` must be a number 0 or more, not -1"),
        ({"away": float("nan")}, "not nan"),
        ({"takes": 0}, "`takes` must be a number above 0, not 0"),
        ({"until": "long"}, "`until` must be a number above 0, not 'long'"),
        ({"interval": 1e-9}, "too many steps"),
    ],
)
def test_what_makes_no_sense_is_refused(wrong: dict[str, Any], why: str) -> None:
    """One sentence says what is wrong."""
    with pytest.raises(LabError, match=why):
        simulate(**wrong)
