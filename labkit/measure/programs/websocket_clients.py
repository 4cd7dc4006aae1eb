"""Clients of `websockets`: ``python -m labkit.measure.programs.websocket_clients``."""

from __future__ import annotations

import asyncio
import time
from itertools import count
from typing import Any

from websockets.asyncio.client import ClientConnection, connect

from labkit.measure.parent import answer_parent, read_told


class Clients:
    """The clients, by their numbers."""

    def __init__(self) -> None:
        self._numbers = count(1)
        self._connections: dict[int, ClientConnection] = {}

    async def connect(self, port: int, compression: str | None = "deflate") -> dict[str, float]:
        """Connect one, and return its number, and the seconds until it could talk."""
        began = time.perf_counter()
        connection = await connect(
            f"ws://127.0.0.1:{port}/",
            proxy=None,
            compression=compression,
        )
        seconds = time.perf_counter() - began
        self._connections[number := next(self._numbers)] = connection
        return {"client": number, "seconds": seconds}

    async def echo(self, client: int, times: int, text: str) -> dict[str, list[float]]:
        """Send a text, await it, and so on; return the seconds of each round trip."""
        connection, seconds = self._connections[client], []
        for _ in range(times):
            began = time.perf_counter()
            await connection.send(text)
            await connection.recv()
            seconds.append(time.perf_counter() - began)
        return {"seconds": seconds}

    async def close(self, client: int) -> None:
        """Close a connection."""
        await self._connections.pop(client).close()

    async def run(self) -> None:
        """Do what the parent asks."""
        answers: Any = {"connect": self.connect, "echo": self.echo, "close": self.close}
        await answer_parent(answers)


if __name__ == "__main__":
    read_told()  # they have no settings
    asyncio.run(Clients().run())
