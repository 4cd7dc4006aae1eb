"""Acknowledgement: the server answers each text with its number, within a time limit."""

import asyncio
import itertools
import json

from websockets.asyncio.client import connect

texts = []


async def handler(websocket):
    async for message in websocket:
        request, text = json.loads(message)
        texts.append(text)
        await websocket.send(json.dumps([request, len(texts)]))


class Client:
    """Returns the server's answer to what it says, or raises TimeoutError."""

    def __init__(self):
        self.requests = itertools.count()
        self.pending = {}

    async def connect(self, url):
        self.websocket = await connect(url, proxy=None)
        self.reader = asyncio.create_task(self.read())

    async def read(self):
        async for message in self.websocket:
            request, answer = json.loads(message)
            waiting = self.pending.get(request)
            if waiting and not waiting.done():  # else the answer comes too late
                waiting.set_result(answer)

    async def say(self, text, timeout):
        request = next(self.requests)
        self.pending[request] = asyncio.get_running_loop().create_future()
        try:
            async with asyncio.timeout(timeout):
                await self.websocket.send(json.dumps([request, text]))
                return await self.pending[request]
        finally:
            del self.pending[request]

    async def close(self):
        await self.websocket.close()
