"""A peer that may say anything: bytes as they are given, over a plain TCP connection.

Libraries refuse to send what breaks the rules, so requests and frames are made by hand here.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket
import struct
from collections.abc import AsyncIterator, Iterable
from typing import Self

KEY = "dGhlIHNhbXBsZSBub25jZQ=="

TEXT, BINARY, CONTINUATION, CLOSE, PING, PONG = 0x1, 0x2, 0x0, 0x8, 0x9, 0xA


def request(
    *more: str,
    line: str = "GET / HTTP/1.1",
    without: str = "",
    host: str = "127.0.0.1",
    end: str = "\r\n",
) -> bytes:
    """Return a WebSocket handshake, with further header lines or without one of its own.

    Examples
    --------
    >>> request(without="Upgrade").count(b"Upgrade")
    1
    """
    own = {
        "Host": host,
        "Connection": "Upgrade",
        "Upgrade": "websocket",
        "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Key": KEY,
    }
    lines = [line, *(f"{name}: {value}" for name, value in own.items() if name != without), *more]
    return "".join(text + end for text in [*lines, ""]).encode("utf-8", "surrogateescape")


def frame(
    opcode: int,
    payload: bytes = b"",
    *,
    fin: bool = True,
    reserved: int = 0,
    masked: bool = True,
    length: int | None = None,
) -> bytes:
    """Return a frame of a client (RFC 6455 section 5.2).

    Parameters
    ----------
    reserved
        The three reserved bits, 0 to 7.
    length
        The length that the header claims, instead of the true one.
    """
    claimed = len(payload) if length is None else length
    if claimed < 126:
        head = struct.pack("!BB", fin << 7 | reserved << 4 | opcode, masked << 7 | claimed)
    elif claimed < 2**16:
        head = struct.pack("!BBH", fin << 7 | reserved << 4 | opcode, masked << 7 | 126, claimed)
    else:
        head = struct.pack("!BBQ", fin << 7 | reserved << 4 | opcode, masked << 7 | 127, claimed)
    if not masked:
        return head + payload
    key = os.urandom(4)
    mask = (key * (len(payload) // 4 + 1))[: len(payload)]
    hidden = int.from_bytes(payload, "big") ^ int.from_bytes(mask, "big")
    return head + key + hidden.to_bytes(len(payload), "big")


def close(code: int, reason: bytes = b"") -> bytes:
    """Return a close frame of a client with any code."""
    return frame(CLOSE, struct.pack("!H", code) + reason)


class Raw:
    """A TCP connection to a server, without any protocol."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer

    @classmethod
    async def dial(cls, port: int) -> Self:
        """Connect to a port of this machine."""
        return cls(*await asyncio.open_connection("127.0.0.1", port))

    async def send(self, *chunks: bytes) -> None:
        """Write each chunk by itself, as far as the other side still takes it."""
        with contextlib.suppress(ConnectionError):
            for chunk in chunks:
                self.writer.write(chunk)
                await self.writer.drain()

    async def head(self) -> str:
        """Read the head of an HTTP answer."""
        return (await self.reader.readuntil(b"\r\n\r\n")).decode("latin-1")

    async def rest(self) -> bytes:
        """Read until the other side closes, whether it does so politely or not."""
        got = b""
        with contextlib.suppress(ConnectionError):
            while chunk := await self.reader.read(2**16):
                got += chunk
        return got

    async def shake_hands(self, *more: str) -> str:
        """Open a WebSocket connection and return the head of the answer."""
        await self.send(request(*more))
        return await self.head()

    async def close(self, reset: bool = False) -> None:
        """Close with FIN, or with RST."""
        if reset:
            sock = self.writer.get_extra_info("socket")
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.writer.close()
        with contextlib.suppress(ConnectionError):
            await self.writer.wait_closed()


@contextlib.asynccontextmanager
async def raw(port: int) -> AsyncIterator[Raw]:
    """Connect to a port of this machine, and close at the end."""
    peer = await Raw.dial(port)
    try:
        yield peer
    finally:
        await peer.close()


def frames(data: bytes) -> Iterable[tuple[int, bytes]]:
    """Yield opcode and payload of each unmasked frame that a server sent."""
    while len(data) >= 2:
        length, start = data[1] & 127, 2
        if length >= 126:
            start = 4 if length == 126 else 10
            length = int.from_bytes(data[2:start], "big")
        yield data[0] & 15, data[start : start + length]
        data = data[start + length :]
