"""People who speak Socket.IO, no more of it than they need.

The library's own client takes several times as long for a message as its server, so that a crowd
of them would only measure itself.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Sequence
from contextlib import suppress

import aiohttp

EVENT = "chat message"
OPEN, CLOSE, PING, PONG = "0", "1", "2", "3"
CONNECT = "40"
PREFIX = f'42["{EVENT}",'
BETWEEN = "\x1e"
"""Stands between the packets of a polling body."""


def packet(text: str) -> str:
    """Return the packet of a chat message."""
    return f"{PREFIX}{json.dumps(text)}]"


def text_of(packet: str) -> str | None:
    """Return the text of a chat message, None of anything else."""
    return json.loads(packet[len(PREFIX) : -1]) if packet.startswith(PREFIX) else None


class OverWebSocket:
    """Somebody on WebSocket from the beginning."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self._socket = socket

    @classmethod
    async def join(cls, session: aiohttp.ClientSession, url: str) -> OverWebSocket:
        """Connect, and join the main namespace."""
        query = "socket.io/?EIO=4&transport=websocket"
        socket = await session.ws_connect(f"{url}{query}", max_msg_size=0)
        assert (await socket.receive_str()).startswith(OPEN)
        await socket.send_str(CONNECT)
        while not (await socket.receive_str()).startswith(CONNECT):
            pass
        return cls(socket)

    async def say(self, texts: Sequence[str]) -> None:
        """Send a frame for each text."""
        for text in texts:
            await self._socket.send_str(packet(text))

    async def hear(self) -> AsyncIterator[str]:
        """Yield the texts, and answer the pings."""
        async for message in self._socket:
            if message.data == PING:
                await self._socket.send_str(PONG)
            elif (text := text_of(message.data)) is not None:
                yield text

    async def close(self) -> None:
        """Close with 1000."""
        await self._socket.close()


class OverPolling:
    """Somebody who polls."""

    def __init__(self, session: aiohttp.ClientSession, url: str) -> None:
        self._session = session
        self._url = url
        self._left = False

    @classmethod
    async def join(cls, session: aiohttp.ClientSession, url: str) -> OverPolling:
        """Connect, and join the main namespace."""
        url = f"{url}socket.io/?EIO=4&transport=polling"
        async with session.get(url) as answer:
            opened = json.loads((await answer.text()).partition(BETWEEN)[0][1:])
        person = cls(session, f"{url}&sid={opened['sid']}")
        await person._post(CONNECT)
        while not any(each.startswith(CONNECT) for each in await person._poll()):
            pass
        return person

    async def _post(self, body: str) -> None:
        async with self._session.post(self._url, data=body) as answer:
            assert answer.status == 200, answer.status

    async def _poll(self) -> list[str]:
        async with self._session.get(self._url) as answer:
            assert answer.status == 200, answer.status
            return (await answer.text()).split(BETWEEN)

    async def say(self, texts: Sequence[str]) -> None:
        """Send all texts in one body, as a client does when it has them all at once."""
        await self._post(BETWEEN.join(map(packet, texts)))

    async def hear(self) -> AsyncIterator[str]:
        """Poll, yield the texts, and answer the pings."""
        while not self._left:
            for each in await self._poll():
                if each == PING:
                    await self._post(PONG)
                elif (text := text_of(each)) is not None:
                    yield text

    async def close(self) -> None:
        """Send the packet that ends the session."""
        self._left = True
        with suppress(aiohttp.ClientError, AssertionError):
            await self._post(CLOSE)
