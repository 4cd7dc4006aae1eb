"""Round trips over a long way."""

from __future__ import annotations

import pytest

from labkit.measure.instruments.far_echo import EXPERIMENT, open_far_echo
from labkit.measure.subject import SOCKETIO, WEBSOCKET
from tests.support.processes import check_cancelled, check_more

pytestmark = pytest.mark.exhaustive


async def test_the_way_is_most_of_it() -> None:
    """A round trip takes 50 ms, and what the libraries need besides: the least of five repeats."""
    async with EXPERIMENT.open() as measure:
        repeats = [(await measure())["latency"] for _ in range(5)]
    assert [list(each) for each in repeats] == [["websocket", "socketio"]] * 5
    for subject in repeats[0]:
        assert 50 <= min(each[subject] for each in repeats) < 75


async def test_a_server_that_waits_20_ms_is_that_much_slower() -> None:
    """Within 5 %."""
    for subject in (WEBSOCKET, SOCKETIO):
        slower = subject.burdened("slower", wait=0.02)
        async with open_far_echo((subject, slower), 6) as measure:
            await check_more(measure, "latency", "slower", subject.name, 20)


async def test_cancelled_it_leaves_no_process() -> None:
    """An interrupt comes in while it measures."""
    await check_cancelled(EXPERIMENT.open())
