"""Crowds of light clients, for both protocols: ``python -m labkit.measure.programs.light_clients``.

They are connections of `websockets`; to a Socket.IO server they write its packets themselves. A
hundred of the library's own Socket.IO clients would load the machine more than the server does.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Awaitable, Callable, Sequence
from itertools import count
from typing import Any

from websockets.asyncio.client import ClientConnection, connect

from labkit.measure.parent import answer_parent, read_told

AT_ONCE = 10
"""Clients that connect, or talk, at the same time."""

PING, PONG, JOIN = "2", "3", "40"
"""Packets of Engine.IO, and Socket.IO's that asks for the main namespace."""


class Crowd:
    """Clients of one server.

    Parameters
    ----------
    protocol
        "websocket" or "socketio".
    """

    def __init__(self, protocol: str) -> None:
        self._is_socketio = protocol == "socketio"
        self.connections: list[ClientConnection] = []

    async def connect(self, port: int, compression: str | None) -> None:
        """Connect one more."""
        path = "socket.io/?EIO=4&transport=websocket" if self._is_socketio else ""
        connection = await connect(
            f"ws://127.0.0.1:{port}/{path}",
            proxy=None,
            compression=compression,
            ping_interval=None,  # as a browser: only the server asks
        )
        if self._is_socketio:
            await connection.recv()  # the session
            await connection.send(JOIN)
            await connection.recv()
        self.connections.append(connection)

    async def talk(self, connection: ClientConnection, texts: Sequence[str]) -> None:
        """Send texts, each after the answer to the one before."""
        for text in texts:
            packet = f"42{json.dumps(['message', text])}" if self._is_socketio else text
            await connection.send(packet)
            while await connection.recv() == PING and self._is_socketio:
                await connection.send(PONG)


class Tally(asyncio.Protocol):
    """Takes connections over from the library, and only counts deliveries from then on.

    They are counted by a mark that each message has once, and nothing else has: all that a chunk
    has at once, however many messages it holds, so that no server need wait for its clients.

    Parameters
    ----------
    mark
        A character.
    """

    def __init__(self, mark: str) -> None:
        self._mark = mark.encode()
        self._heard = 0
        self._last = 0.0
        self._is_lost = False
        self._changed = asyncio.Event()
        self._wanted = 0

    def data_received(self, data: bytes) -> None:
        """Count what is in a chunk."""
        self._heard += data.count(self._mark)
        if self._heard >= self._wanted:
            self._last = time.perf_counter()
            self._changed.set()

    def connection_lost(self, error: Exception | None) -> None:
        """Give up: what it was to hear will not come."""
        self._is_lost = True
        self._changed.set()

    async def wait(self, deliveries: int) -> float:
        """Return when so many had come since the last time, by the clock of all processes."""
        self._wanted = deliveries
        while self._heard < deliveries:
            if self._is_lost:
                raise ConnectionError("the server has closed a connection")
            self._changed.clear()
            await self._changed.wait()
        self._heard = self._wanted = 0
        return self._last


class Crowds:
    """The crowds, by their numbers."""

    def __init__(self) -> None:
        self._numbers = count(1)
        self._crowds: dict[int, Crowd] = {}
        self._tallies: dict[int, Tally] = {}

    async def connect(
        self, port: int, clients: int, protocol: str, compression: str | None = None
    ) -> dict[str, int]:
        """Connect a crowd, and return its number."""
        crowd = Crowd(protocol)
        await _do_for_each(range(clients), lambda _: crowd.connect(port, compression))
        self._crowds[number := next(self._numbers)] = crowd
        return {"crowd": number}

    async def talk(self, crowd: int, texts: Sequence[str]) -> None:
        """Let each client of a crowd send texts, and hear their echo."""
        clients = self._crowds[crowd]
        await _do_for_each(clients.connections, lambda each: clients.talk(each, texts))

    async def listen(self, crowd: int, mark: str) -> None:
        """Let a crowd only count what it hears, from now on."""
        tally = self._tallies[crowd] = Tally(mark)
        for connection in self._crowds[crowd].connections:
            connection.transport.set_protocol(tally)

    async def hear(self, crowd: int, deliveries: int) -> dict[str, float]:
        """Wait for deliveries to a crowd that listens, and return when the last one came."""
        return {"ended": await self._tallies[crowd].wait(deliveries)}

    async def close(self, crowd: int) -> None:
        """Cut off all clients of a crowd."""
        for connection in self._crowds.pop(crowd).connections:
            connection.transport.abort()
        self._tallies.pop(crowd, None)

    async def run(self) -> None:
        """Do what the parent asks."""
        names = ("connect", "talk", "listen", "hear", "close")
        answers: Any = {name: getattr(self, name) for name in names}
        await answer_parent(answers)


async def _do_for_each(things: Sequence[Any], act: Callable[[Any], Awaitable[None]]) -> None:
    """Do something for each of many things, for `AT_ONCE` at the same time."""
    waiting = iter(things)

    async def work() -> None:
        for thing in waiting:
            await act(thing)

    await asyncio.gather(*(work() for _ in range(AT_ONCE)))


if __name__ == "__main__":
    read_told()  # they have no settings
    asyncio.run(Crowds().run())
