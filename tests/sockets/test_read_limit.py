"""How much is read at a time."""

from __future__ import annotations

import asyncio
from types import ModuleType

import pytest

from labkit.sockets.read_limit import READ_LIMIT, limit_reads
from tests.support.raw import BINARY, frame, raw


@pytest.mark.on_proactor
async def test_a_read_returns_a_chunk_at_most() -> None:
    """A protocol gets its data in chunks, none of them larger than the limit."""
    sizes: list[int] = []
    done = asyncio.get_running_loop().create_future()

    class Reader(asyncio.Protocol):
        def connection_made(self, transport: asyncio.BaseTransport) -> None:
            limit_reads(transport)

        def data_received(self, data: bytes) -> None:
            sizes.append(len(data))
            if sum(sizes) == 10 * READ_LIMIT:
                done.set_result(None)

    server = await asyncio.get_running_loop().create_server(Reader, "127.0.0.1", 0)
    async with server, raw(server.sockets[0].getsockname()[1]) as peer:
        await peer.send(bytes(10 * READ_LIMIT))
        await asyncio.wait_for(done, 10)
    assert max(sizes) <= READ_LIMIT


async def test_links_and_servers_read_so(lab: ModuleType) -> None:
    """A link's record of a large message holds no larger chunk."""
    server = await lab.serve("websocket")
    alice = await lab.connect(server, "alice")
    link = await lab.link(server)
    async with raw(link.port) as peer:
        await peer.shake_hands()
        await peer.send(frame(BINARY, bytes(2**20)))
        await alice.hears(lambda message: len(message) == 2**20, within=10)
    assert max(len(record.chunk) for record in link.trace) <= READ_LIMIT
    assert server.connections[0].raw.transport.max_size == READ_LIMIT
    assert alice.raw.transport.max_size == READ_LIMIT
