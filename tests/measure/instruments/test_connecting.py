"""Round trips of a connection."""

from __future__ import annotations

from statistics import median

import pytest

from labkit.measure.instruments.connecting import EXPERIMENT, count_round_trips
from tests.support.processes import check_cancelled


@pytest.mark.parametrize(
    ("seconds", "count"), [(0.0395, 0), (0.041, 1), (0.0895, 1), (0.091, 2), (0.213, 4)]
)
def test_whole_round_trips(seconds: float, count: int) -> None:
    """What the libraries need besides is left out, up to four fifths of a round trip."""
    assert count_round_trips(seconds) == count


@pytest.mark.exhaustive
async def test_each_way_to_connect() -> None:
    """WebSocket takes one; Socket.IO two over WebSocket alone, and four with its upgrade."""
    async with EXPERIMENT.open() as measure:
        repeats = [await measure() for _ in range(5)]
    counts = {
        name: median(each["round trips"][name] for each in repeats)
        for name in ("websocket", "socketio websocket", "socketio")
    }
    assert counts == {"websocket": 1, "socketio websocket": 2, "socketio": 4}
    assert all(each["time"]["websocket"] >= 50 for each in repeats)


@pytest.mark.exhaustive
async def test_cancelled_it_leaves_no_process() -> None:
    """An interrupt comes in while it measures."""
    await check_cancelled(EXPERIMENT.open())
