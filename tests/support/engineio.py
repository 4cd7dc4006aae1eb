"""Requests to an Engine.IO endpoint, written by hand: good ones, and the parts of bad ones."""

from __future__ import annotations

import contextlib
import json
import re
from collections.abc import AsyncIterator

from tests.support.raw import Raw, raw

OPEN = "/socket.io/?EIO=4&transport=polling"
UPGRADE = (
    "Connection: Upgrade",
    "Upgrade: websocket",
    "Sec-WebSocket-Version: 13",
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
)


def asks(target: str, *headers: str, method: str = "GET", host: str = "127.0.0.1") -> bytes:
    """Return an HTTP request."""
    lines = (f"{method} {target} HTTP/1.1", f"Host: {host}", *headers, "", "")
    return "\r\n".join(lines).encode()


def posts(sid: str, body: bytes, *headers: str) -> bytes:
    """Return a polling POST of a session."""
    length = () if any("chunked" in line for line in headers) else (f"Content-Length: {len(body)}",)
    return asks(f"{OPEN}&sid={sid}", *headers, *length, method="POST") + body


async def opened(peer: Raw) -> str:
    """Open a polling session by hand, and return its id."""
    await peer.send(asks(OPEN))
    head = await peer.head()
    length = int(re.search(r"Content-Length: (\d+)", head)[1])  # type: ignore[index]
    body = (await peer.reader.readexactly(length)).decode()
    return str(json.loads(body[1:])["sid"])


@contextlib.asynccontextmanager
async def upgraded(port: int) -> AsyncIterator[Raw]:
    """Open a WebSocket to the Engine.IO endpoint."""
    async with raw(port) as peer:
        await peer.send(asks("/socket.io/?EIO=4&transport=websocket", *UPGRADE))
        assert " 101 " in await peer.head()
        yield peer
