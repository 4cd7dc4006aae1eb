"""What the bench is given from above it."""

from __future__ import annotations

import inspect

from labkit.bench import owned
from labkit.measure.crowd import Crowd
from labkit.views.panel import Panel


def test_what_is_owned_can_be_ended() -> None:
    """Crowds and panels have what the bench calls, and in the same way."""
    for wanted, real in ((owned.Crowd.start, Crowd.start), (owned.Crowd.stop, Crowd.stop)):
        assert inspect.signature(real) == inspect.signature(wanted)
        assert inspect.iscoroutinefunction(real)
    assert inspect.signature(Panel.close) == inspect.signature(owned.Shown.close)
