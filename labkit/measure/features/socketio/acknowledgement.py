"""Acknowledgement: the server answers each text with its number, within a time limit."""

import socketio

texts = []
sio = socketio.AsyncServer(async_mode="aiohttp")


@sio.event
async def say(sid, text):
    texts.append(text)
    return len(texts)


class Client:
    """Returns the server's answer to what it says, or raises TimeoutError."""

    def __init__(self):
        self.sio = socketio.AsyncClient(handle_sigint=False)

    async def connect(self, url):
        await self.sio.connect(url)

    async def say(self, text, timeout):
        return await self.sio.call("say", text, timeout=timeout)

    async def close(self):
        await self.sio.disconnect()
