"""A server of `python-socketio`, and a client of the library or a witness that is connected.

The witness is a bare WebSocket client, which sees what the library hides.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import socketio
from aiohttp import web
from websockets.asyncio.client import ClientConnection, connect

SILENT = logging.Logger("silent", logging.CRITICAL + 1)
"""For the refusals that are provoked, which the library would print."""


class Served:
    """A server, and what it met."""

    def __init__(self, **options: Any) -> None:
        options = {"monitor_clients": False, "engineio_logger": SILENT} | options
        self.sio = socketio.AsyncServer(async_mode="aiohttp", **options)
        self.environ: dict[str, Any] = {}
        self.auth: Any = None
        self.heard: list[Any] = []
        self.arrived: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        self.left: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        self.sio.on("connect", self._connect)
        self.sio.on("disconnect", self._disconnect)
        self.sio.on("say", self._say)
        self.url = ""

    def _connect(self, sid: str, environ: dict[str, Any], auth: Any) -> None:
        self.environ, self.auth = environ, auth
        if not self.arrived.done():
            self.arrived.set_result(sid)

    def _disconnect(self, sid: str, reason: str) -> None:
        if not self.left.done():
            self.left.set_result(reason)

    def _say(self, sid: str, text: Any) -> str:
        self.heard.append(text)
        return "stored"


@asynccontextmanager
async def run(**options: Any) -> AsyncIterator[Served]:
    """Run a server with these options."""
    served = Served(**options)
    app = web.Application()
    served.sio.attach(app)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.05)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        served.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
        yield served
    finally:
        await served.sio.shutdown()
        await runner.cleanup()


@asynccontextmanager
async def pair(
    client: dict[str, Any] | None = None, **options: Any
) -> AsyncIterator[tuple[Any, Served, str]]:
    """Connect a client of the library; `arguments` in the options are of its `connect`."""
    arguments = {"transports": ["websocket"]} | options.pop("arguments", {})
    async with run(**options) as served:
        near = socketio.AsyncClient(handle_sigint=False, **(client or {}))
        await near.connect(served.url, **arguments)
        try:
            yield near, served, await served.arrived
        finally:
            await near.disconnect()


@asynccontextmanager
async def watch(
    client: dict[str, Any] | None = None, **options: Any
) -> AsyncIterator[tuple[ClientConnection, Served, str]]:
    """Connect a witness, which says by hand what the library would."""
    async with run(**options) as served:
        address = f"ws{served.url[4:]}/socket.io/?EIO=4&transport=websocket"
        async with connect(address, proxy=None, max_size=None, **(client or {})) as witness:
            await witness.recv()
            await witness.send("40")
            await witness.recv()
            yield witness, served, await served.arrived
            witness.transport.abort()
