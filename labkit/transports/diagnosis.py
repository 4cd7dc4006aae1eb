"""What answers at an address: asked only after a client could not connect, to say why."""

from __future__ import annotations

import asyncio
import contextlib
import re
from typing import Literal

from labkit.clock import clock
from labkit.exceptions import ConnectError, LabError
from labkit.protocols.addresses import netloc
from labkit.relay import Link

Answer = Literal["nothing", "silence", "socketio", "old socketio", "websocket", "http", "other"]

_OLD_OPEN = re.compile(rb'\r\n\r\n.{0,8}\d+:0{"sid":', re.DOTALL)
"""Before Engine.IO 4, each packet of a body had its length before it."""

_NOT_THIS_TRANSPORT = (b"Invalid transport", b"Transport unknown")
"""What Socket.IO servers say that do not allow polling: Python's and Node's."""

_POLLING = "/socket.io/?EIO=4&transport=polling"


async def _exchange(host: str, port: int, request: bytes, patience: float) -> bytes:
    reader, writer = await asyncio.open_connection(host, port)
    answer = b""
    try:
        writer.write(request)
        with contextlib.suppress(TimeoutError, ConnectionError):
            async with asyncio.timeout(clock.seconds(patience)):
                while len(answer) < 4096 and (chunk := await reader.read(4096)):
                    answer += chunk
                    if b"\r\n\r\n" in answer and b'"sid"' in answer and answer.endswith(b"}"):
                        break
    finally:
        writer.transport.abort()
    return answer


async def obstacle(name: str, link: Link) -> ConnectError | Answer:
    """Return why a client cannot connect, as far as its link knows; else what answers behind it.

    Takes at most 2 s (scaled).
    """
    if link.state == "cut":
        return ConnectError(
            f"{name} cannot connect: the link is cut. `{name}.link.restore()` puts the plug back."
        )
    try:
        host, port = link.target()
    except LabError as reason:
        return ConnectError(f"{name} cannot connect: {reason}.")
    try:
        async with asyncio.timeout(clock.seconds(2)):
            return await what_answers(host, port)
    except TimeoutError:
        return "silence"


async def what_answers(host: str, port: int, patience: float = 1.0) -> Answer:
    """Find out what listens at an address.

    Sends one Engine.IO 4 polling handshake, which tells Socket.IO servers (Python's and Node's)
    from other HTTP servers, and closes the session that it opened.

    Parameters
    ----------
    host, port
        Where to ask.
    patience
        Seconds to wait for an answer, by the lab's clock.

    Returns
    -------
    str
        "nothing" (refused or unreachable), "silence", "socketio", "old socketio" (version 2 or
        older), "websocket" (and nothing else), "http" or "other".
    """
    head = f"Host: {netloc(host, port)}\r\nConnection: close\r\n"
    try:
        answer = await _exchange(
            host, port, f"GET {_POLLING} HTTP/1.1\r\n{head}\r\n".encode(), patience
        )
        if not answer:
            return "silence"
        if not answer.startswith(b"HTTP/"):
            return "other"
        if any(words in answer for words in _NOT_THIS_TRANSPORT):
            return "socketio"
        if _OLD_OPEN.search(answer):
            return "old socketio"
        _, _, rest = answer.partition(b'0{"sid":"')
        if not rest:
            return "websocket" if answer.split(b" ", 2)[1:2] == [b"426"] else "http"
        sid = rest.partition(b'"')[0].decode("ascii", "replace")
        close = f"POST {_POLLING}&sid={sid} HTTP/1.1\r\n{head}Content-Length: 1\r\n\r\n1"
        await _exchange(host, port, close.encode(), patience / 2)
    except OSError:
        return "nothing"
    return "socketio"
