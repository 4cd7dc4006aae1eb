"""Fallback: texts reach all others also where no WebSocket gets through, by long polling."""

import socketio

sio = socketio.AsyncServer(async_mode="aiohttp")


@sio.event
async def say(sid, text):
    await sio.emit("text", text, skip_sid=sid)


class Client:
    """Calls `on_text` with each text; `transport` says which way they travel."""

    def __init__(self, on_text):
        self.sio = socketio.AsyncClient(handle_sigint=False)
        self.sio.on("text", on_text)

    async def connect(self, url):
        await self.sio.connect(url)
        self.transport = self.sio.transport()

    async def say(self, text):
        await self.sio.emit("say", text)

    async def close(self):
        await self.sio.disconnect()
