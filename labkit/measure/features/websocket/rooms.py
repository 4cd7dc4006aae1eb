"""Rooms: what a client says into a room reaches the others in it."""

import asyncio
import json

from websockets.asyncio.client import connect
from websockets.asyncio.server import broadcast

rooms = {}  # of each connection, the rooms that it is in: an empty room leaves nothing behind


async def handler(websocket):
    rooms[websocket] = set()
    try:
        async for message in websocket:
            match json.loads(message):
                case "join", room:
                    rooms[websocket].add(room)
                case "leave", room:
                    rooms[websocket].discard(room)
                case "say", room, text:
                    members = {each for each in rooms if room in rooms[each]}
                    broadcast(members - {websocket}, json.dumps([room, text]))
    finally:
        del rooms[websocket]


class Client:
    """Calls `on_text` with the room and each text."""

    def __init__(self, on_text):
        self.on_text = on_text

    async def connect(self, url):
        self.websocket = await connect(url, proxy=None)
        self.reader = asyncio.create_task(self.read())

    async def read(self):
        async for message in self.websocket:
            self.on_text(*json.loads(message))

    async def join(self, room):
        await self.websocket.send(json.dumps(["join", room]))

    async def leave(self, room):
        await self.websocket.send(json.dumps(["leave", room]))

    async def say(self, room, text):
        await self.websocket.send(json.dumps(["say", room, text]))

    async def close(self):
        await self.websocket.close()
