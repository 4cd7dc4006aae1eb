"""Crowds of Node's clients in another process on the finished chat: nothing lost, all in order."""

from __future__ import annotations

from collections.abc import AsyncIterator
from types import ModuleType
from typing import Any

import pytest

from labkit.transports.contract import Server
from tests.conftest import soon
from tests.support.node import Node, node

pytestmark = pytest.mark.usefixtures("node_modules")


@pytest.fixture
async def server(lab: ModuleType) -> AsyncIterator[Server]:
    """Serve the finished chat with long heartbeats: not the machine's speed is tried here."""
    await lab.fresh(timescale=12)
    yield await lab.serve("socketio")
    await lab.fresh()


async def say(crowd: Node, senders: int, texts: int, within: float = 120) -> dict[str, Any]:
    """Let some of a crowd say some texts each, all at once; return what became of them."""
    await crowd.does("round", senders=senders, texts=texts)
    return await crowd.tells("outcome", within)


async def goes(crowd: Node, server: Server) -> None:
    """Let a crowd leave, which neither was dropped nor broke anything.

    Who is killed between two polls is missed by the heartbeat only, so it disconnects.
    """
    await crowd.does("leave")
    await soon(lambda: not server.connections, within=20)
    assert set(server.log_counts) == {"connected", "message", "closed"}


@pytest.mark.parametrize(
    ("transport", "people", "texts"),
    [("polling", 50, 40), ("websocket", 100, 20)],
)
async def test_everybody_speaks_at_once(
    lab: ModuleType, server: Server, transport: str, people: int, texts: int
) -> None:
    """Each text reaches everybody, its sender too, once and in its sender's order."""
    crowd_of = {"people": people, "transports": [transport]}
    async with node("socketio_crowd.cjs", server.url, crowd_of) as crowd:
        await crowd.tells("ready", within=60)
        outcome = await say(crowd, people, texts)
        expected = people * texts * people
        assert (outcome["expected"], outcome["delivered"]) == (expected, expected)
        assert (outcome["disordered"], outcome["lost"]) == (0, 0)
        assert server.log_counts["message"] == people * texts
        assert {guest.received for guest in server.connections} == {texts}
        assert {guest.transport for guest in server.connections} == {transport}
        await lab.finish()
        await goes(crowd, server)
    await lab.finish()


@pytest.mark.parametrize("way", ["direct", "link"])
async def test_bursts_over_polling(lab: ModuleType, server: Server, way: str) -> None:
    """A body may have any number of packets: the library's own limit would lose bursts over 16."""
    url = server.url if way == "direct" else (await lab.link(server)).url
    crowd_of = {"people": 2, "transports": ["polling"]}
    async with node("socketio_crowd.cjs", url, crowd_of) as crowd:
        await crowd.tells("ready")
        said = 0
        for texts in (17, 18, 40, 1_000):
            outcome = await say(crowd, 1, texts)
            assert (outcome["delivered"], outcome["disordered"]) == (2 * texts, 0)
            said += texts
            assert server.log_counts["message"] == said
        await goes(crowd, server)
    await lab.finish()
