"""Delivery under the same cuts."""

from __future__ import annotations

import sys
from types import ModuleType

import pytest

from labkit.delivery import Run
from labkit.exceptions import LabError
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


async def test_a_run_that_is_cut_short_gives_no_figure(
    lab: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What it did not come to would look like fewer losses."""
    monkeypatch.setattr(sys.modules[Run.__module__], "LIMIT", 0.01)
    with pytest.raises(LabError, match="The run was ended after"):
        await measured(EXPERIMENT)
