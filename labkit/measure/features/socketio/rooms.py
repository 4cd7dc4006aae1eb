"""Rooms: what a client says into a room reaches the others in it."""

import socketio

sio = socketio.AsyncServer(async_mode="aiohttp")


@sio.event
async def join(sid, room):
    await sio.enter_room(sid, room)


@sio.event
async def leave(sid, room):
    await sio.leave_room(sid, room)


@sio.event
async def say(sid, room, text):
    await sio.emit("text", (room, text), room=room, skip_sid=sid)


class Client:
    """Calls `on_text` with the room and each text."""

    def __init__(self, on_text):
        self.sio = socketio.AsyncClient(handle_sigint=False)
        self.sio.on("text", on_text)

    async def connect(self, url):
        await self.sio.connect(url)

    async def join(self, room):
        await self.sio.emit("join", room)

    async def leave(self, room):
        await self.sio.emit("leave", room)

    async def say(self, room, text):
        await self.sio.emit("say", (room, text))

    async def close(self):
        await self.sio.disconnect()
