"""Fallback."""

from __future__ import annotations

from types import ModuleType

from labkit.measure.instruments.fallback import EXPERIMENT
from tests.support.experiments import measured


async def test_which_middleboxes_it_survives(lab: ModuleType) -> None:
    """Socket.IO falls back where an upgrade is refused, not where nothing comes back."""
    await lab.fresh(timescale=0.2)
    assert await measured(EXPERIMENT) == {
        "nothing": {"websocket": 1, "socketio": 1},
        "strip upgrade": {"websocket": 0, "socketio": 1},
        "refuse upgrade": {"websocket": 0, "socketio": 1},
        "drop upgrade": {"websocket": 0, "socketio": 0},
        "require proxy": {"websocket": 0, "socketio": 0},
    }
