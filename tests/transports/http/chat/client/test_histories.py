"""Histories one after the other."""

from __future__ import annotations

import json
from types import ModuleType
from typing import Any

import pytest

from labkit.transports.http.chat.client.histories import Histories
from tests.conftest import ROOT

TABLE = json.loads((ROOT / "tests/support/histories.json").read_text("utf-8"))
"""Histories, each with the seconds since the last one; the pages are tested with it, too."""


def follow(steps: list[tuple[str, float]], scale: float = 1.0) -> list[bool]:
    """Return what is believed of each step but the first."""
    histories, now, believed = Histories(), 100.0, []
    before = steps[0][0]
    for epoch, after in steps[1:]:
        now += after * scale
        believed.append(histories.may_follow(before, epoch, now))
        before = epoch
    return believed


@pytest.mark.parametrize("row", TABLE, ids=lambda row: row["name"])
def test_what_is_believed(row: dict[str, Any]) -> None:
    """A server starts again, but not without end, and its old history does not come back."""
    *others, last = follow(row["steps"])
    assert all(others) and last is row["is_believed"]


async def test_the_time_is_scaled(lab: ModuleType) -> None:
    """In half the time, everything takes half as long."""
    await lab.fresh(timescale=0.5)
    steps = [("a", 0.0), ("b", 0.1), ("a", 5.0)]
    assert follow(steps, 0.5) == [True, True]
    assert follow(steps, 0.49) == [True, False]
