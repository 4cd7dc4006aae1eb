"""Round trips on this machine, calibrated with servers that are worse by a known amount."""

from __future__ import annotations

import pytest

from labkit.measure.instruments import echo
from labkit.measure.instruments.echo import EXPERIMENT, open_echo
from labkit.measure.subject import SOCKETIO, WEBSOCKET, Subject
from tests.support.processes import busy_machine, check_cancelled, check_more

MORE = 0.01
"""Seconds by which a server is slower than the control, or works more than it.

Both wait by as much in any case: where something else comes between two messages, the processor's
caches have to be filled again for each of them, and that is not to be measured. Nor is that a
processor which has slept for longer wakes later: by some 0.2 ms, between a sleep of 2 ms and one of
4 ms, and by nothing more after that.
"""


@pytest.fixture
def little_warm_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let what waits or works for 10 ms a message warm up with a few."""
    monkeypatch.setattr(echo, "WARM_UP", 5)


async def test_the_figures(lab: object) -> None:
    """A median is below the 99th percentile, and the mean is somewhere near."""
    async with open_echo((WEBSOCKET,), 100) as measure:
        figures = await measure()
    assert {name: list(each) for name, each in figures.items()} == {
        name: ["websocket"] for name in ("latency", "p99 (ms)", "mean (ms)", "cpu")
    }
    latency, p99, mean, cpu = (each["websocket"] for each in figures.values())
    assert 0.01 < latency < p99 < 1000
    assert latency / 2 < mean <= 1000 * p99
    assert cpu > 1


@pytest.mark.exhaustive
@pytest.mark.usefixtures("little_warm_up")
@pytest.mark.parametrize("hogs", [0, 2])
@pytest.mark.parametrize("subject", [WEBSOCKET, SOCKETIO], ids=lambda subject: subject.name)
async def test_a_server_that_waits_10_ms_is_that_much_slower(subject: Subject, hogs: int) -> None:
    """The median tells it within 5 %, whether other programs run or not."""
    control = subject.burdened("control", wait=MORE)
    slower = subject.burdened("slower", wait=2 * MORE)
    with busy_machine(hogs):
        async with open_echo((control, slower), 20) as measure:
            await check_more(measure, "latency", "slower", "control", 1e3 * MORE)


@pytest.mark.exhaustive
@pytest.mark.usefixtures("little_warm_up")
@pytest.mark.parametrize("hogs", [0, 2])
@pytest.mark.parametrize("subject", [WEBSOCKET, SOCKETIO], ids=lambda subject: subject.name)
async def test_a_server_that_works_10_ms_more(subject: Subject, hogs: int) -> None:
    """The processor's time tells it within 5 %, whether other programs run or not."""
    control = subject.burdened("control", wait=MORE)
    slower = subject.burdened("slower", wait=MORE, work=MORE)
    with busy_machine(hogs):
        async with open_echo((control, slower), 20) as measure:
            await check_more(measure, "cpu", "slower", "control", 1e6 * MORE)


@pytest.mark.exhaustive
async def test_cancelled_it_leaves_no_process() -> None:
    """An interrupt comes in while it measures."""
    await check_cancelled(EXPERIMENT.open())
