"""The two sample servers."""

from __future__ import annotations

from types import ModuleType

from labkit.measure.instruments.samples import EXPERIMENT
from tests.support.experiments import measured


async def test_they_differ_in_the_sender(lab: ModuleType) -> None:
    """Two of three hear a text from the raw one, and all three from Socket.IO's."""
    assert await measured(EXPERIMENT) == {
        "people who hear a text": {"websocket": 2, "socketio": 3},
        "people for whom both do the same": {"both": 2},
    }
