"""Control over the protocol with `python-socketio`: a check for each item, on real sockets.

Each returns whether it had the effect that it should have. Where the library has nothing of the
kind, the nearest thing that it has is tried.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import Any

import aiohttp
import socketio
from websockets.asyncio.client import connect
from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.typing import Origin, Subprotocol

from labkit.measure.controls.socketio.pair import pair, run, watch

WITHIN = 5.0
"""Seconds in which something has to happen; it takes milliseconds."""

SOON = 0.1
"""Seconds after which something that waits is taken to wait for ever."""

PIECES = [bytes(2**20)] * 16
"""More than what the systems between two processes buffer. In pieces: some take any one whole."""


def has_name(word: str) -> bool:
    """Return whether a public method or attribute has a word in its name."""
    names = {name for each in (socketio.AsyncServer, socketio.AsyncClient) for name in dir(each)}
    return any(word in name for name in names if not name.startswith("_"))


async def request_headers() -> bool:
    async with pair(arguments={"headers": {"X-Name": "alice"}}) as (_, served, _):
        return bool(served.environ["HTTP_X_NAME"] == "alice")


async def refusal_status() -> bool:
    async with run() as served:
        served.sio.on("connect", lambda sid, environ, auth: False)
        address = f"ws{served.url[4:]}/socket.io/?EIO=4&transport=websocket"
        try:
            async with connect(address, proxy=None) as witness:
                witness.transport.abort()  # it was accepted, and would be refused in a packet
                return False
        except InvalidStatus:
            return True


async def response_headers() -> bool:
    async with watch(cookie="X-Name") as (witness, _, _):  # goes into the answers of polling only
        assert witness.response is not None
        return "X-Name" in str(witness.response.headers)


async def subprotocol() -> bool:
    async with watch({"subprotocols": [Subprotocol("chat")]}) as (witness, served, _):
        offered = served.environ["HTTP_SEC_WEBSOCKET_PROTOCOL"] == "chat"
        return offered and witness.subprotocol == "chat"


async def origin() -> bool:
    own, other = Origin("https://chat.example"), Origin("https://other.example")
    async with watch({"origin": own}, cors_allowed_origins=[own]):
        pass
    try:
        async with watch({"origin": other}, cors_allowed_origins=[own]):
            return False
    except InvalidStatus as error:
        return error.response.status_code == 400


async def compression() -> bool:
    options = {"websocket_extra_options": {"compress": 10}}
    async with pair(options) as (_, served, _):
        return "window_bits=10" in served.environ["HTTP_SEC_WEBSOCKET_EXTENSIONS"]


async def fragments_sent() -> bool:
    async with watch() as (witness, served, sid):
        await served.sio.emit("text", ["a", "b"], to=sid)
        return len([part async for part in witness.recv_streaming() if part]) > 1


async def fragments_seen() -> bool:
    async with watch() as (witness, served, _):
        await witness.send(['421["say"', ',"te', 'xt"]'])
        await witness.recv()
        return served.heard != ["text"]


async def text_or_binary() -> bool:
    async with watch() as (witness, served, sid):
        await served.sio.emit("text", b"bytes", to=sid)
        await witness.recv()
        return await witness.recv() == b"bytes"


async def ping() -> bool:
    return has_name("ping")


async def pong() -> bool:
    return has_name("pong")


async def heartbeat() -> bool:
    # the first ping may not come before the witness has connected
    async with watch(ping_interval=0.2, ping_timeout=0.02, monitor_clients=True) as (_, served, _):
        # the writer or the reader notices first; with the defaults, after 20 s at the soonest
        return await asyncio.wait_for(served.left, WITHIN) in ("ping timeout", "transport close")


async def close_code() -> bool:
    async with watch() as (witness, served, sid):
        try:
            await served.sio.disconnect(sid, code=4321)
        except TypeError:
            return False
        await witness.wait_closed()
        return witness.close_code == 4321


async def close_reason() -> bool:
    async with watch() as (witness, served, sid):
        try:
            await served.sio.disconnect(sid, reason="why")
        except TypeError:
            return False
        await witness.wait_closed()
        return witness.close_reason == "why"


async def peers_close() -> bool:
    async with watch() as (witness, served, _):
        await witness.close(4321, "why")
        seen = await asyncio.wait_for(served.left, WITHIN)
        return "4321" in seen or "why" in seen


async def close_timeout() -> bool:
    async def handler(websocket: ServerConnection) -> None:
        await websocket.send('0{"sid":"a","upgrades":[],"pingInterval":25000,"pingTimeout":20000}')
        await websocket.recv()
        await websocket.send('40{"sid":"b"}')
        websocket.transport.pause_reading()
        await over.wait()
        websocket.transport.abort()

    over = asyncio.Event()
    timeout = aiohttp.ClientWSTimeout(ws_close=0.02)
    near = socketio.AsyncClient(
        handle_sigint=False, websocket_extra_options={"timeout": timeout}, request_timeout=60
    )
    async with serve(handler, "127.0.0.1", 0) as running:
        port = next(iter(running.sockets)).getsockname()[1]
        await near.connect(f"http://127.0.0.1:{port}", transports=["websocket"])
        await asyncio.wait_for(near.disconnect(), WITHIN)
        over.set()
        return True


async def message_size() -> bool:
    async with watch(max_http_buffer_size=100) as (witness, _, _):
        await witness.send(f'421["say","{"x" * 100}"]')
        with suppress(ConnectionClosed):
            await witness.recv()
        return witness.close_code == 1009


async def fragment_size() -> bool:
    async with watch(max_http_buffer_size=1000, max_fragment_size=100) as (witness, served, _):
        await witness.send(f'421["say","{"x" * 200}"]')
        await witness.recv()
        return not served.heard


async def back_pressure(**options: Any) -> bool:
    async with watch(**options) as (witness, served, sid):
        witness.transport.pause_reading()
        try:
            async with asyncio.timeout(WITHIN):
                for piece in PIECES:
                    await served.sio.emit("text", piece, to=sid)
        except TimeoutError:
            return True
        return False


async def write_limit() -> bool:
    return await back_pressure(write_limit=1024)


async def reading_ahead() -> bool:
    return [await count_begun(True), await count_begun(False)] == [3, 1]


async def count_begun(async_handlers: bool) -> int:
    """Return how many of three events are handled before the first has been."""
    async with watch(async_handlers=async_handlers) as (witness, served, _):
        begun, over, all_begun = [], asyncio.Event(), asyncio.Event()

        async def say(sid: str, text: str) -> None:
            begun.append(text)
            if len(begun) == 3:
                all_begun.set()
            await over.wait()

        served.sio.on("say", say)
        for _ in range(3):
            await witness.send('42["say","text"]')
        with suppress(TimeoutError):
            await asyncio.wait_for(all_begun.wait(), WITHIN if async_handlers else SOON)
        number = len(begun)
        over.set()
        return number
