"""The servers that are compared: one that echoes, one that relays, with and without labkit.

`read_alike` takes an effect of the allocator out of the comparison: see
`labkit.sockets.read_limit`.
"""

from __future__ import annotations

from asyncio import selector_events
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import socketio
from aiohttp import web
from engineio.payload import Payload

from benchmarks.socketio.people import EVENT
from labkit.sockets.read_limit import READ_LIMIT

SETTINGS: dict[str, Any] = {
    "async_mode": "aiohttp",
    "always_connect": True,
    "ping_interval": 5,
    "ping_timeout": 5,
    "max_http_buffer_size": 2**20,
    "http_compression": False,
}
"""Those of the finished chat, as far as the two need the same."""


def read_alike() -> None:
    """Let everything in this process read as little at a time as labkit's servers do."""
    selector_events._SelectorTransport.max_size = READ_LIMIT  # type: ignore[attr-defined]


def echoing() -> socketio.AsyncServer:
    """Return a server that sends a message back to its sender, and acknowledges it."""
    sio = socketio.AsyncServer(**SETTINGS)

    @sio.on(EVENT)  # type: ignore[untyped-decorator]
    async def echo(sid: str, text: str) -> None:
        await sio.emit(EVENT, text, to=sid)

    return sio


def relaying() -> socketio.AsyncServer:
    """Return a server that relays a message to everybody, as tutorials write it."""
    sio = socketio.AsyncServer(**SETTINGS)

    @sio.on(EVENT)  # type: ignore[untyped-decorator]
    async def relay(sid: str, text: str) -> None:
        await sio.emit(EVENT, text)

    return sio


@asynccontextmanager
async def bare(sio: socketio.AsyncServer) -> AsyncIterator[str]:
    """Serve with the library and aiohttp alone."""
    Payload.max_decode_packets = 10_000  # as labkit does; otherwise bodies above 16 are dropped
    app = web.Application()
    sio.attach(app)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.05)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}/"
    await sio.shutdown()
    await runner.cleanup()


@asynccontextmanager
async def hosted(what: Any) -> AsyncIterator[str]:
    """Let labkit host a server; "socketio" is the finished chat."""
    import labkit as lab

    yield (await lab.serve(what)).url
    for error in lab.errors():
        print(f"(In the background: {error})")
    await lab.close()
