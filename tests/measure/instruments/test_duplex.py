"""Full duplex."""

from __future__ import annotations

from types import ModuleType

from labkit.measure.instruments.duplex import EXPERIMENT
from tests.support.experiments import measured


async def test_both_directions_at_once(lab: ModuleType) -> None:
    """On one connection over WebSocket; polling needs one for each direction."""
    one = {"websocket": 1, "socketio": 1, "socketio websocket": 1}
    assert await measured(EXPERIMENT) == {
        "TCP connections": {**one, "socketio polling": 2},
        "both ways at once": {**one, "socketio polling": 0},
    }
