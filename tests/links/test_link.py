"""The link as a whole; `test_pipe.py` has what a byte meets in it."""

from __future__ import annotations

import asyncio
from types import ModuleType

import pytest

from labkit.links import Link
from tests.conftest import soon
from tests.support.ends import Ends, reset


@pytest.mark.on_proactor
async def test_a_cut_ends_both_sides_and_lets_nobody_through(ends: Ends) -> None:
    """After `cut` both sides read an end, new connections fail, and `restore` heals."""
    client, server = await ends.pair()
    ends.link.cut()
    ends.link.cut()
    assert await client[0].read() == b"" and await server[0].read() == b""
    assert repr(ends.link) == "<Link 'link': cut>"
    with pytest.raises((asyncio.IncompleteReadError, OSError)):
        reader, writer = await asyncio.open_connection(ends.link.host, ends.link.port)
        ends.opened.append(writer)
        await reader.readexactly(1)
    ends.link.restore()
    (_, to_server), (from_client, _) = await ends.pair()
    to_server.write(b"back")
    assert await from_client.readexactly(4) == b"back"
    assert "cut" in ends.link.trace.facts()


@pytest.mark.on_proactor
async def test_reset_resets_both_sides_and_lets_new_ones_through(ends: Ends) -> None:
    """`reset` is one blow: RST to both sides, then business as usual."""
    client, server = await ends.pair()
    ends.link.reset()
    for reader, _ in (client, server):
        with pytest.raises(ConnectionResetError):
            await asyncio.wait_for(reader.read(), 5)
    assert ends.link.state == "whole"
    await ends.pair()


@pytest.mark.on_proactor
async def test_nobody_behind_the_link(lab: ModuleType) -> None:
    """A refused upstream ends the client's connection and is recorded."""
    link = await lab.link("ws://127.0.0.1:1/")
    reader, writer = await asyncio.open_connection(link.host, link.port)
    with pytest.raises(ConnectionResetError):
        await asyncio.wait_for(reader.read(), 5)
    writer.transport.abort()
    assert link.trace.facts()[0].startswith("refused")


async def test_a_link_is_a_context_manager(lab: ModuleType) -> None:
    """`async with` closes it at the end."""
    server = await lab.serve("websocket")
    async with await lab.link(server) as link:
        assert link.url == f"ws://127.0.0.1:{link.port}/"
    assert link.state == "closed" and link.connection_count == 0


async def test_a_client_is_not_left_waiting_whatever_fails_behind(ends: Ends) -> None:
    """Also an error that nobody expected of the target ends the connection, and is noted."""

    def broken() -> tuple[str, int]:
        raise RuntimeError("no such place")

    ends.link.target = broken
    reader, writer = await asyncio.open_connection(ends.link.host, ends.link.port)
    ends.opened.append(writer)
    with pytest.raises(ConnectionResetError):
        await asyncio.wait_for(reader.read(), 5)
    assert ends.link.trace.facts()[0] == "refused: no such place"


async def test_a_link_that_is_opened_twice_listens_once(ends: Ends) -> None:
    """An open link stays as it is, also for two who open it at once."""
    port = ends.link.port
    await asyncio.gather(ends.link.open(), ends.link.open())
    assert ends.link.port == port
    link = Link(lambda: ("127.0.0.1", port), "mine")
    await asyncio.gather(link.open(), link.open())
    await link.close()
    with pytest.raises(ConnectionRefusedError):
        await asyncio.open_connection("127.0.0.1", link.port)


@pytest.mark.on_proactor
async def test_its_connections_are_those_that_live(ends: Ends) -> None:
    """The oldest comes first, numbers are never used again, and the count is theirs."""
    assert ends.link.connections == ()
    await ends.pair()
    (_, to_server), _ = await ends.pair()
    await ends.pair()
    assert [each.number for each in ends.link.connections] == [1, 2, 3]
    reset(to_server)
    await soon(lambda: ends.link.connection_count == 2)
    await ends.pair()
    assert [each.number for each in ends.link.connections] == [1, 3, 4]
    assert {each.state for each in ends.link.connections} == {"open"}
