"""The link, byte by byte, between peers of asyncio's own."""

from __future__ import annotations

import asyncio
import select
import socket
import struct
import sys
from asyncio import selector_events
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from types import ModuleType
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from labkit import bench
from labkit.links import Link
from labkit.links.connection import HIGH_WATER, LinkConnection, Side
from labkit.sockets.read_limit import CHUNK
from tests.conftest import soon, turn_loop

Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]


@dataclass
class Ends:
    """A link with a plain TCP server behind it."""

    link: Link
    arrived: asyncio.Queue[Streams] = field(default_factory=asyncio.Queue)
    opened: list[asyncio.StreamWriter] = field(default_factory=list)

    async def pair(self) -> tuple[Streams, Streams]:
        """Connect through the link and return the client's and the server's streams."""
        client = await asyncio.open_connection(self.link.host, self.link.port)
        server = await asyncio.wait_for(self.arrived.get(), 5)
        self.opened += [client[1], server[1]]
        return client, server


@pytest.fixture
async def ends(lab: ModuleType) -> AsyncIterator[Ends]:
    """Give a link in front of a server that hands its connections to the test."""
    arrived: asyncio.Queue[Streams] = asyncio.Queue()
    server = await asyncio.start_server(lambda r, w: arrived.put_nowait((r, w)), "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    link = await Link(lambda: ("127.0.0.1", port), "link").open()
    bench.current().links[link.name] = link  # which sweeps it, and closes it
    ends = Ends(link, arrived)
    yield ends
    for writer in ends.opened:
        writer.transport.abort()
    server.close()
    await server.wait_closed()


def reset(writer: asyncio.StreamWriter) -> None:
    """Close with RST."""
    sock = writer.get_extra_info("socket")
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


@pytest.mark.on_proactor
@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(st.binary(min_size=1, max_size=70_000), min_size=1, max_size=8))
async def test_bytes_pass_unchanged(ends: Ends, chunks: list[bytes]) -> None:
    """Whatever the chunks, the same bytes arrive, both ways, and are recorded."""
    (from_server, to_server), (from_client, to_client) = await ends.pair()
    whole = b"".join(chunks)
    before = ends.link.trace.bytes("upstream")
    for chunk in chunks:
        to_server.write(chunk)
    assert await from_client.readexactly(len(whole)) == whole
    for chunk in chunks:
        to_client.write(chunk)
    assert await from_server.readexactly(len(whole)) == whole
    if ends.link.trace.dropped == 0:
        assert ends.link.trace.bytes("upstream") == before + whole


@pytest.mark.on_proactor
async def test_a_half_close_is_passed_on(ends: Ends) -> None:
    """A side that has finished writing can still be answered."""
    (from_server, to_server), (from_client, to_client) = await ends.pair()
    to_server.write(b"that was all")
    to_server.write_eof()
    assert await from_client.read() == b"that was all"
    to_client.write(b"thank you")
    to_client.write_eof()
    assert await from_server.read() == b"thank you"
    await soon(lambda: ends.link.connection_count == 0)
    facts = ends.link.trace.facts()
    assert facts[:3] == ["opened", "half-closed upstream", "half-closed downstream"]


@pytest.mark.on_proactor
@pytest.mark.parametrize("side", ["client", "server"])
async def test_a_reset_is_passed_on_as_a_reset(ends: Ends, side: str) -> None:
    """RST on one side becomes RST on the other, not a polite end."""
    client, server = await ends.pair()
    here, there = (client, server) if side == "client" else (server, client)
    reset(here[1])
    with pytest.raises(ConnectionResetError):
        await asyncio.wait_for(there[0].read(), 5)
    way = "upstream" if side == "client" else "downstream"
    assert f"reset {way}" in ends.link.trace.facts()


@pytest.mark.on_proactor
async def test_back_pressure_is_kept(ends: Ends) -> None:
    """While the server does not read, the relay stops reading, and keeps little."""
    (_, to_server), (from_client, to_client) = await ends.pair()
    to_client.transport.pause_reading()
    to_server.write(bytes(64 * 2**20))
    (connection,) = ends.link._connections
    await soon(lambda: connection.client.paused)
    held = connection.server.transport.get_write_buffer_size()
    assert held <= HIGH_WATER + 256 * 1024
    assert to_server.transport.get_write_buffer_size() > 32 * 2**20
    to_client.transport.resume_reading()
    assert len(await asyncio.wait_for(from_client.readexactly(64 * 2**20), 20)) == 64 * 2**20


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no poll()")
async def test_a_reset_while_nobody_reads_is_noticed(ends: Ends) -> None:
    """The relay sees within 1 s that a client reset whose bytes it does not read."""
    (_, to_server), (_, to_client) = await ends.pair()
    to_client.transport.pause_reading()
    to_server.write(bytes(64 * 2**20))
    (connection,) = ends.link._connections
    await soon(lambda: connection.client.paused)
    reset(to_server)
    await soon(lambda: "reset upstream" in ends.link.trace.facts(), within=1)
    await soon(lambda: ends.link.connection_count == 0)


