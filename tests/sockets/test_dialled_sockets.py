"""The sockets that a client dials with aiohttp."""

from __future__ import annotations

import gc
import socket
from collections.abc import Iterator

import pytest

from labkit.sockets.dialled_sockets import DialledSockets

ADDRESS = (socket.AF_INET, socket.SOCK_STREAM, 0, "", ("127.0.0.1", 0))


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    """Give a socket that accepts connections."""
    with socket.create_server(("127.0.0.1", 0)) as made:
        yield made


def dial(sockets: DialledSockets, listener: socket.socket) -> tuple[socket.socket, socket.socket]:
    """Return both ends of a new connection."""
    made = sockets.make(ADDRESS)
    assert not made.getblocking()
    made.setblocking(True)
    made.connect(listener.getsockname())
    return made, listener.accept()[0]


def test_the_ports_of_open_sockets(listener: socket.socket) -> None:
    """A socket that is closed, or that nobody has any more, has none."""
    sockets = DialledSockets()
    (first, there), (second, elsewhere) = (dial(sockets, listener) for _ in range(2))
    with there, elsewhere:
        assert sockets.local_ports == {first.getsockname()[1], second.getsockname()[1]}
        first.close()
        assert sockets.local_ports == {second.getsockname()[1]}
        second.close()
        del first, second
        gc.collect()
        assert sockets.local_ports == set()


def test_hanging_up(listener: socket.socket) -> None:
    """Each connection ends at once, however often one hangs up, and none is dialled instead."""
    sockets = DialledSockets()
    here, there = dial(sockets, listener)
    with here, there:
        sockets.hang_up()
        sockets.hang_up()
        assert there.recv(1) == b""
    with pytest.raises(OSError, match="hung up"):
        sockets.make(ADDRESS)
    sockets.is_hung_up = False
    sockets.make(ADDRESS).close()
