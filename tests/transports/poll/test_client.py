"""Short polling, as its client does it."""

from __future__ import annotations

from types import ModuleType
from typing import Any

import pytest

from labkit.exceptions import LabError
from tests.conftest import soon


async def test_it_asks_again_after_each_interval(lab: ModuleType) -> None:
    """As often as the interval says, by the lab's clock."""
    await lab.fresh(timescale=0.1)
    server = await lab.serve("poll")
    alice = await lab.connect(server, "alice", interval=1)

    def polls() -> int:
        return sum(row.content.startswith("GET /messages") for row in alice.link.trace.rows())

    await soon(lambda: polls() >= 5)
    assert alice.transport == "polling" and repr(alice) == "<Client 'alice': poll, open>"


@pytest.mark.parametrize("interval", [0, -1, "often", None, float("nan")])
async def test_an_interval_is_a_time(lab: ModuleType, interval: Any) -> None:
    """Above 0, or the polls would never stop."""
    server = await lab.serve("poll")
    with pytest.raises(LabError, match="needs a number of seconds, above 0, for interval"):
        await lab.connect(server, "alice", interval=interval)
