"""The fault that changes nothing."""

from __future__ import annotations

from labkit.faults import NoOp
from labkit.protocols.stream import FIN
from tests.support.turned_clock import Line


def test_everything_passes_at_once() -> None:
    """Bytes and ends pass as they come, and nothing is held."""
    line = Line(NoOp())
    line.send(b"a", at=1.0)
    line.send(b"b", FIN, at=2.0)
    assert line.passed == [(1.0, b"a"), (2.0, b"b"), (2.0, FIN)]
    assert line.stage.held == line.reports == 0
