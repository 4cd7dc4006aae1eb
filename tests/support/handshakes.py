"""Handshakes over the streams of a link's ends."""

from __future__ import annotations

from tests.support.ends import Ends, Streams
from tests.support.raw import request

SWITCH = b"HTTP/1.1 101 S\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n"


async def shake_hands(ends: Ends, answer: bytes = SWITCH) -> tuple[Streams, Streams]:
    """Return a connection behind a handshake: the client's streams, and the server's."""
    client, server = await ends.pair()
    client[1].write(request())
    await server[0].readexactly(len(request()))
    server[1].write(answer)
    await client[0].readexactly(len(answer))
    return client, server
