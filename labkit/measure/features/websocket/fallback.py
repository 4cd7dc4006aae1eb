"""Fallback: texts reach all others also where no WebSocket gets through, by long polling.

The WebSocket and the polls read the same log, each from a position of its own: nobody misses a
text between two polls, and a client that stays away leaves nothing behind.
"""

import asyncio
import itertools
import uuid
from collections import deque

import aiohttp
from aiohttp import web

numbers = itertools.count(1)
log = deque([(0, "", "")], maxlen=1000)  # number, sender, text
news = asyncio.Condition()
routes = web.RouteTableDef()


async def add(sender, text):
    async with news:
        log.append((next(numbers), sender, text))
        news.notify_all()


async def read_on(reader, position):
    async with news:
        await news.wait_for(lambda: log[-1][0] > position)
        texts = [text for number, sender, text in log if number > position and sender != reader]
        return texts, log[-1][0]


@routes.get("/websocket")
async def serve_websocket(request):
    websocket = web.WebSocketResponse()
    await websocket.prepare(request)
    writer = asyncio.create_task(write(websocket))
    try:
        async for message in websocket:
            await add(websocket, message.data)
    finally:
        writer.cancel()
    return websocket


async def write(websocket):
    position = log[-1][0]
    while True:
        texts, position = await read_on(websocket, position)
        for text in texts:
            await websocket.send_str(text)


@routes.get("/position")
async def tell_position(request):
    return web.json_response(log[-1][0])


@routes.get("/texts")
async def poll(request):
    position = int(request.query["position"])
    try:
        async with asyncio.timeout(25):  # before a proxy ends an idle request
            answer = await read_on(request.query["client"], position)
    except TimeoutError:
        answer = [], position
    return web.json_response(answer)


@routes.post("/texts")
async def post(request):
    await add(request.query["client"], await request.text())
    return web.Response()


app = web.Application()
app.add_routes(routes)


class Client:
    """Calls `on_text` with each text; `transport` says which way they travel."""

    def __init__(self, on_text):
        self.on_text = on_text
        self.transport = "websocket"
        self.name = uuid.uuid4().hex

    async def connect(self, url):
        self.http = aiohttp.ClientSession(url, raise_for_status=True)
        try:
            async with asyncio.timeout(5):
                self.websocket = await self.http.ws_connect("/websocket")
            self.reader = asyncio.create_task(self.read())
        except (aiohttp.ClientError, TimeoutError):
            self.transport = "polling"
            async with self.http.get("/position") as response:
                position = await response.json()
            self.reader = asyncio.create_task(self.poll(position))

    async def read(self):
        async for message in self.websocket:
            self.on_text(message.data)

    async def poll(self, position):
        while True:
            query = {"client": self.name, "position": position}
            async with self.http.get("/texts", params=query) as response:
                texts, position = await response.json()
            for text in texts:
                self.on_text(text)

    async def say(self, text):
        if self.transport == "websocket":
            await self.websocket.send_str(text)
        else:
            await self.http.post("/texts", params={"client": self.name}, data=text)

    async def close(self):
        self.reader.cancel()
        await self.http.close()
