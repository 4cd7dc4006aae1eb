"""How much each stack lets an application set or see."""

from __future__ import annotations

from types import ModuleType

import pytest

from labkit.measure.controls.items import ITEMS
from labkit.measure.features.sources import Stack
from labkit.measure.instruments import controls
from labkit.measure.instruments.controls import EXPERIMENT


async def test_items_are_counted_by_kind(monkeypatch: pytest.MonkeyPatch) -> None:
    """What was found on each stack is added up, of the protocol and above it."""

    async def try_items(stack: Stack) -> dict[str, bool]:
        names = {"websocket": {"ping", "pong", "rooms"}, "socketio": {"ping"}}[stack]
        return {item.name: item.name in names for item in ITEMS}

    monkeypatch.setattr(controls, "try_items", try_items)
    async with EXPERIMENT.open() as measure:
        assert await measure() == {
            "items": {"websocket": 2, "socketio": 1},
            "items above the protocol": {"websocket": 1, "socketio": 0},
        }


@pytest.mark.exhaustive
async def test_items_are_tried(lab: ModuleType) -> None:
    """The figures come from real sockets."""
    async with EXPERIMENT.open() as measure:
        assert await measure() == {
            "items": {"websocket": 21, "socketio": 8},
            "items above the protocol": {"websocket": 2, "socketio": 8},
        }
