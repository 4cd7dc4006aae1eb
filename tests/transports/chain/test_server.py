"""The finished chat of the chain: every way into one room."""

from __future__ import annotations

from types import ModuleType

import pytest

from tests.support.servers import names_of

WAYS = ("websocket", "sse", "longpoll")


async def test_the_ways_share_a_room(lab: ModuleType) -> None:
    """Each hears each, whatever its way; each is one connection."""
    server = await lab.serve("chain")
    people = [await lab.connect(server, way, protocol=[way]) for way in WAYS]
    assert names_of(server) == list(WAYS)
    assert server.connections[0].transport == "websocket"
    for speaker in people:
        await speaker.say(f"this is {speaker.name}")
        for hearer in people:
            if hearer is not speaker:
                assert await hearer.hears(f"this is {speaker.name}")
    assert server.log_counts["message"] == len(WAYS)


@pytest.mark.parametrize("protocol", ["sse", "longpoll", "poll"])
async def test_a_client_of_one_way_speaks_with_it(lab: ModuleType, protocol: str) -> None:
    """A chain's server is a server of each of its ways over HTTP."""
    server = await lab.serve("chain")
    alice = await lab.connect(server, "alice")
    bob = await lab.connect(server, "bob", protocol=protocol)
    assert (alice.protocol, bob.protocol) == ("chain", protocol)
    await bob.say("hello")
    assert await alice.hears("hello")
