"""Clients of `python-socketio`: ``python -m labkit.measure.programs.socketio_clients``."""

from __future__ import annotations

import asyncio
import time
from itertools import count
from typing import Any

import socketio

from labkit.measure.parent import answer_parent, read_told

WAIT = 30.0
"""Seconds that a server may take to let a client into its namespace: a machine may be busy."""


class Client:
    """A client, and what it has heard; None at the end."""

    def __init__(self) -> None:
        self.sio = socketio.AsyncClient(reconnection=False, handle_sigint=False)
        self.heard: asyncio.Queue[str | None] = asyncio.Queue()

        @self.sio.event  # type: ignore[untyped-decorator]
        async def message(text: str) -> None:
            self.heard.put_nowait(text)

        @self.sio.event  # type: ignore[untyped-decorator]
        async def disconnect(reason: str) -> None:
            self.heard.put_nowait(None)


class Clients:
    """The clients, by their numbers."""

    def __init__(self) -> None:
        self._numbers = count(1)
        self._clients: dict[int, Client] = {}

    async def connect(self, port: int, transports: list[str] | None = None) -> dict[str, Any]:
        """Connect one, and return its number, its transport, and the seconds until it could talk.

        Without `transports`, it begins with polling and upgrades, as is the library's default.
        """
        client = Client()
        began = time.perf_counter()
        await client.sio.connect(
            f"http://127.0.0.1:{port}", transports=transports, wait_timeout=WAIT
        )
        seconds = time.perf_counter() - began
        self._clients[number := next(self._numbers)] = client
        return {"client": number, "seconds": seconds, "transport": client.sio.transport()}

    async def echo(self, client: int, times: int, text: str) -> dict[str, list[float]]:
        """Send a text, await it, and so on; return the seconds of each round trip."""
        who, seconds = self._clients[client], []
        for _ in range(times):
            began = time.perf_counter()
            await who.sio.emit("message", text)
            if await who.heard.get() is None:
                raise ConnectionError("the server has disconnected a client")
            seconds.append(time.perf_counter() - began)
        return {"seconds": seconds}

    async def close(self, client: int) -> None:
        """Disconnect a client."""
        await self._clients.pop(client).sio.disconnect()

    async def run(self) -> None:
        """Do what the parent asks."""
        answers: Any = {"connect": self.connect, "echo": self.echo, "close": self.close}
        await answer_parent(answers)


if __name__ == "__main__":
    read_told()  # they have no settings
    asyncio.run(Clients().run())
