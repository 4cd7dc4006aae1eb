"""Reconnection: the client comes back by itself, after a random pause, and says what it did."""

import socketio

sio = socketio.AsyncServer(async_mode="aiohttp")


@sio.event
async def say(sid, text):
    await sio.emit("text", text, to=sid)


class Client:
    """Calls `on_text` with each text, and `on_status` with "connected" or "disconnected"."""

    def __init__(self, on_text, on_status, delay=1):
        self.sio = socketio.AsyncClient(
            reconnection_delay=delay, randomization_factor=delay / 2, handle_sigint=False
        )
        self.sio.on("text", on_text)
        self.sio.on("connect", lambda: on_status("connected"))
        self.sio.on("disconnect", lambda reason: on_status("disconnected"))

    async def connect(self, url):
        await self.sio.connect(url)

    async def say(self, text):
        await self.sio.emit("say", text)

    async def close(self):
        await self.sio.shutdown()
