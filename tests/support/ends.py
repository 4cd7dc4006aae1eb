"""What is at the two ends of a link: peers of asyncio's own, byte by byte."""

from __future__ import annotations

import asyncio
import socket
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

from labkit import bench
from labkit.links import Link
from labkit.links.connection import LinkConnection

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

    @property
    def connection(self) -> LinkConnection:
        """The only connection through the link."""
        (connection,) = self.link.connections
        return connection


@asynccontextmanager
async def open_ends() -> AsyncIterator[Ends]:
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
    for writer in ends.opened:
        await close(writer)


async def close(writer: asyncio.StreamWriter) -> None:
    """Close a connection, and take the reset, if it was one.

    Otherwise asyncio reports that nobody has, if its objects become garbage in an unlucky order.
    """
    writer.close()
    with suppress(OSError):
        await asyncio.wait_for(writer.wait_closed(), 5)


def reset(writer: asyncio.StreamWriter) -> None:
    """Close with RST."""
    sock = writer.get_extra_info("socket")
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()
