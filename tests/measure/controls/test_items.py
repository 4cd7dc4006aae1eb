"""The items by which control is counted."""

from __future__ import annotations

from types import ModuleType

import pytest

from labkit.exceptions import LabError
from labkit.measure.controls import items
from labkit.measure.controls.items import ITEMS, Item, find_check, try_items
from labkit.measure.features.sources import STACKS, Stack


def test_each_item_has_a_check_on_both_stacks() -> None:
    """Names and texts are there once, and an item of the protocol names its section."""
    assert len({item.name for item in ITEMS}) == len({item.text for item in ITEMS}) == len(ITEMS)
    for item in ITEMS:
        assert item.kind == ("protocol" if item.section.startswith("RFC ") else "application")
        for stack in STACKS:
            assert callable(find_check(stack, item))


@pytest.mark.parametrize("stack", STACKS)
async def test_items_are_tried_on_a_bench_of_their_own(
    stack: Stack, monkeypatch: pytest.MonkeyPatch, lab: ModuleType
) -> None:
    """What the libraries leave behind ends with it."""
    few = tuple(item for item in ITEMS if item.name in ("close_code", "acknowledgement"))
    monkeypatch.setattr(items, "ITEMS", few)
    assert await try_items(stack) == {
        "close_code": stack == "websocket",
        "acknowledgement": stack == "socketio",
    }


async def test_a_check_that_fails_decides_nothing(
    monkeypatch: pytest.MonkeyPatch, lab: ModuleType
) -> None:
    """It is an error that names the item, neither a yes nor a no."""
    monkeypatch.setattr(items, "ITEMS", (Item("pair", "two ends", "RFC 1"),))
    with pytest.raises(LabError, match="whether websocket has two ends"):
        await try_items("websocket")
