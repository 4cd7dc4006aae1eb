"""One message to many, calibrated with a server that works more by a known amount."""

from __future__ import annotations

import pytest

from labkit.measure.instruments.fan_out import CLIENTS, EXPERIMENT, open_fan_out
from labkit.measure.subject import SOCKETIO_WEBSOCKET, WEBSOCKET, Subject
from tests.support.processes import busy_machine, check_cancelled, check_more

pytestmark = pytest.mark.exhaustive

MORE = 0.01
"""Seconds for which a server works before each message. Both wait, too: see `test_echo.py`."""

FEW = 2
"""Clients, so that those seconds are not lost among what the deliveries themselves cost."""


async def test_the_figures() -> None:
    """Each delivery arrives, and costs the server's processor less than it takes by the clock."""
    async with EXPERIMENT.open() as measure:
        figures = await measure()
    assert CLIENTS == 100
    for subject in ("websocket", "socketio websocket"):
        cpu, each_second = (figures[name][subject] for name in ("cpu", "deliveries a second"))
        assert cpu > 1
        assert cpu / 1e6 * each_second < 1.1


@pytest.mark.parametrize("hogs", [0, 2])
@pytest.mark.parametrize(
    "subject", [WEBSOCKET, SOCKETIO_WEBSOCKET], ids=lambda subject: subject.name
)
async def test_a_server_that_works_10_ms_more(subject: Subject, hogs: int) -> None:
    """For each message, which has two deliveries: within 5 %, whether other programs run or not."""
    control = subject.burdened("control", wait=MORE)
    slower = subject.burdened("slower", wait=MORE, work=MORE)
    with busy_machine(hogs):
        async with open_fan_out((control, slower), FEW, 40) as measure:
            await check_more(measure, "cpu", "slower", "control", 1e6 * MORE / FEW)


async def test_cancelled_it_leaves_no_process() -> None:
    """An interrupt comes in while it measures."""
    await check_cancelled(EXPERIMENT.open())
