"""Broadcast: what one client says reaches all others."""

import asyncio

from websockets.asyncio.client import connect
from websockets.asyncio.server import broadcast

connections = set()


async def handler(websocket):
    connections.add(websocket)
    try:
        async for text in websocket:
            broadcast(connections - {websocket}, text)
    finally:
        connections.remove(websocket)


class Client:
    """Calls `on_text` with each text."""

    def __init__(self, on_text):
        self.on_text = on_text

    async def connect(self, url):
        self.websocket = await connect(url, proxy=None)
        self.reader = asyncio.create_task(self.read())

    async def read(self):
        async for text in self.websocket:
            self.on_text(text)

    async def say(self, text):
        await self.websocket.send(text)

    async def close(self):
        await self.websocket.close()
