"""A server that may say anything: bytes as they are given, to whoever connects."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import hashlib
import re
from collections.abc import AsyncIterator, Awaitable, Callable

from tests.conftest import turn_loop

Says = Callable[["Peer"], Awaitable[None]]
"""What a server does with one connection, from its first byte on."""

OPEN = '0{"sid":"s","upgrades":[],"pingInterval":5000,"pingTimeout":5000,"maxPayload":1000000}'


class Peer:
    """A client's connection, as its server sees it.

    Attributes
    ----------
    asked
        The first lines of the requests that it read.
    """

    def __init__(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, asked: list[str]
    ) -> None:
        self.reader = reader
        self.writer = writer
        self.asked = asked

    async def request(self) -> str:
        """Read the head of a request, and its body if it tells a length."""
        head = (await self.reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        self.asked.append(head.split("\r\n")[0])
        length = re.search(r"Content-Length: (\d+)", head, re.IGNORECASE)
        if length:
            await self.reader.readexactly(int(length[1]))
        return head

    async def send(self, *pieces: bytes) -> None:
        """Write, and wait until it has been taken."""
        for piece in map(memoryview, pieces):
            for start in range(0, len(piece), 2**16):
                self.writer.write(piece[start : start + 2**16])
                await self.writer.drain()

    async def answer(self, body: bytes = b"", *headers: str, status: str = "200 OK") -> None:
        """Answer a request."""
        lines = (f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *headers, "", "")
        await self.send("\r\n".join(lines).encode("latin-1"), body)

    async def tell(self, news: str) -> None:
        """Answer a request with JSON."""
        await self.answer(news.encode(), "Content-Type: application/json")

    async def accept(self) -> None:
        """Read a WebSocket handshake, and accept it."""
        key = re.search(r"Sec-WebSocket-Key: (\S+)", await self.request(), re.IGNORECASE)
        if key is None:  # it asks what this server is
            raise ConnectionError
        digest = hashlib.sha1(f"{key[1]}258EAFA5-E914-47DA-95CA-C5AB0DC85B11".encode()).digest()
        lines = (
            "HTTP/1.1 101 Switching Protocols",
            "Upgrade: websocket",
            "Connection: Upgrade",
            f"Sec-WebSocket-Accept: {base64.b64encode(digest).decode()}",
            "",
            "",
        )
        await self.send("\r\n".join(lines).encode())


def replies(answer: bytes) -> Says:
    """Return what a server does that answers a request so, whatever is asked, and closes."""

    async def says(peer: Peer) -> None:
        await peer.request()
        await peer.send(answer)

    return says


@contextlib.asynccontextmanager
async def hostile(says: Says) -> AsyncIterator[tuple[int, list[str]]]:
    """Run a server, and give its port and what was asked of it."""
    asked: list[str] = []
    peers: set[asyncio.Task[None]] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        peers.add(task)
        with contextlib.suppress(
            ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError
        ):
            try:
                await says(Peer(reader, writer, asked))
            finally:
                peers.discard(task)
                writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1], asked
    finally:
        # asyncio loses a connection whose acceptance is under way while its server closes
        asyncio.get_running_loop().remove_reader(server.sockets[0].fileno())
        await turn_loop(10)
        server.close()
        for task in tuple(peers):
            task.cancel()
        await asyncio.gather(*peers, return_exceptions=True)
