"""The finished Socket.IO chat."""

from __future__ import annotations

from types import ModuleType

import pytest

from labkit.transports.contract import Server
from tests.support.servers import names_of, notes


@pytest.fixture
async def server(lab: ModuleType) -> Server:
    """Serve it."""
    return await lab.serve("socketio")


async def test_everybody_hears_the_sender_too(lab: ModuleType, server: Server) -> None:
    """Each message is for all, its sender included; a newcomer is greeted by nobody."""
    alice, bob = await lab.connect(server, "alice"), await lab.connect(server, "bob")
    await alice.say("hello")
    assert await alice.hears() == await bob.hears() == "hello"
    assert [guest.received for guest in server.connections] == [1, 0]
    assert notes(server, "message") == ["alice: text, 5 characters"]


async def test_rooms(lab: ModuleType, server: Server) -> None:
    """Who is in a room hears what is said to it, and who is not in it may not speak there."""
    alice, bob = await lab.connect(server, "alice"), await lab.connect(server, "bob")
    assert await alice.call("join", "blue") == ["blue"]
    assert alice.rooms == ("blue",)
    await alice.say("psst", room="blue")
    heard = await alice.hears("psst")
    assert (heard, heard.event, heard.arguments) == (
        'room message("blue", "psst")',
        "room message",
        ("blue", "psst"),
    )
    with pytest.raises(lab.LabError, match="members of the room 'blue'"):
        await bob.call("room message", "blue", "me too")
    assert await alice.call("leave", "blue") == [] and alice.rooms == ()
    assert notes(server, "joined", "left") == ["alice: room blue", "alice: room blue"]
    assert "psst" not in str(bob.inbox)


async def test_each_namespace_is_a_chat_of_its_own(lab: ModuleType, server: Server) -> None:
    """On one connection, and without hearing one another."""
    alice = await lab.connect(server, "alice", namespaces=["/", "/lounge"])
    bob = await lab.connect(server, "bob", namespaces="/lounge")
    await alice.emit("chat message", "hello, lounge", namespace="/lounge")
    assert await bob.hears("hello") == "hello, lounge"  # her only namespace is the default
    await alice.say("hello, all")
    assert await alice.hears("hello, all") == "hello, all"
    assert "hello, all" not in bob.inbox
    assert notes(server, "joined") == ["alice: namespace /lounge"]
    assert names_of(server) == ["alice", "bob"]


async def test_a_mistake_of_a_peer_is_nobody_elses(lab: ModuleType, server: Server) -> None:
    """What the chat cannot take is refused; the caller is told, and it is no background error."""
    alice = await lab.connect(server, "alice")
    for event, arguments in (("chat message", ()), ("join", ("",)), ("join", (5,))):
        with pytest.raises(lab.LabError, match="TypeError"):
            await alice.call(event, *arguments)
    assert server.log_counts["refused"] == 3 and lab.errors() == []
    assert await alice.call("chat message", "still here") is None
