"""Clients of `websockets`, here in the tests' own process."""

from __future__ import annotations

from typing import Any

from websockets.asyncio.server import serve

from labkit.measure.programs.websocket_clients import Clients


async def test_they_connect_talk_and_leave() -> None:
    """Each has a number, and what it says comes back before it says more."""
    said: list[str] = []

    async def echo(connection: Any) -> None:
        async for message in connection:
            said.append(message)
            await connection.send(message)

    clients = Clients()
    async with serve(echo, "127.0.0.1", 0, ping_interval=None) as server:
        port = next(iter(server.sockets)).getsockname()[1]
        first = await clients.connect(port)
        second = await clients.connect(port, compression=None)
        assert (first["client"], second["client"]) == (1, 2)
        assert 0 < first["seconds"] < 5
        has_deflate = [bool(each.protocol.extensions) for each in clients._connections.values()]
        assert has_deflate == [True, False]
        echoed = await clients.echo(client=2, times=3, text="hello")
        assert said == ["hello"] * 3
        assert len(echoed["seconds"]) == 3 and min(echoed["seconds"]) > 0
        await clients.close(1)
        await clients.close(2)
        assert clients._connections == {}
