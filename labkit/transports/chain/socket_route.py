"""The chain's WebSocket, on the server's side: one of the ways into its room.

It does what the requests of the other ways do, with frames: see `labkit.transports.chain.frames`.
"""

from __future__ import annotations

import asyncio
import contextlib
import json

from aiohttp import WSMsgType, web

from labkit.clock import clock
from labkit.transports.chain.frames import MAX_FRAME, BadFrame, read_post, write_news
from labkit.transports.http.chat.server.chat_server import ChatServer
from labkit.transports.http.chat.server.listener import Listener
from labkit.transports.settings import CLOSE_TIMEOUT, HEARTBEAT

ENDS = (WSMsgType.CLOSE, WSMsgType.CLOSING, WSMsgType.CLOSED)

SENT_AWAY = 4410
"""The close code for a client that the server has sent away, as 410 is over HTTP."""


async def talk(server: ChatServer, request: web.Request) -> web.StreamResponse:
    """Open a WebSocket: `GET /ws?client=...&after=...`. A GET without an upgrade gets 426."""
    socket = web.WebSocketResponse(
        heartbeat=clock.seconds(HEARTBEAT),
        timeout=clock.seconds(CLOSE_TIMEOUT),
        max_msg_size=MAX_FRAME,
        compress=False,
    )
    if not socket.can_prepare(request):
        refusal = server.refuse(426, "Only a WebSocket is opened here; this request asks for none.")
        refusal.headers["Upgrade"] = "websocket"
        return refusal
    room, client = server.room, request.query.get("client", "")
    cursor = request.query.get("after")
    with room.listen(request, "websocket", cursor, is_stream=True) as listener:
        try:
            await socket.prepare(request)
        except ConnectionError:  # the client may leave at any time
            return web.Response()  # nobody reads it; a WebSocket that did not open cannot end
        writing = asyncio.create_task(_write(socket, listener))
        try:
            if await _read(server, request, socket) and room.sessions[client].listener is listener:
                room.leave(client)
        finally:
            writing.cancel()
            await asyncio.wait({writing})
    return socket


async def _read(server: ChatServer, request: web.Request, socket: web.WebSocketResponse) -> bool:
    """Take what a client says until it ends, and return whether it has left with 1000."""
    client = request.query.get("client", "")
    try:
        while True:
            frame = await socket.receive()
            if frame.type in ENDS:
                return frame.type is WSMsgType.CLOSE and frame.data == 1000
            if frame.type is WSMsgType.ERROR:
                raise BadFrame(str(frame.data), socket.close_code or 1006)
            if frame.type is not WSMsgType.TEXT:
                raise BadFrame("a frame is binary: bytes go as base64", 1003)
            number, message = read_post(frame.data)
            if number:
                server.room.post(request, client, number, message)
            await socket.send_str(json.dumps({"ack": number}))
    except BadFrame as error:
        why = f"{error.code}: {error}"
        server.log("refused", server.requester_name(request), why)
        await socket.close(code=error.code, message=error.reason)
    except (web.HTTPGone, ConnectionError):
        pass  # the writer closes it, or it broke while it was answered
    return False


async def _write(socket: web.WebSocketResponse, listener: Listener) -> None:
    """Send what is new, and heartbeats, until the listener is over; then close.

    The first heartbeat follows at once: by it a client knows that it has all that it had missed.
    """
    beat = clock.seconds(HEARTBEAT)
    heartbeat = json.dumps({"heartbeat": beat})
    with contextlib.suppress(ConnectionError):  # the client may leave at any time
        await _send_news(socket, listener)
        await listener.send(socket.send_str(heartbeat))
        while not listener.is_over:
            if await listener.wait(beat):
                await _send_news(socket, listener)
            else:
                await listener.send(socket.send_str(heartbeat))
        if listener.refusal is None:
            await socket.close(message=b"a newer request of this client listens")
        elif isinstance(listener.refusal, web.HTTPGone):
            await socket.close(code=SENT_AWAY, message=b"the server ended it")
        # otherwise the server stops, and closes all its WebSockets


async def _send_news(socket: web.WebSocketResponse, listener: Listener) -> None:
    """Send all that is new, of which the history gives a bounded part at a time."""
    while True:
        for frame in write_news(listener.take_private(), listener.take()):
            await listener.send(socket.send_str(frame))
        if listener.is_over or not listener.has_news:
            return
