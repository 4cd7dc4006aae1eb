"""One connection through a link."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable
from types import ModuleType

import pytest
from websockets.asyncio.server import ServerConnection

from labkit.links import Link
from labkit.links.connection import LinkConnection
from labkit.links.side import Side
from labkit.links.stage import Hold
from labkit.protocols.stream import StreamEnd
from tests.conftest import soon, turn_loop
from tests.support.ends import Ends, Streams, reset


@pytest.mark.on_proactor
async def test_a_look_at_a_connection_that_is_being_made(ends: Ends) -> None:
    """The sweep for resets may come while the link still dials the server."""
    _, to_server = await asyncio.open_connection(ends.link.host, ends.link.port)
    ends.opened.append(to_server)
    await soon(lambda: ends.link.connection_count)
    ends.link.sweep()
    _, to_client = await asyncio.wait_for(ends.arrived.get(), 5)
    ends.opened.append(to_client)
    assert ends.link.connection_count == 1


async def is_alive(client: Streams, server: Streams) -> bool:
    """Whether bytes pass both ways."""
    client[1].write(b"there")
    server[1].write(b"back")
    return (await server[0].readexactly(5), await client[0].readexactly(4)) == (b"there", b"back")


@pytest.mark.on_proactor
async def test_a_connection_can_be_cut_alone(ends: Ends) -> None:
    """Both its sides read an end, the others live, and a new one gets through."""
    first, second = await ends.pair(), await ends.pair()
    connection = ends.link.connections[0]
    connection.cut()
    assert connection.state == "closing"
    assert await first[0][0].read() == b"" and await first[1][0].read() == b""
    await soon(lambda: ends.link.connection_count == 1)
    assert connection.state == "closed"
    assert await is_alive(*second) and await is_alive(*await ends.pair())
    assert ends.link.state == "whole"
    assert ends.link.trace.facts(connection.number) == ["opened", "cut"]


@pytest.mark.on_proactor
async def test_a_connection_can_be_reset_alone(ends: Ends) -> None:
    """Both its sides get an RST, and the others live."""
    first, second = await ends.pair(), await ends.pair()
    connection = ends.link.connections[0]
    connection.reset()
    for reader, _ in first:
        with pytest.raises(ConnectionResetError):
            await asyncio.wait_for(reader.read(), 5)
    assert await is_alive(*second)
    assert ends.link.trace.facts(connection.number) == ["opened", "reset"]


@pytest.mark.parametrize("act", [LinkConnection.cut, LinkConnection.reset, LinkConnection.close])
@pytest.mark.on_proactor
async def test_what_acts_from_the_middle_overtakes(
    ends: Ends, act: Callable[[LinkConnection], None]
) -> None:
    """What a stage holds is lost, and both sides end at once."""
    (from_server, to_server), (from_client, _) = await ends.pair()
    connection, hold = ends.connection, Hold()
    connection.upstream.add(hold)
    to_server.write(b"held")
    await soon(lambda: hold.held == 4)
    act(connection)
    for reader in (from_server, from_client):
        if act is LinkConnection.reset:
            with pytest.raises(ConnectionResetError):
                await asyncio.wait_for(reader.read(), 5)
        else:
            assert await asyncio.wait_for(reader.read(), 5) == b""
    assert hold.held == 0
    connection.upstream.remove(hold)
    await soon(lambda: not ends.link.connection_count)


@pytest.mark.on_proactor
async def test_a_connection_that_has_ended_stays_as_it_is(ends: Ends) -> None:
    """Whatever is done to it then, it ended once, and the record says how."""
    await ends.pair()
    connection = ends.connection
    for act in (connection.reset, connection.cut, connection.close):
        act()
    await soon(lambda: connection.state == "closed")
    for act in (connection.reset, connection.cut, connection.close):
        act()
    assert connection.state == "closed"
    assert ends.link.trace.facts() == ["opened", "reset"]


@pytest.mark.on_proactor
async def test_a_connection_is_shown_without_its_ports(ends: Ends) -> None:
    """Its number, its link and its state are the same in each run."""
    await ends.pair()
    connection = ends.connection
    assert repr(connection) == "<LinkConnection 1 of 'link': open>"
    ends.link.name = "li\x1b[2Jnk"
    assert "\x1b" not in repr(connection)
    connection.cut()
    await soon(lambda: connection.state == "closed")
    assert repr(connection).endswith(": closed>")


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no poll()")
async def test_a_connection_may_end_while_the_server_is_dialled(
    ends: Ends, dial: asyncio.Event
) -> None:
    """Cut, or reset by its client, it never reaches the server; one that waits does."""
    streams = [await asyncio.open_connection(ends.link.host, ends.link.port) for _ in range(3)]
    ends.opened += [writer for _, writer in streams]
    await soon(lambda: ends.link.connection_count == 3)
    cut, left, waits = ends.link.connections
    await soon(lambda: waits.client_port)
    assert cut.state == "connecting"
    cut.cut()
    reset(streams[1][1])
    await soon(lambda: ends.link.connections == (waits,))
    dial.set()
    _, to_client = await asyncio.wait_for(ends.arrived.get(), 5)
    ends.opened.append(to_client)
    assert waits.state == "open" and ends.arrived.empty()
    assert ends.link.trace.facts(cut.number) == ["cut"]
    assert ends.link.trace.facts(left.number) == ["reset upstream"]


async def test_a_connection_may_be_cut_before_its_client_is_there(
    ends: Ends, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between the system's accept and the loop's turn for it; the client gets an end."""
    accept = Link._accept

    def cut_at_once(link: Link) -> Side:
        side = accept(link)
        link.connections[-1].cut()
        return side

    monkeypatch.setattr(Link, "_accept", cut_at_once)
    async with Link(ends.link.target, "another") as link:
        reader, writer = await asyncio.open_connection(link.host, link.port)
        ends.opened.append(writer)
        assert await asyncio.wait_for(reader.read(), 5) == b""
        await soon(lambda: not link.connection_count)
        assert ends.arrived.empty() and link.trace.facts() == ["cut"]


@pytest.mark.on_proactor
async def test_closing_does_not_wait_for_a_peer_that_does_not_read(ends: Ends) -> None:
    """A connection that has ended, and still has bytes to write, is closed with its link."""
    (from_server, _), _ = await ends.pair()
    connection = ends.connection
    from_server._transport.pause_reading()  # type: ignore[attr-defined]
    connection.downstream.receive(bytes(2**25))
    connection.downstream.end(StreamEnd("closed: enough"))
    await turn_loop(5)
    assert connection.state == "closing" and connection.client.connected
    async with asyncio.timeout(5):
        await ends.link.close()
    assert connection.state == "closed"
    assert ends.link.trace.facts()[-1] == "closed: enough downstream"


async def test_a_learner_cuts_one_connection(lab: ModuleType) -> None:
    """The client whose connection it was ends with 1006; the one beside it goes on."""

    async def echo(connection: ServerConnection) -> None:
        async for message in connection:
            await connection.send(message)

    link = await lab.link(await lab.serve(echo))
    alice, bob = await lab.connect(link, "alice"), await lab.connect(link, "bob")
    link.connections[0].cut()
    assert await alice.ends() == 1006
    await bob.say("still here")
    await bob.hears("still here")
    assert [repr(each) for each in link.connections] == ["<LinkConnection 2 of 'link': open>"]
