"""A line on which nothing arrives."""

from __future__ import annotations

import pytest

from labkit.exceptions import LabError
from labkit.faults import BlackHole
from labkit.faults.fault import Act
from labkit.protocols.stream import FIN, RST, Item
from tests.support.turned_clock import Line


@pytest.mark.parametrize("end", [FIN, RST], ids=lambda end: end.fact)
def test_nothing_passes_until_it_is_removed(end: Item) -> None:
    """Bytes and ends are held without a timer, and pass in order in the end."""
    line = Line(BlackHole())
    line.send(b"a", b"b", end, at=1.0)
    assert line.passed_by(1e9) == [] and not line.loop.timers
    assert line.stage.held == 2
    line.stage.release()
    assert [item for _, item in line.passed] == [b"a", b"b", end]


def test_it_may_end_in_a_cut() -> None:
    """After the seconds since it began to act, whether anything was sent or not."""
    line = Line(BlackHole(2))
    line.loop.turn_to(1.999)
    assert line.acts == []
    line.loop.turn_to(10)
    assert line.acts == [(2.0, Act.CUT)]


def test_no_cut_after_it_is_removed() -> None:
    """Its timer goes with it."""
    line = Line(BlackHole(2))
    line.stage.release()
    line.loop.turn_to(10)
    assert line.acts == []


@pytest.mark.parametrize("seconds", [-1, float("nan"), "2"])
def test_bad_values(seconds: float) -> None:
    """Seconds are a number, 0 or more."""
    with pytest.raises(LabError, match="seconds must be a number from 0"):
        BlackHole(seconds)
