"""How a socket ends; the marker `on_proactor` runs links and transports on such a loop."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Iterator
from typing import cast

import pytest

from labkit.sockets.closing import patch_closing, reset_when_closed, unpatch_closing
from tests.conftest import turn_loop
from tests.support.proactor import ProactorLoop


def pair() -> tuple[socket.socket, socket.socket]:
    """Return the two ends of a TCP connection."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        here = socket.create_connection(listener.getsockname(), timeout=5)
        there, _ = listener.accept()
    there.settimeout(5)
    return here, there


@pytest.fixture
def proactor() -> Iterator[asyncio.AbstractEventLoop]:
    """Give a proactor loop that is not running, and close it."""
    loop = getattr(asyncio, "ProactorEventLoop", ProactorLoop)()
    yield loop
    loop.close()


def test_a_socket_can_be_made_to_reset() -> None:
    """Its peer reads an error instead of an end."""
    here, there = pair()
    reset_when_closed(here)
    here.close()
    with there, pytest.raises(ConnectionResetError):
        there.recv(1)


@pytest.mark.parametrize("resets", [True, False], ids=["reset", "end"])
def test_the_peer_gets_the_end_that_was_meant(
    proactor: asyncio.AbstractEventLoop, resets: bool
) -> None:
    """On a proactor loop, too, a reset is one, and any other end is a FIN."""
    here, there = pair()
    here.setblocking(False)
    patch_closing(proactor)

    async def end() -> None:
        transport, _ = await proactor.create_connection(asyncio.Protocol, sock=here)
        if resets:
            reset_when_closed(transport.get_extra_info("socket"))
        transport.abort()

    proactor.run_until_complete(end())
    with there:
        if resets:
            with pytest.raises(ConnectionResetError):
                there.recv(1)
        else:
            assert there.recv(1) == b""


def test_a_reset_by_the_peer_is_no_error_of_the_loop(proactor: asyncio.AbstractEventLoop) -> None:
    """The loop has nothing to complain about, the socket is closed, and the server can end."""
    patch_closing(proactor)
    complaints: list[object] = []
    proactor.set_exception_handler(lambda loop, context: complaints.append(context["message"]))

    async def serve() -> None:
        lost = proactor.create_future()

        class Peer(asyncio.Protocol):
            def connection_made(self, transport: asyncio.BaseTransport) -> None:
                lost.get_loop().call_soon(client.close)
                self.transport = transport

            def connection_lost(self, exc: Exception | None) -> None:
                lost.set_result(self.transport.get_extra_info("socket"))

        server = await proactor.create_server(Peer, "127.0.0.1", 0)
        client = socket.create_connection(server.sockets[0].getsockname())
        reset_when_closed(client)
        sock = await asyncio.wait_for(lost, 5)
        server.close()
        await asyncio.wait_for(server.wait_closed(), 5)
        assert sock.fileno() == -1

    proactor.run_until_complete(serve())
    assert complaints == []


def test_a_transport_reads_once_at_a_time(proactor: asyncio.AbstractEventLoop) -> None:
    """However often it is paused and resumed in a turn, one read is under way, and all arrives."""
    patch_closing(proactor)
    here, there = pair()
    here.setblocking(False)
    errors: list[object] = []
    proactor.set_exception_handler(lambda loop, context: errors.append(context))

    async def read() -> bytes:
        reader = asyncio.StreamReader()

        class Paused(asyncio.StreamReaderProtocol):
            def connection_made(self, transport: asyncio.BaseTransport) -> None:
                super().connection_made(transport)
                cast("asyncio.Transport", transport).pause_reading()  # before its first read

        transport, _ = await proactor.create_connection(lambda: Paused(reader), sock=here)
        for _ in range(3):
            transport.resume_reading()
            transport.pause_reading()
        transport.resume_reading()
        await turn_loop(2)
        there.sendall(b"hello")
        there.close()
        heard = await asyncio.wait_for(reader.read(), 5)
        transport.close()
        await turn_loop(2)
        return heard

    assert proactor.run_until_complete(read()) == b"hello"
    assert errors == []


def test_the_loop_is_left_as_it_was(proactor: asyncio.AbstractEventLoop) -> None:
    """Afterwards connections are asyncio's own again; a loop of selectors is never touched."""
    before = proactor._make_socket_transport  # type: ignore[attr-defined]
    patch_closing(proactor)
    assert proactor._make_socket_transport != before  # type: ignore[attr-defined]
    unpatch_closing(proactor)
    assert proactor._make_socket_transport == before  # type: ignore[attr-defined]
    loop = asyncio.SelectorEventLoop()
    state = dict(vars(loop))
    patch_closing(loop)
    assert vars(loop) == state
    unpatch_closing(loop)
    loop.close()
