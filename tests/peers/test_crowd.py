"""A class of fifty in another process: nothing is lost, nothing is out of order."""

from __future__ import annotations

import asyncio
from types import ModuleType

import pytest

from benchmarks.crowd import crowd, play
from tests.conftest import soon


@pytest.mark.parametrize("way", ["direct", "link"])
async def test_fifty_people_say_a_hundred_things(lab: ModuleType, way: str) -> None:
    """Each of 245 000 deliveries arrives once and in its sender's order; then all is calm."""
    server = await lab.serve("websocket")
    url = server.url if way == "direct" else (await lab.link(server)).url
    async with crowd(url, 50) as people:
        outcome = await asyncio.wait_for(play(people, senders=50, texts=100), 120)
        assert (outcome.expected, outcome.delivered, outcome.disordered) == (245_000, 245_000, 0)
        assert server.log_counts["message"] == 5_000
    await soon(lambda: not server.connections)
    assert "dropped" not in server.log_counts
    await lab.finish()
