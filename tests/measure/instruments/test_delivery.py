"""Delivery under the same cuts."""

from __future__ import annotations

from types import ModuleType

import pytest

from labkit.measure.instruments import delivery
from labkit.measure.instruments.delivery import EXPERIMENT
from tests.support.experiments import measured


async def test_both_lose_the_same(lab: ModuleType) -> None:
    """Some texts are lost with the connections that end, and none is out of order."""
    figures = await measured(EXPERIMENT)
    lost, owed = figures["lost"], figures["owed"]
    assert lost["websocket"] == lost["socketio"] > 0
    assert owed["websocket"] == owed["socketio"] > 50
    assert figures["out of order"] == {"websocket": 0, "socketio": 0}


async def test_without_cuts_nothing_is_lost(
    lab: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Everything that is owed arrives."""
    monkeypatch.setattr(delivery, "CUTS", 0)
    figures = await measured(EXPERIMENT)
    assert figures["lost"] == {"websocket": 0, "socketio": 0}
