"""A trial of a transport behind a middlebox."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from types import ModuleType

import pytest

from labkit import bench
from labkit.faults import (
    BufferResponses,
    LimitLife,
    RefuseUpgrade,
    RotateConnections,
    SwallowFrames,
)
from labkit.measure import trial
from labkit.measure.trial import Middlebox, try_behind
from labkit.transports.contract import Server
from labkit.transports.settings import CLOSE_TIMEOUT
from tests.conftest import soon


def assert_nothing_is_left() -> None:
    """Fail if the bench has anything that a trial has opened."""
    lab = bench.current()
    assert not (lab.servers or lab.clients or lab.links)


@pytest.mark.parametrize(
    ("middlebox", "protocol", "wanted", "said"),
    [
        (None, "websocket", "websocket", "survives: over websocket"),
        (BufferResponses(), "websocket", "websocket", "survives: over websocket"),
        (RefuseUpgrade(), "socketio", "websocket", "degrades: polling instead of websocket"),
        (RefuseUpgrade(), "longpoll", "long polling", "survives: over long polling"),
    ],
)
async def test_what_works(
    lab: ModuleType, middlebox: Middlebox, protocol: str, wanted: str, said: str
) -> None:
    """Both directions are tried, and the servers and clients of a trial end with it."""
    await lab.fresh(timescale=0.2)
    assert str(await try_behind(middlebox, protocol, {}, wanted=wanted)) == said
    assert_nothing_is_left()


async def test_what_cannot_connect(lab: ModuleType) -> None:
    """The evidence is the reason, without names and addresses."""
    cell = await try_behind(RefuseUpgrade(), "websocket", {}, wanted="websocket")
    assert cell.verdict == "dies"
    assert cell.evidence == (
        "something between refused the upgrade (HTTP 403 Forbidden), and the server never saw it"
    )
    assert_nothing_is_left()


@pytest.mark.exhaustive
async def test_what_opens_and_ends(lab: ModuleType) -> None:
    """A heartbeat finds out; the seconds are those of the lab's clock."""
    await lab.fresh(timescale=0.2)
    cell = await try_behind(SwallowFrames(), "websocket", {}, wanted="websocket")
    assert cell.verdict == "dies" and cell.seconds > 5
    assert cell.evidence.startswith("it opened, and its connection ended with 1006")


async def test_what_comes_back(lab: ModuleType) -> None:
    """It was away for as long as that took."""
    await lab.fresh(timescale=0.1)
    cell = await try_behind(
        LimitLife(2), "websocket", {"reconnect": True}, wanted="websocket", idle=3
    )
    assert cell.verdict == "degrades" and cell.evidence.startswith("it connected again")
    assert 0 < cell.seconds < 30


async def test_two_servers(lab: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    """For a middlebox that leads to more than one; the other client is on the first one."""

    def rotate(servers: Sequence[Server]) -> RotateConnections:
        return RotateConnections(tuple(server.url for server in reversed(servers)))

    await lab.fresh(timescale=0.1)
    monkeypatch.setattr(trial, "LAST_CHANCE", 3.0)
    cell = await try_behind(rotate, "websocket", {}, wanted="websocket")
    assert (cell.verdict, cell.evidence) == ("dies", "it looks open, but nothing passes")


async def test_many_at_a_time(lab: ModuleType) -> None:
    """Each has its own chat."""
    trials = [try_behind(None, "websocket", {}, wanted="websocket") for _ in range(5)]
    assert {cell.verdict for cell in await asyncio.gather(*trials)} == {"survives"}
    assert_nothing_is_left()


async def test_interrupted(lab: ModuleType) -> None:
    """Everything that it has opened is closed."""
    trial = asyncio.ensure_future(try_behind(SwallowFrames(), "websocket", {}, wanted=""))
    await soon(lambda: len(bench.current().clients) == 2)
    trial.cancel()
    with pytest.raises(asyncio.CancelledError):
        await trial
    assert_nothing_is_left()


async def test_a_trial_ends_at_once(lab: ModuleType) -> None:
    """A client that has noticed the end of its link does not wait for an answer to its close."""
    loop = asyncio.get_running_loop()
    began = loop.time()
    await try_behind(None, "socketio", {}, wanted="websocket")
    assert loop.time() - began < CLOSE_TIMEOUT
