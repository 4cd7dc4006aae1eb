"""Control over the protocol with `websockets`: a check for each item, on real sockets.

Each returns whether it had the effect that it should have. `near` is a client's connection, `far`
the server's end of it.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable
from typing import Any

from websockets.asyncio.connection import Connection
from websockets.asyncio.server import ServerConnection
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.extensions.permessage_deflate import ClientPerMessageDeflateFactory
from websockets.http11 import Request, Response
from websockets.typing import Origin, Subprotocol

from labkit.measure.controls.websocket.pair import pair

WITHIN = 5.0
"""Seconds in which something has to happen; it takes milliseconds."""

SOON = 0.1
"""Seconds after which something that waits is taken to wait for ever."""

PIECES = [bytes(2**20)] * 16
"""More than what the systems between two processes buffer. In pieces: some take any one whole."""


async def send_much(connection: Connection) -> None:
    """Send more than fits into buffers."""
    for piece in PIECES:
        await connection.send(piece)


async def waits(sending: Awaitable[None]) -> bool:
    """Return whether it is still waiting when it should long be over."""
    task = asyncio.ensure_future(sending)
    done, _ = await asyncio.wait({task}, timeout=SOON)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    return not done


async def request_headers() -> bool:
    async with pair({"additional_headers": {"X-Name": "alice"}}) as (_, far):
        return far.request is not None and far.request.headers["X-Name"] == "alice"


async def refusal_status() -> bool:
    def refuse(connection: ServerConnection, request: Request) -> Response:
        return connection.respond(418, "no")

    try:
        async with pair(process_request=refuse):
            return False
    except InvalidStatus as error:
        return error.response.status_code == 418


async def response_headers() -> bool:
    def add(connection: ServerConnection, request: Request, response: Response) -> None:
        response.headers["X-Name"] = "server"

    async with pair(process_response=add) as (near, _):
        return near.response is not None and near.response.headers["X-Name"] == "server"


async def subprotocol() -> bool:
    chat = [Subprotocol("chat")]
    async with pair({"subprotocols": chat}, subprotocols=chat) as (near, far):
        return near.subprotocol == far.subprotocol == "chat"


async def origin() -> bool:
    own, other = Origin("https://chat.example"), Origin("https://other.example")
    async with pair({"origin": own}, origins=[own]):
        pass
    try:
        async with pair({"origin": other}, origins=[own]):
            return False
    except InvalidStatus as error:
        return error.response.status_code == 403


async def compression() -> bool:
    factory = ClientPerMessageDeflateFactory(server_max_window_bits=10)
    async with pair({"extensions": [factory], "compression": None}) as (near, _):
        assert near.response is not None
        return "window_bits=10" in near.response.headers["Sec-WebSocket-Extensions"]


async def fragments_sent() -> bool:
    async with pair() as (near, far):
        await near.send(["a", "b"])
        return [part async for part in far.recv_streaming()][:2] == ["a", "b"]


async def fragments_seen() -> bool:
    async with pair() as (near, far):
        await far.send(["a", "b"])
        return [part async for part in near.recv_streaming()][:2] == ["a", "b"]


async def text_or_binary() -> bool:
    async with pair() as (near, far):
        await near.send("text", text=False)
        await near.send(b"bytes", text=True)
        return [await far.recv(), await far.recv()] == [b"text", "bytes"]


async def ping() -> bool:
    async with pair() as (near, _):
        return await (await near.ping()) >= 0


async def pong() -> bool:
    lines: list[str] = []

    def keep(record: logging.LogRecord) -> bool:
        lines.append(record.getMessage())
        return False

    logger = logging.Logger("frames", logging.DEBUG)
    logger.addFilter(keep)
    async with pair(logger=logger) as (near, _):
        await near.pong(b"unasked")
        await (await near.ping())
    return any(line.startswith("< PONG 'unasked'") for line in lines)


async def heartbeat() -> bool:
    async with pair(ping_interval=0.02, ping_timeout=0.02) as (near, far):
        near.transport.pause_reading()
        try:
            await asyncio.wait_for(far.recv(), WITHIN)
        except ConnectionClosed as error:
            return error.sent is not None and error.sent.code == 1011
        return False


async def close_code() -> bool:
    async with pair() as (near, far):
        await near.close(4321)
        return far.close_code == 4321


async def close_reason() -> bool:
    async with pair() as (near, far):
        await near.close(4321, "why")
        return far.close_reason == "why"


async def peers_close() -> bool:
    return await close_code() and await close_reason()


async def close_timeout() -> bool:
    async with pair(close_timeout=0.02) as (near, far):
        near.transport.pause_reading()
        await asyncio.wait_for(far.close(), WITHIN)
        return True


async def message_size() -> bool:
    async with pair(max_size=100) as (near, _):
        await near.send("x" * 101)
        await near.wait_closed()
        return near.close_code == 1009


async def fragment_size() -> bool:
    async with pair(max_size=(1000, 100)) as (near, far):
        await near.send(["x" * 100, "y" * 100])
        passed = len(await far.recv()) == 200
        await near.send("x" * 101)
        await near.wait_closed()
        return passed and near.close_code == 1009


async def back_pressure() -> bool:
    async with pair(compression=None) as (near, far):
        near.transport.pause_reading()
        return await waits(send_much(far))


async def write_limit() -> bool:
    async with pair(compression=None, write_limit=2**25) as (near, far):
        near.transport.pause_reading()
        await asyncio.wait_for(send_much(far), WITHIN)
    return await back_pressure()


async def reading_ahead() -> bool:
    limits: dict[str, Any] = {"compression": None, "max_size": None}
    async with pair(**limits, max_queue=None) as (near, _):
        await asyncio.wait_for(send_much(near), WITHIN)
    async with pair(**limits, max_queue=1) as (near, _):
        return await waits(send_much(near))
