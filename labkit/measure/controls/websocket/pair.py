"""A client and a server of `websockets` that are connected."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from websockets.asyncio.client import ClientConnection, connect
from websockets.asyncio.server import ServerConnection, serve


@asynccontextmanager
async def pair(
    client: dict[str, Any] | None = None, login: str = "", **server: Any
) -> AsyncIterator[tuple[ClientConnection, ServerConnection]]:
    """Connect a client with these options to a server with those."""
    arrived: asyncio.Future[ServerConnection] = asyncio.get_running_loop().create_future()

    async def handler(websocket: ServerConnection) -> None:
        arrived.set_result(websocket)
        await websocket.wait_closed()

    async with serve(handler, "127.0.0.1", 0, **({"close_timeout": 0.02} | server)) as running:
        url = f"ws://{login}127.0.0.1:{next(iter(running.sockets)).getsockname()[1]}/"
        async with connect(url, proxy=None, **(client or {})) as near:
            yield near, await arrived
            near.transport.abort()
