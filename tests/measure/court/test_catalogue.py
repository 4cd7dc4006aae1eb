"""Choosing claims by what a learner types."""

from __future__ import annotations

from typing import Any

import pytest

from labkit.exceptions import LabError
from labkit.measure.court.catalogue import choose, find_claims
from labkit.measure.court.claims import CLAIMS

IDS = ["latency.connected", "latency.connecting", "memory.connection"]


@pytest.mark.parametrize(
    ("which", "chosen"),
    [
        (["memory.connection"], IDS[2:]),
        (["latency"], IDS[:2]),
        (["memory", "latency.connected", "memory.connection"], [IDS[2], IDS[0]]),
        (["all"], IDS),
        ([], []),
    ],
)
def test_ids_topics_and_all(which: list[str], chosen: list[str]) -> None:
    """Each claim comes once, in the order in which it is asked for."""
    assert choose(IDS, which) == chosen


@pytest.mark.parametrize(
    ("which", "message"),
    [
        ("latency.conected", "no claim 'latency.conected'. Did you mean 'latency.connected'?"),
        ("memry", "no claim 'memry'. Did you mean 'memory'?"),
        ("zzz", "no claim 'zzz'. `lab.verdicts()` lists the ids."),
        (7, "a string in quotes, not 7. `lab.verdicts()` lists the ids."),
        (["latency"], r"a string in quotes, not ['latency']."),
    ],
)
def test_a_wrong_name_gets_the_nearest(which: Any, message: str) -> None:
    """Also a topic is suggested; something else than a string is no name."""
    with pytest.raises(LabError) as caught:
        choose(IDS, [which])
    assert message in str(caught.value)


def test_ids_alone() -> None:
    """Where one claim is meant, a topic is none."""
    assert choose(IDS, ["latency.connected"], topics=False) == IDS[:1]
    with pytest.raises(LabError, match="no claim 'latency'"):
        choose(IDS, ["latency"], topics=False)


def test_claims_are_found() -> None:
    """By the same names."""
    assert find_claims("all") == list(CLAIMS)
    assert [claim.id for claim in find_claims("memory")] == ["memory.connection"]


def test_what_is_far_from_every_name_gets_none() -> None:
    """A word for the same thing is not spelled like another claim's."""
    with pytest.raises(LabError, match=r"no claim 'speed'\. `lab\.verdicts\(\)` lists the ids"):
        find_claims("speed")
