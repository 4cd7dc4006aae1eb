"""How fast each guest of a finished chat may speak."""

from __future__ import annotations

import math
from typing import Any

import pytest

from labkit.exceptions import LabError
from labkit.transports import rate_limit
from labkit.transports.rate_limit import RateLimit, checked_rate


class Guest:
    """Somebody who speaks."""


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Give a clock that stands still until a test moves it."""
    now = [100.0]
    monkeypatch.setattr(rate_limit.time, "monotonic", lambda: now[0])
    return now


def test_a_second_s_worth_passes_at_once(clock: list[float]) -> None:
    """Then each message has to wait for its time; those that did not are counted."""
    limit, bob = RateLimit(5), Guest()
    assert [limit.count_refused(bob) for _ in range(8)] == [0, 0, 0, 0, 0, 1, 2, 3]
    clock[0] += 0.2
    assert [limit.count_refused(bob) for _ in range(3)] == [0, 1, 2]
    clock[0] += 60
    assert [limit.count_refused(bob) for _ in range(6)] == [0, 0, 0, 0, 0, 1]
    assert limit.words == "more than 5 messages per second"


def test_less_than_one_a_second(clock: list[float]) -> None:
    """The first passes, the next after its time, however often somebody tries before."""
    limit, bob = RateLimit(0.5), Guest()
    said = []
    for _ in range(9):
        said.append(limit.count_refused(bob))
        clock[0] += 0.5
    assert said == [0, 1, 2, 3, 0, 1, 2, 3, 0]


def test_each_has_a_limit_of_their_own(clock: list[float]) -> None:
    """And whoever has left is forgotten."""
    limit, bob, carol = RateLimit(1), Guest(), Guest()
    assert [limit.count_refused(each) for each in (bob, carol, bob)] == [0, 0, 1]
    del bob
    assert len(limit._left) == 1 and not limit._refused


def test_no_limit() -> None:
    """None lets everything pass, and remembers nobody."""
    limit, bob = RateLimit(None), Guest()
    assert not any(limit.count_refused(bob) for _ in range(1000))
    assert not limit._left


@pytest.mark.parametrize("rate", [0, -1, math.nan, math.inf, "5", True, [5]])
def test_a_rate_is_a_number(rate: Any) -> None:
    """Anything else is an error that names the option."""
    assert (checked_rate(None), checked_rate(3)) == (None, 3.0)
    with pytest.raises(LabError, match="`messages_per_second` must be a number above 0"):
        checked_rate(rate)
