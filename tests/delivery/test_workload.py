"""Numbered traffic with cuts, drawn from a seed."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from labkit.delivery.step import Back, Cut, CutAtMessage, Say
from labkit.delivery.workload import workload
from labkit.exceptions import LabError


def test_it_has_as_many_messages_and_cuts_as_asked_for() -> None:
    """And each client that was cut is back at the end."""
    for seed in range(50):
        steps = workload(3, messages=20, cuts=3, seed=seed)
        kinds = Counter(type(step) for step in steps)
        assert kinds[Say] == 20
        assert kinds[Cut] + kinds[CutAtMessage] == 3
        away: set[str] = set()
        for step in steps:
            if isinstance(step, (Cut, CutAtMessage)):
                assert step.client not in away
                away.add(step.client)
            elif isinstance(step, Back):
                away.remove(step.client)
        assert not away


def test_equal_seeds_give_equal_steps() -> None:
    """And others give others, with cuts of all kinds among them."""
    assert workload(seed=3) == workload(seed=3)
    assert workload(seed=3) != workload(seed=4)
    assert workload(seed=3).seed == 3
    cuts = {
        getattr(step, "direction", "now")
        for seed in range(20)
        for step in workload(seed=seed)
        if isinstance(step, (Cut, CutAtMessage))
    }
    assert cuts == {"now", "upstream", "downstream"}


def test_the_first_client_is_the_steady_witness() -> None:
    """It is never cut, unless there is another witness."""
    cut = {
        (steady, step.client)
        for seed in range(30)
        for steady in (True, False)
        for step in workload(seed=seed, steady=steady)
        if isinstance(step, (Cut, CutAtMessage))
    }
    assert {name for steady, name in cut if steady} == {"bob", "carol"}
    assert {name for steady, name in cut if not steady} == {"alice", "bob", "carol"}


def test_clients_may_be_named() -> None:
    """All of them take part, also those that say nothing."""
    assert workload(["zoe", "yan"], messages=1, cuts=0).clients == ("zoe", "yan")
    assert len(workload(10, messages=1).clients) == 10


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ({"clients": 0}, "clients must be"),
        ({"clients": "alice"}, "clients must be"),
        ({"clients": []}, "at least one client"),
        ({"clients": ["a b"]}, "A client of a run has a name"),
        ({"clients": 101}, "at most 100 clients"),
        ({"clients": 1}, "nobody can be cut"),
        ({"messages": 0}, "messages must be"),
        ({"cuts": -1}, "cuts must be"),
        ({"seed": None}, "seed must be"),
    ],
)
def test_wrong_values_are_refused(arguments: dict[str, Any], told: str) -> None:
    """A sentence says what is wrong."""
    with pytest.raises(LabError, match=told):
        workload(**arguments)
