"""Who is in a crowd: people who say texts and hear them, as cheaply as can be."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from typing import Any, Protocol

import aiohttp


class Person(Protocol):
    """Somebody who is connected."""

    async def say(self, texts: Sequence[str]) -> None:
        """Send texts, all at once."""

    def hear(self) -> AsyncIterator[str]:
        """Yield what comes."""

    async def close(self) -> None:
        """Leave."""


Join = Callable[[aiohttp.ClientSession, str], Coroutine[Any, Any, Person]]
"""Connects somebody to a URL."""


class RawPerson:
    """Speaks raw WebSocket, by aiohttp's client: another library than the server's."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self._socket = socket

    @classmethod
    async def join(cls, session: aiohttp.ClientSession, url: str) -> RawPerson:
        """Connect."""
        return cls(await session.ws_connect(url, max_msg_size=0))

    async def say(self, texts: Sequence[str]) -> None:
        """Send a message for each text."""
        for text in texts:
            await self._socket.send_str(text)

    async def hear(self) -> AsyncIterator[str]:
        """Yield the messages."""
        async for message in self._socket:
            yield message.data

    async def close(self) -> None:
        """Close with 1000."""
        await self._socket.close()
