"""The contract of a transport's server."""

from __future__ import annotations

import asyncio
import time

import pytest

from labkit.exceptions import LabError
from labkit.transports.contract import Server
from tests.conftest import soon
from tests.support.servers import names_of
from tests.support.untrusted import HOSTILE, hidden_in
from tests.transports.contract.conftest import Join, Transport


@pytest.mark.on_proactor
async def test_the_server_stops(join: Join, server: Server, transport: Transport) -> None:
    """Everybody is told, within 3 s."""
    people = [await join(name) for name in ("alice", "bob", "carol")]
    started = time.monotonic()
    await server.stop()
    assert {await person.ends() for person in people} <= set(transport.stopped)
    assert time.monotonic() - started < 3
    assert not server.running and server.connections == []
    await server.stop()


async def test_the_server_knows_who_is_there(join: Join, server: Server) -> None:
    """Joins, messages and closes are noted, counted, and told by name."""
    alice, bob = await join("alice"), await join("bob")
    await alice.say("hello")
    await bob.hears("hello")
    assert names_of(server) == ["alice", "bob"] and server.connection_count == 2
    assert [guest.received for guest in server.connections] == [1, 0]
    await alice.close()
    await soon(lambda: names_of(server) == ["bob"])
    assert [event.kind for event in server.log_entries] == [
        "connected",
        "connected",
        "message",
        "closed",
    ]
    assert server.log_counts == {"connected": 2, "message": 1, "closed": 1}


async def test_a_server_is_started_and_stopped_once(join: Join, server: Server) -> None:
    """Who starts one that runs changes nothing; who stops one that is stopping waits with it."""
    alice, port = await join("alice"), server.port
    await asyncio.gather(server.start(), server.start())
    assert (server.port, names_of(server)) == (port, ["alice"])
    await asyncio.gather(server.stop(), server.stop())
    await alice.ends()
    await asyncio.gather(server.start(), server.start())
    assert server.running and server.port == port


async def test_a_guest_is_sent_away_by_name_or_as_a_client(join: Join, server: Server) -> None:
    """A name that no connection has is an error that lists the connections."""
    alice, bob = await join("alice"), await join("bob")
    await server.disconnect("alice")
    await server.disconnect(bob)
    await alice.ends()
    await bob.ends()
    await soon(lambda: not server.connections)
    for nobody in ("alice", bob, 7):
        with pytest.raises(LabError, match=r"No connection .* named .* there are: none\."):
            await server.disconnect(nobody)  # type: ignore[arg-type]


async def test_what_strangers_say_is_noted_as_text(server: Server) -> None:
    """A log entry holds nothing that a terminal would obey, or that nobody would see."""
    server.log("refused", HOSTILE, HOSTILE)
    (entry,) = server.log_entries
    assert "evil.example" in entry.text and not hidden_in(f"{entry.who}{entry.text}")
