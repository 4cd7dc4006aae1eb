"""One direction of a connection, byte by byte."""

from __future__ import annotations

import asyncio
import socket
import sys
from asyncio import selector_events
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from labkit.faults import BlackHole, Slicer
from labkit.links.connection import LinkConnection
from labkit.links.pipe import ENDED, FULL, HELD
from labkit.links.stage import HIGH_WATER, Hold
from labkit.sockets.read_limit import READ_LIMIT
from tests.conftest import soon, turn_loop
from tests.support.ends import Ends, reset


@pytest.mark.on_proactor
@settings(max_examples=15, suppress_health_check=list(HealthCheck))
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
    connection = ends.connection
    await soon(lambda: connection.upstream.paused)
    held = connection.server.transport.get_write_buffer_size()
    assert held <= HIGH_WATER + 256 * 1024
    assert to_server.transport.get_write_buffer_size() > 32 * 2**20
    to_client.transport.resume_reading()
    assert len(await asyncio.wait_for(from_client.readexactly(64 * 2**20), 20)) == 64 * 2**20


async def test_nothing_is_written_to_a_broken_connection(
    ends: Ends, caplog: pytest.LogCaptureFixture
) -> None:
    """It breaks at the first of many small writes: the others are lost, and nothing warns."""
    (_, to_server), _ = await ends.pair()
    hole = ends.link.add(BlackHole(), "upstream")
    ends.link.add(Slicer(1), "upstream")
    to_server.write(bytes(100))
    await soon(lambda: hole.held == 100)
    ends.connection.server.transport.get_extra_info("socket").shutdown(socket.SHUT_WR)
    hole.remove()
    await soon(lambda: not ends.link.connection_count)
    assert caplog.records == []


@pytest.mark.on_proactor
async def test_a_record_of_bytearrays_stays_bounded(ends: Ends) -> None:
    """Python 3.11 hands out bytearrays there; what the record drops is counted as bytes."""
    (_, to_server), (from_client, _) = await ends.pair()
    ends.link.trace.max_bytes = 1000
    to_server.write(bytes(100_000))
    await from_client.readexactly(100_000)
    assert ends.link.trace.dropped > 0
    assert all(isinstance(record.chunk, bytes) for record in ends.link.trace)


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
    await soon(lambda: ends.link.connections)
    connection = ends.connection
    await soon(lambda: connection._until_open._items)
    await turn_loop(20)
    assert connection._until_open.held <= READ_LIMIT
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
async def test_reading_goes_on_when_no_reason_is_left(ends: Ends) -> None:
    """A pipe that waits for two things waits for both."""
    await ends.pair()
    upstream = ends.connection.upstream
    await soon(lambda: not upstream.paused)
    upstream.pause(FULL)
    upstream.pause(HELD)
    upstream.resume(FULL)
    assert not upstream.source.transport.is_reading()
    upstream.resume(FULL)
    assert not upstream.source.transport.is_reading()
    upstream.resume(HELD)
    assert upstream.source.transport.is_reading()


@pytest.mark.on_proactor
async def test_an_end_is_read_once(ends: Ends) -> None:
    """A pause after the FIN, while what was held drains, does not make it be read again."""
    (_, to_server), (from_client, to_client) = await ends.pair()
    upstream, hold = ends.connection.upstream, Hold()
    hold.limit = 2**26
    upstream.add(hold)
    to_client.transport.pause_reading()
    sent = bytes(2**25)
    to_server.write(sent)
    to_server.write_eof()
    await soon(lambda: upstream.paused == ENDED, within=20)
    upstream.remove(hold)
    assert upstream.paused == ENDED | FULL
    to_client.transport.resume_reading()
    assert await asyncio.wait_for(from_client.read(), 20) == sent
    assert ends.link.trace.facts().count("half-closed upstream") == 1


@pytest.mark.on_proactor
async def test_an_end_that_comes_during_a_pause_is_passed_on_once(ends: Ends) -> None:
    """A proactor loop reports such an end twice when it reads on."""
    (from_server, to_server), (from_client, to_client) = await ends.pair()
    upstream = ends.connection.upstream
    to_server.write(b"first")
    assert await from_client.readexactly(5) == b"first"
    await turn_loop()
    upstream.pause(HELD)
    to_server.write_eof()
    transport = upstream.source.transport
    await soon(lambda: getattr(transport, "_pending_data_length", 0) == 0)
    upstream.resume(HELD)
    assert await from_client.read() == b""
    to_client.write(b"last")
    assert await from_server.readexactly(4) == b"last"
    assert ends.link.trace.facts() == ["opened", "half-closed upstream"]


@pytest.mark.parametrize("act", ["cut", "half-close"])
async def test_a_source_that_has_ended_is_left_alone(ends: Ends, act: str) -> None:
    """Loops other than asyncio's raise if a closed transport is paused or resumed."""
    (_, to_server), _ = await ends.pair()
    connection = ends.connection
    if act == "cut":
        connection.cut()
    else:
        to_server.write_eof()
        await soon(lambda: connection.upstream.paused)
    connection.upstream.source = None  # type: ignore[assignment]
    for reason in (FULL, HELD):
        connection.upstream.pause(reason)
        connection.upstream.resume(reason)
    assert connection.upstream.paused == ENDED


async def test_it_is_known_when_a_message_left(ends: Ends) -> None:
    """While a stage holds it, the record has it as held; then with the time at which it left."""
    (_, to_server), (from_client, _) = await ends.pair()
    to_server.write(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
    await from_client.readexactly(27)
    hold = Hold()
    ends.connection.upstream.add(hold)
    to_server.write(b"GET /held HTTP/1.1\r\nHost: a\r\n\r\n")
    await soon(lambda: hold.held == 31)
    first, held = ends.link.trace.rows(kind="request")
    assert (first.fate, first.left) == ("passed", first.time)
    assert (held.fate, held.left) == ("held", None)
    ends.connection.upstream.remove(hold)
    assert held.fate == "passed" and held.left is not None and held.left > held.time


async def test_what_is_held_at_the_end_is_lost(ends: Ends) -> None:
    """A cut in the middle leaves nothing that still waits."""
    (_, to_server), _ = await ends.pair()
    hold = Hold()
    ends.connection.upstream.add(hold)
    to_server.write(b"GET /held HTTP/1.1\r\nHost: a\r\n\r\n")
    await soon(lambda: hold.held == 31)
    (held,) = ends.link.trace.rows(kind="request")
    ends.connection.cut()
    assert (held.fate, held.left) == ("lost", None)
