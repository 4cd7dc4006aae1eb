"""`sys.exit` in a method of a learner's protocol; `tests/kernel` tries it in a real kernel."""

from __future__ import annotations

import asyncio
import sys
from types import ModuleType

import pytest

from labkit import bench
from labkit.loop.protocol_exit import contain_protocols
from tests.conftest import soon


class Leaving(asyncio.Protocol):
    """A protocol that leaves the program at the first bytes."""

    def data_received(self, data: bytes) -> None:
        """Leave."""
        sys.exit("bye")


class LeavingBuffered(asyncio.BufferedProtocol):
    """Another kind of protocol that does."""

    def get_buffer(self, sizehint: int) -> bytearray:
        """Return a buffer."""
        return bytearray(10)

    def buffer_updated(self, nbytes: int) -> None:
        """Leave."""
        raise KeyboardInterrupt


class LeavingAtOnce(asyncio.Protocol):
    """A protocol that leaves the program before the first bytes."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Leave."""
        transport.close()
        sys.exit("bye")


class LeavingDatagrams(asyncio.DatagramProtocol):
    """A protocol of datagrams that leaves the program at the first one."""

    def datagram_received(self, data: bytes, addr: object) -> None:
        """Leave."""
        sys.exit("bye")


@pytest.mark.parametrize("protocol", [Leaving, LeavingBuffered, LeavingAtOnce])
async def test_it_does_not_end_the_loop(
    protocol: type[asyncio.BaseProtocol], lab: ModuleType
) -> None:
    """The loop goes on, also for the next connection, and each error is a background error."""
    loop = asyncio.get_running_loop()
    server = await loop.create_server(protocol_factory=protocol, host="127.0.0.1", port=0)
    async with server:
        for _ in range(2):
            _, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
            writer.write(b"hello")
            await soon(bench.current().monitor.background_errors.pending_errors)
            writer.close()
            (error,) = lab.errors()
            assert error.what.startswith("TaskExited: This callback ")


async def test_a_protocol_of_datagrams(lab: ModuleType) -> None:
    """So does one without connections."""
    loop = asyncio.get_running_loop()
    transport, _ = await loop.create_datagram_endpoint(LeavingDatagrams, ("127.0.0.1", 0))
    transport.sendto(b"x", transport.get_extra_info("sockname"))
    await soon(lambda: bench.current().monitor.background_errors.pending_errors())
    transport.close()
    (error,) = lab.errors()
    assert "sys.exit('bye')" in error.what


@pytest.mark.on_proactor
@pytest.mark.parametrize("protocol", [Leaving, LeavingBuffered, LeavingAtOnce])
async def test_in_a_run_it_does_not_end_the_loop_either(
    protocol: type[asyncio.BaseProtocol], lab: ModuleType
) -> None:
    """Neither does it with Windows' transports; those do not always say whose the error is."""
    loop, around = asyncio.get_running_loop(), bench.current()
    async with around.child() as child:
        collectors = [around.monitor.background_errors, child.monitor.background_errors]
        server = await loop.create_server(protocol, "127.0.0.1", 0)
        async with server:
            _, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
            writer.write(b"hello")
            await soon(lambda: any(each.pending_errors() for each in collectors))
            writer.close()  # from Python 3.12 on, the server waits for this
        (error,) = [*child.take_errors(), *collectors[0].take_errors()]
        assert error.what.startswith("TaskExited: This callback ")


async def test_in_a_run_it_is_the_runs(lab: ModuleType) -> None:
    """On a child bench, the error is the child's."""
    loop = asyncio.get_running_loop()
    async with bench.current().child() as child:
        server = await loop.create_server(LeavingBuffered, "127.0.0.1", 0)
        async with server:
            _, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
            writer.write(b"hello")
            await soon(child.monitor.background_errors.pending_errors)
            writer.close()  # from Python 3.12 on, the server waits for this
        assert len(child.take_errors()) == 1
    assert lab.errors() == []


async def test_only_what_a_learner_wrote_is_replaced() -> None:
    """A library's protocol, and one that has no place for it, stay as they are."""

    class Slotted:
        __slots__ = ()

        def data_received(self, data: bytes) -> None:
            """Receive data."""

    made = contain_protocols(Leaving)()
    assert set(vars(made)) == {"data_received"}
    stream = contain_protocols(lambda: asyncio.StreamReaderProtocol(asyncio.StreamReader()))()
    assert not {"data_received", "connection_made"} & set(vars(stream))
    assert isinstance(contain_protocols(Slotted)(), Slotted)
