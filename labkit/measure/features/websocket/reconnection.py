"""Reconnection: the client comes back by itself, after a random pause, and says what it did."""

import asyncio
import random

from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed


async def handler(websocket):
    async for text in websocket:
        await websocket.send(text)


class Client:
    """Calls `on_text` with each text, and `on_status` with "connected" or "disconnected"."""

    def __init__(self, on_text, on_status, delay=1):
        self.on_text = on_text
        self.on_status = on_status
        self.delay = delay

    async def connect(self, url):
        self.runner = asyncio.create_task(self.run(url))

    async def run(self, url):
        async for websocket in connect(url, proxy=None):
            self.websocket = websocket
            self.on_status("connected")
            try:
                async for text in websocket:
                    self.on_text(text)
            except ConnectionClosed:
                pass
            self.on_status("disconnected")
            # the library waits after failed attempts only, so all clients would return at once
            await asyncio.sleep(self.delay * random.uniform(0.5, 1.5))

    async def say(self, text):
        await self.websocket.send(text)

    async def close(self):
        self.runner.cancel()
        await self.websocket.close()
