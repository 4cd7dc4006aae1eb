"""Clients of `python-socketio`, here in the tests' own process."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
import socketio

from labkit.measure.programs.socketio_clients import Clients


@pytest.mark.parametrize("transports", [None, ["websocket"]])
async def test_they_connect_talk_and_leave(
    socketio_server: tuple[int, socketio.AsyncServer], transports: Any
) -> None:
    """By default after an upgrade; what one says comes back before it says more."""
    port, sio = socketio_server
    said: list[str] = []

    @sio.on("message")  # type: ignore[untyped-decorator]
    async def echo(sid: str, text: str) -> None:
        said.append(text)
        await sio.emit("message", text, to=sid)

    clients = Clients()
    connected = await clients.connect(port, transports)
    assert (connected["client"], connected["transport"]) == (1, "websocket")
    assert 0 < connected["seconds"] < 5
    echoed = await clients.echo(client=1, times=3, text="hello")
    assert said == ["hello"] * 3
    assert len(echoed["seconds"]) == 3 and min(echoed["seconds"]) > 0
    await clients.close(1)


async def test_a_client_that_is_disconnected_says_so(
    socketio_server: tuple[int, socketio.AsyncServer],
) -> None:
    """It does not wait for an echo that cannot come."""
    port, sio = socketio_server

    @sio.on("message")  # type: ignore[untyped-decorator]
    async def leave(sid: str, text: str) -> None:
        await sio.disconnect(sid)

    clients = Clients()
    await clients.connect(port, ["websocket"])
    with pytest.raises(ConnectionError, match="disconnected"):
        async with asyncio.timeout(5):
            await clients.echo(client=1, times=1, text="hello")
    await clients.close(1)
