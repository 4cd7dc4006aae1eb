"""The bare Socket.IO server, in a process of its own."""

from __future__ import annotations

import asyncio
import time
from typing import Any

import pytest
import socketio

from labkit.measure.process import running
from labkit.measure.subject import SOCKETIO

pytestmark = pytest.mark.exhaustive


@pytest.mark.parametrize("transports", [["websocket"], ["polling"], None])
async def test_it_echoes_and_broadcasts(transports: Any) -> None:
    """On each transport, and with its burden; it says when it began to broadcast."""
    heard: asyncio.Queue[str] = asyncio.Queue()
    burdened = SOCKETIO.burdened("longer", characters=7, memory=10, work=0.001, wait=0.001)
    async with running(server := burdened.make_server()):
        sio = socketio.AsyncClient(handle_sigint=False)
        sio.on("message", heard.put)
        await sio.connect(f"http://127.0.0.1:{server.port}", transports=transports)
        await sio.emit("message", "hello")
        assert await heard.get() == "helloxxxxxxx"
        before = time.perf_counter()
        answer = await server.ask("broadcast", count=2, text="to all")
        assert before < answer["began"] < time.perf_counter()
        assert [await heard.get(), await heard.get()] == ["to allxxxxxxx"] * 2
        await sio.eio.disconnect(abort=True)
        assert server._child is not None
        assert list(server._child._words) == []  # nothing is logged, which would be measured, too
