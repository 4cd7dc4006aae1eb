"""A side of a connection: a socket, and what its loop does not notice."""

from __future__ import annotations

import asyncio
import select
import socket
import sys
from typing import Any

import pytest

from labkit.links.side import Side
from tests.conftest import soon
from tests.support.ends import Ends, reset


@pytest.mark.on_proactor
async def test_small_writes_are_not_delayed(ends: Ends) -> None:
    """Both sockets have TCP_NODELAY."""
    await ends.pair()
    connection = ends.connection
    await soon(lambda: connection.server.connected)
    for end in (connection.client, connection.server):
        sock = end.transport.get_extra_info("socket")
        assert sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no poll()")
async def test_a_reset_while_nobody_reads_is_noticed(ends: Ends) -> None:
    """The relay sees soon that a client reset whose bytes it does not read."""
    (_, to_server), (_, to_client) = await ends.pair()
    to_client.transport.pause_reading()
    to_server.write(bytes(64 * 2**20))
    connection = ends.connection
    await soon(lambda: connection.upstream.paused)
    reset(to_server)
    await soon(lambda: "reset upstream" in ends.link.trace.facts())
    await soon(lambda: ends.link.connection_count == 0)


@pytest.mark.on_proactor
@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no poll()")
async def test_a_reset_after_a_half_close_is_noticed(ends: Ends) -> None:
    """A side that has sent its FIN is not read from any more, and yet its reset is seen."""
    (_, to_server), (from_client, _) = await ends.pair()
    to_server.write_eof()
    assert await from_client.read() == b""
    reset(to_server)
    await soon(lambda: "reset upstream" in ends.link.trace.facts())
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
    connection = ends.connection
    await soon(lambda: connection.upstream.paused)
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
