"""What is live."""

from __future__ import annotations

import asyncio
from types import ModuleType

from websockets.asyncio.client import connect

from labkit.transports.live import is_live


async def test_connections_servers_and_tasks_are_live(lab: ModuleType) -> None:
    """Those of labkit, of the libraries and of asyncio; what only names one is not."""
    server = await lab.serve("websocket")
    alice = await lab.connect(server, "alice")
    task = asyncio.create_task(asyncio.sleep(0))  # sleeps: for no time, a task is needed
    async with connect(server.url, proxy=None) as websocket:
        raw = server.connections[0].raw
        live = [server, alice, alice.link, server.connections[0], raw, websocket]
        assert all(map(is_live, [*live, websocket.transport, task]))
    await task
    assert not any(map(is_live, ["alice", 7, None, {"alice": alice}, asyncio.Queue()]))
