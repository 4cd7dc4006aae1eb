"""A narrow line."""

from __future__ import annotations

import asyncio
from types import ModuleType

import pytest

from labkit.exceptions import LabError
from labkit.faults import Bandwidth
from labkit.faults.bandwidth import PAUSE
from labkit.protocols.stream import FIN
from tests.faults.conftest import Stack
from tests.support.ends import open_ends
from tests.support.timed import seconds_of, takes
from tests.support.turned_clock import Line


def test_a_message_takes_its_time() -> None:
    """1000 bytes at 1000 bytes a second are there after a second, the FIN behind them."""
    line = Line(Bandwidth(1000))
    line.send(bytes(1000), FIN, at=5.0)
    line.loop.turn_to(5.5)
    assert 500 - 64 <= len(line.bytes) <= 500
    assert line.stage.held == 1000 - len(line.bytes)
    line.loop.turn_to(10)
    assert line.bytes == bytes(1000)
    assert [round(when, 9) for when, _ in line.passed[-2:]] == [6.0, 6.0]
    assert line.passed[-1][1] is FIN


@pytest.mark.parametrize("rate", [1, 10_000, 1_000_000, 10_000_000])
def test_never_more_than_the_rate(rate: float) -> None:
    """However the bytes come, no more have passed by any time than the rate allows."""
    line = Line(Bandwidth(rate))
    at = 3.0
    for size in (1, 700, 3, 64, 65_000, 2):
        line.send(bytes(size), at=at)
    line.loop.turn_to(1e9)
    total = 0
    for when, item in line.passed:
        total += len(item)  # type: ignore[arg-type]
        assert total <= (when - at) * rate + 1e-6 * rate
    assert total == 65_770
    assert line.passed[-1][0] - at == pytest.approx(total / rate)


def test_the_line_is_shared_by_what_waits() -> None:
    """A small message waits until the large one before it has passed."""
    line = Line(Bandwidth(1000))
    line.send(bytes(2000), at=0)
    line.send(b"ping", at=0.5)
    line.loop.turn_to(10)
    assert line.passed[-1] == (pytest.approx(2.004), b"ping")


def test_an_idle_line_saves_nothing_up() -> None:
    """After a pause, a message takes as long as the first one."""
    line = Line(Bandwidth(1000))
    line.send(bytes(60), at=0)
    line.send(bytes(60), at=10)
    assert [when for when, _ in line.passed_by(20)] == [0.06, 10.06]


def test_a_short_pause_is_made_up_for() -> None:
    """A read that comes a moment late does not lower the rate of a busy line."""
    line = Line(Bandwidth(1000))
    line.send(bytes(60), at=0)
    line.send(bytes(60), at=0.06 + PAUSE / 2)
    assert [when for when, _ in line.passed_by(20)] == [0.06, 0.12]


def test_a_fin_waits_for_nothing_on_an_idle_line() -> None:
    """Ends have no size."""
    line = Line(Bandwidth(1000))
    line.send(FIN, at=3)
    assert line.passed == [(3, FIN)]


@pytest.mark.parametrize("rate", [0, -1, float("nan"), "fast"])
def test_bad_values(rate: float) -> None:
    """A rate is a number above 0."""
    with pytest.raises(LabError, match="bytes_per_second must be a number above 0"):
        Bandwidth(rate)


@pytest.mark.exhaustive
@pytest.mark.parametrize("rate", [10_000, 100_000, 1_000_000, 10_000_000])
async def test_the_rate_of_a_stream(lab: ModuleType, rate: int) -> None:
    """Within 10 %, from 10 kB/s to 10 MB/s, over a second."""
    async with open_ends() as ends:
        (_, to_server), (from_client, _) = await ends.pair()
        ends.link.add(Bandwidth(rate), "upstream")
        data = bytes(rate)

        async def send() -> None:
            to_server.write(data)
            await from_client.readexactly(len(data))

        seconds: list[float] = []
        while len(seconds) < 5 and not (seconds and min(seconds) < 1.1):
            seconds.append(await seconds_of(send))
            assert seconds[-1] >= 0.97  # a line that was busy until just now makes up 20 ms
        assert min(seconds) < 1.1, seconds


@pytest.mark.exhaustive
@pytest.mark.parametrize("direction", ["upstream", "downstream"])
async def test_messages_on_both_stacks(lab: ModuleType, stack: Stack, direction: str) -> None:
    """A message of 50 000 bytes takes half a second at 100 kB/s, and a ping waits behind it."""
    server = await lab.serve(stack.protocol)
    alice, bob = [await stack.join(lab, server, name) for name in ("alice", "bob")]
    sender, hearer = (alice, bob) if direction == "upstream" else (bob, alice)

    async def say() -> None:
        await asyncio.sleep(0.05)  # sleeps: the line has to be idle for more than 20 ms
        await sender.say("x" * 50_000)
        await hearer.hears("x" * 50_000, within=5)

    with alice.link.add(Bandwidth(100_000), direction):  # type: ignore[arg-type]
        await takes(0.5, say)
