"""A chat on Socket.IO that runs in a terminal, with `python-socketio` and `aiohttp`.

python 07_socketio_chat.py                                           # the server; Ctrl-C ends it
python 08_socketio_by_hand.py http://127.0.0.1:8080 "hello, all"     # somebody who joins
"""

import os

import socketio
from aiohttp import web

# On a public server: put a proxy in front that speaks TLS (https://) and lets `Upgrade` through,
# name your pages in `cors_allowed_origins=["https://chat.example"]` (as it is, only pages of this
# server may come), and let a handler for "connect" return False to those who may not.
HOST = os.environ.get("HOST", "127.0.0.1")  # 0.0.0.0: whoever reaches this machine
PORT = int(os.environ.get("PORT", "8080"))

sio = socketio.AsyncServer(async_mode="aiohttp", max_http_buffer_size=2**16)  # 64 KiB a message


@sio.on("chat message")
async def chat_message(sid, text):
    """Send a text to everybody but its sender, and acknowledge it."""
    await sio.emit("chat message", text, skip_sid=sid)
    return "sent"


@sio.on("join")
async def join(sid, room):
    """Put the sender into a room."""
    await sio.enter_room(sid, room)


app = web.Application()
sio.attach(app)
web.run_app(app, host=HOST, port=PORT, shutdown_timeout=1)  # 60 s otherwise, if somebody is there
