"""A connection that ends after so many bytes."""

from __future__ import annotations

import pytest

from labkit.exceptions import LabError
from labkit.faults import LimitData
from labkit.faults.fault import make_close
from labkit.protocols.stream import FIN
from tests.support.turned_clock import Line


@pytest.mark.parametrize("chunks", [[b"abcdef"], [b"ab", b"cd", b"ef"], [b"abcd", b"ef"]])
def test_the_bytes_up_to_there_pass(chunks: list[bytes]) -> None:
    """Then both sides are closed, and what comes later is lost."""
    fault = LimitData(4)
    line = Line(fault)
    line.send(*chunks, at=1.0)
    assert line.bytes == b"abcd"
    assert line.passed[-1] == (1.0, make_close(fault))
    line.send(b"more")
    assert line.bytes == b"abcd" and line.stage.held == 0


def test_below_the_limit_nothing_happens() -> None:
    """A connection may end before."""
    line = Line(LimitData(4))
    line.send(b"abc", FIN, at=1.0)
    assert line.passed == [(1.0, b"abc"), (1.0, FIN)]


def test_no_bytes_at_all() -> None:
    """With 0, the first bytes close it."""
    fault = LimitData(0)
    line = Line(fault)
    assert line.passed == []
    line.send(b"abc", at=1.0)
    assert line.passed == [(1.0, make_close(fault))]


@pytest.mark.parametrize("limit", [-1, 1.5, True])
def test_bad_values(limit: int) -> None:
    """The limit is a whole number, 0 or more."""
    with pytest.raises(LabError, match="bytes must be a whole number from 0"):
        LimitData(limit)
