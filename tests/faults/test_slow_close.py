"""A connection that takes its time to end."""

from __future__ import annotations

import pytest

from labkit.exceptions import LabError
from labkit.faults import SlowClose
from labkit.protocols.stream import FIN, RST, Item
from tests.support.turned_clock import Line


@pytest.mark.parametrize("end", [FIN, RST], ids=lambda end: end.fact)
def test_only_the_end_is_late(end: Item) -> None:
    """Bytes pass at once, FIN and RST after the seconds."""
    line = Line(SlowClose(2))
    line.send(b"bye", at=1.0)
    line.send(end, at=1.5)
    assert line.passed_by(3.499) == [(1.0, b"bye")]
    assert line.passed_by(9) == [(1.0, b"bye"), (3.5, end)]


def test_bad_values() -> None:
    """Seconds are a number, 0 or more."""
    with pytest.raises(LabError, match="seconds must be a number from 0"):
        SlowClose(-1)