@pytest.mark.on_proactor
@pytest.mark.skipif(sys.platform == "win32", reason="what Windows does by itself is not known here")
async def test_without_poll_a_reset_is_noticed_late(
    ends: Ends, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the system has no poll(), a reset is seen when the link reads on, and not before."""
    monkeypatch.delattr(select, "poll")
    (_, to_server), (from_client, to_client) = await ends.pair()
    to_client.transport.pause_reading()
    to_server.write(bytes(64 * 2**20))
    (connection,) = ends.link._connections
    await soon(lambda: connection.client.paused)
    reset(to_server)
    await soon(lambda: not to_server.transport.get_write_buffer_size())
    ends.link.sweep()
    assert "reset upstream" not in ends.link.trace.facts()
    to_client.transport.resume_reading()
    with pytest.raises(ConnectionResetError):
        while await asyncio.wait_for(from_client.read(2**20), 5):
            pass
    assert "reset upstream" in ends.link.trace.facts()
    await soon(lambda: ends.link.connection_count == 0)


@pytest.mark.on_proactor
async def test_a_record_of_bytearrays_stays_bounded(ends: Ends) -> None:
    """Python 3.11 hands out bytearrays there; what the record drops is counted as bytes."""
    (_, to_server), (from_client, _) = await ends.pair()
    ends.link.trace.max_bytes = 1000
    to_server.write(bytes(100_000))
    await from_client.readexactly(100_000)
    assert ends.link.trace.dropped > 0
    assert all(isinstance(record.chunk, bytes) for record in ends.link.trace)


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


@pytest.mark.skipif(sys.platform == "win32", reason="simulates a loop of selectors")
@pytest.mark.parametrize("early", [b"hello", b""], ids=["bytes", "only-an-end"])
async def test_bytes_that_come_before_the_server_is_there(
    ends: Ends, monkeypatch: pytest.MonkeyPatch, early: bytes
) -> None:
    """First bytes and a FIN arrive on Python 3.11.0 to 3.11.3 as well, which forget a pause."""
    transport_class = selector_events._SelectorSocketTransport
    pause, dial, dialled = transport_class.pause_reading, LinkConnection._dial, asyncio.Event()
    told: set[object] = set()

    def forget_the_first(transport: Any) -> None:
        pause(transport)
        if transport not in told:
            told.add(transport)
            loop = asyncio.get_running_loop()
            loop.call_soon(loop._add_reader, transport._sock_fd, transport._read_ready)

    async def dial_late(connection: LinkConnection) -> None:
        await dialled.wait()
        await dial(connection)

    monkeypatch.setattr(transport_class, "pause_reading", forget_the_first)
    monkeypatch.setattr(LinkConnection, "_dial", dial_late)
    from_server, to_server = await asyncio.open_connection(ends.link.host, ends.link.port)
    sent = early + bytes(4 * HIGH_WATER if early else 0)
    to_server.write(sent)
    to_server.write_eof()
    await soon(lambda: ends.link._connections)
    (connection,) = ends.link._connections
    await soon(lambda: connection.client._early if early else connection.client._ended_early)
    await turn_loop(20)
    assert len(b"".join(connection.client._early)) <= CHUNK
    dialled.set()
    from_client, to_client = await asyncio.wait_for(ends.arrived.get(), 5)
    ends.opened += [to_server, to_client]
    assert await from_client.read() == sent
    to_client.write_eof()
    assert await from_server.read() == b""
    await soon(lambda: ends.link.connection_count == 0)
    facts = ends.link.trace.facts()
    assert facts[:3] == ["opened", "half-closed upstream", "half-closed downstream"]
    assert ends.link.trace.bytes("upstream") == sent


@pytest.mark.on_proactor
async def test_small_writes_are_not_delayed(ends: Ends) -> None:
    """Both sockets have TCP_NODELAY."""
    await ends.pair()
    (connection,) = ends.link._connections
    await soon(lambda: connection.server.connected)
    for end in (connection.client, connection.server):
        sock = end.transport.get_extra_info("socket")
        assert sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


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


class Foreign:
    """A transport, or its socket, of another loop's making: no subclass, and no `shutdown`."""

    def __init__(self, own: Any) -> None:
        self._own = own

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        """Return what the real transport knows; its socket can do no more than uvloop's."""
        found = self._own.get_extra_info(name, default)
        return Foreign(found) if name == "socket" else found

    def __getattr__(self, name: str) -> Any:
        if name == "shutdown":
            raise TypeError("transport sockets do not support shutdown() method")
        return getattr(self._own, name)


@pytest.mark.parametrize("blow", ["cut", "reset"])
async def test_transports_of_another_loop(
    ends: Ends, monkeypatch: pytest.MonkeyPatch, blow: str
) -> None:
    """With transports as uvloop has them, bytes pass, and both blows fall."""
    made = Side.connection_made
    monkeypatch.setattr(Side, "connection_made", lambda end, real: made(end, Foreign(real)))
    (from_server, to_server), (from_client, _) = await ends.pair()
    to_server.write(b"hello")
    assert await from_client.readexactly(5) == b"hello"
    getattr(ends.link, blow)()
    if blow == "cut":
        assert await from_server.read() == b""
    else:
        with pytest.raises(ConnectionResetError):
            await from_server.read()


@pytest.mark.on_proactor
async def test_nobody_behind_the_link(lab: ModuleType) -> None:
    """A refused upstream ends the client's connection and is recorded."""
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    link = await lab.link(f"ws://127.0.0.1:{port}/")
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
        await asyncio.wait_for(reader.read(), 2)
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
