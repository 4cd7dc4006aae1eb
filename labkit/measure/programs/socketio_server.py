"""A server of `python-socketio` on aiohttp that echoes, and broadcasts when it is asked to.

``python -m labkit.measure.programs.socketio_server``, with its settings as JSON on the first line.
"""

from __future__ import annotations

import asyncio
import json
import logging
import time
from typing import Any

import socketio
from aiohttp import web

from labkit.measure.parent import answer_parent, read_told
from labkit.measure.programs.burden import Burden


async def main(**burdens: Any) -> None:
    """Serve until the parent ends it; the burdens are the fields of a `Burden`."""
    burden = Burden(**burdens)
    sio = socketio.AsyncServer(async_mode="aiohttp")
    app = web.Application()
    sio.attach(app)

    @sio.event  # type: ignore[untyped-decorator]
    async def connect(sid: str, environ: dict[str, Any]) -> None:
        burden.load(sid)

    @sio.event  # type: ignore[untyped-decorator]
    async def message(sid: str, text: str) -> None:
        await sio.emit("message", burden.apply(text), to=sid)

    @sio.event  # type: ignore[untyped-decorator]
    async def disconnect(sid: str, reason: str) -> None:
        burden.unload(sid)

    async def broadcast_text(count: int, text: str) -> dict[str, float]:
        began = time.perf_counter()
        for _ in range(count):
            await sio.emit("message", burden.apply(text))
        return {"began": began}

    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    await answer_parent({"broadcast": broadcast_text}, port=runner.addresses[0][1])


if __name__ == "__main__":
    logging.disable()
    asyncio.run(main(**json.loads(read_told())))
