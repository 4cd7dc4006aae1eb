"""A crowd as the kernel knows it, by the reports of a process that is a double here."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from types import ModuleType
from typing import Any

import pytest

from labkit.backoff import Backoff
from labkit.exceptions import ConnectError, LabError
from labkit.links import Link
from labkit.measure import crowd as module
from labkit.measure.counts import Event
from labkit.measure.crowd import Crowd
from labkit.transports.light_clients import Target
from tests.conftest import turn_loop


class Double:
    """A process that reports what a test lets it report."""

    def __init__(
        self,
        name: str,
        told: str,
        on_report: Callable[[dict[str, Any]], None],
        on_ended: Callable[[str], None],
    ) -> None:
        self.told = json.loads(told)
        self.report = on_report
        self.end = on_ended

    async def stop(self) -> None:
        """End."""
        self.end("")

    def happens(self, *events: tuple[int, str], why: str = "") -> None:
        """Report events, all in one batch."""
        self.report({"events": [[0.1, client, kind, why] for client, kind in events]})


@pytest.fixture
def errors() -> list[str]:
    """Return the list of background errors."""
    return []


@pytest.fixture
async def crowd(lab: ModuleType, monkeypatch: pytest.MonkeyPatch, errors: list[str]) -> Crowd:
    """Return a crowd of three that has connected."""
    monkeypatch.setattr(module, "Child", Double)
    made = Crowd(
        "crowd",
        Target("ws://127.0.0.1/", "127.0.0.1", 1),
        Link(lambda: ("127.0.0.1", 1), "crowd"),
        protocol="websocket",
        clients=3,
        reconnect=Backoff(1, cap=5),
        seed=7,
        owns_link=True,
        on_error=lambda error, where: errors.append(f"{where}: {error}"),
    )
    starting = asyncio.ensure_future(made.start())
    await turn_loop()
    process(made).report({"began": 1.0})
    process(made).happens(*[(n, kind) for n in range(3) for kind in ("attempt", "connected")])
    await starting
    return made


def process(crowd: Crowd) -> Double:
    """Return the double of a crowd's process."""
    assert isinstance(crowd._child, Double)
    return crowd._child


async def test_a_crowd_knows_what_its_clients_report(crowd: Crowd) -> None:
    """It counts attempts and connected clients, and keeps what happened."""
    assert (crowd.connected, crowd.attempts, crowd.running) == (3, 3, True)
    process(crowd).happens((1, "lost"), (1, "attempt"))
    assert (crowd.connected, crowd.attempts) == (2, 4)
    assert crowd.events[-1] == Event(0.1, 1, "attempt")
    assert crowd.counts(1).connected == (2,)
    assert crowd.counts(1, since_loss=True).attempts == (1,)
    assert process(crowd).told["seed"] == "7"


async def test_waiting_for_clients(crowd: Crowd) -> None:
    """A number is reached by that many or more, 0 only by nobody."""
    await crowd.until_connected()
    await crowd.until_connected(2)
    back = asyncio.ensure_future(crowd.until_connected(0))
    await turn_loop()
    process(crowd).happens((0, "lost"), (1, "lost"))
    await turn_loop()
    assert not back.done()
    process(crowd).happens((2, "lost"))
    await back


async def test_a_short_moment_is_not_missed(crowd: Crowd) -> None:
    """All were gone for a moment, and were back in the same report."""
    gone = asyncio.ensure_future(crowd.until_connected(0))
    await turn_loop()
    kinds = ("lost", "connected")
    process(crowd).happens(*[(client, kind) for kind in kinds for client in range(3)])
    await gone
    assert crowd.connected == 3


async def test_too_few_are_connected(crowd: Crowd) -> None:
    """The error says how many there are, and why the others are not."""
    process(crowd).happens((0, "lost"), (1, "lost"))
    process(crowd).happens((0, "failed"), (1, "failed"), why="HTTP 503")
    with pytest.raises(ConnectError) as failed:
        await crowd.until_connected(within=0.01)
    assert str(failed.value) == (
        "After 0.01 s, 1 of 3 clients are connected, not 3; the others failed: 2 times HTTP 503."
    )
    with pytest.raises(ConnectError, match=r"1 of 3 clients are still connected"):
        await crowd.until_connected(0, within=0.01)
    crowd.reconnect = None
    with pytest.raises(ConnectError, match="do not come back by themselves"):
        await crowd.until_connected(within=0.01)


async def test_a_process_that_ends_is_a_background_error(crowd: Crowd, errors: list[str]) -> None:
    """With its last words; who waits hears it at once, and nobody is connected any more."""
    process(crowd).happens((0, "lost"))
    waiting = asyncio.ensure_future(crowd.until_connected(within=60))
    await turn_loop()
    process(crowd).end("exit status 1: MemoryError")
    with pytest.raises(ConnectError, match=r"has ended \(exit status 1: MemoryError\)"):
        await asyncio.wait_for(waiting, 5)
    assert errors == [
        "crowd 'crowd': The process of <Crowd 'crowd': 3 clients, stopped> ended "
        "(exit status 1: MemoryError)."
    ]
    assert (crowd.connected, crowd.running) == (0, False)


async def test_a_stopped_crowd_keeps_what_happened(crowd: Crowd, errors: list[str]) -> None:
    """Its end is no error, and its link is closed with it."""
    await crowd.stop()
    assert (crowd.connected, crowd.attempts, len(crowd.events)) == (0, 3, 6)
    assert errors == [] and crowd.link.state == "closed"
    with pytest.raises(ConnectError, match="has ended, so no client is connected"):
        await crowd.until_connected()
    await crowd.until_connected(0)


async def test_the_record_is_bounded(crowd: Crowd, monkeypatch: pytest.MonkeyPatch) -> None:
    """Beyond a number of events, they are only counted."""
    monkeypatch.setattr(module, "MAX_EVENTS", 8)
    for _ in range(10):
        process(crowd).happens((0, "lost"), (0, "attempt"), (0, "connected"))
    assert (len(crowd.events), crowd.attempts, crowd.connected) == (8, 13, 3)
    assert crowd.is_full


async def test_a_crowd_says_what_it_is(crowd: Crowd) -> None:
    """Without numbers that are others in each run."""
    assert repr(crowd) == "<Crowd 'crowd': 3 clients, running>"
    assert crowd.title == "3 websocket clients"
    assert crowd.comes_back == "back after 1, 2, 4 … 5 s, full jitter"


@pytest.mark.parametrize("clients", [-1, 4, "all", 2.5])
async def test_a_number_that_it_does_not_have(crowd: Crowd, clients: Any) -> None:
    """One sentence says how many there are."""
    with pytest.raises(LabError, match=r"^Crowd 'crowd' has 3 clients, not "):
        await crowd.until_connected(clients)
