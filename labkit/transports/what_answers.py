"""What answers at an address: examined only after a client could not connect, to say why."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import re
import socket
import ssl
from typing import Literal

from labkit.clock import clock
from labkit.protocols.addresses import netloc

Answer = Literal[
    "nothing",
    "unknown host",
    "unreachable",
    "silence",
    "hangup",
    "tls",
    "socketio",
    "old socketio",
    "websocket",
    "http",
    "other",
]

_FAR = (errno.EHOSTUNREACH, errno.ENETUNREACH, errno.ETIMEDOUT)

_WANTS_TLS = re.compile(rb"HTTPS? (server|port)")
"""The words of web servers (Go's, nginx) that expected TLS and got plain text."""

_OLD_OPEN = re.compile(rb'\r\n\r\n.{0,8}\d+:0{"sid":', re.DOTALL)
"""The open packet before Engine.IO 4, when each packet in a body was preceded by its length."""

NOT_THIS_TRANSPORT = ("Invalid transport", "Transport unknown")
"""The words of Socket.IO servers (Python's, Node's) that do not allow polling."""

_ALERT = b"\x15\x03"
"""The first bytes of a TLS alert."""

_SID = re.compile(rb'\r\n\r\n(?:[0-9a-fA-F]+\r\n)?0{"sid":"([^"]*)"')
"""The open packet of Engine.IO 4, first in a body, which may be chunked."""

_POLLING = "/socket.io/?EIO=4&transport=polling"


class _Unreached(Exception):
    def __init__(self, why: Answer) -> None:
        super().__init__(why)
        self.why = why


async def _dial(
    host: str, port: int, timeout: float
) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    try:
        async with asyncio.timeout(clock.seconds(timeout)):
            return await asyncio.open_connection(host, port)
    except socket.gaierror:
        raise _Unreached("unknown host") from None
    except TimeoutError:
        raise _Unreached("unreachable") from None
    except OSError as error:
        raise _Unreached("unreachable" if error.errno in _FAR else "nothing") from None


async def _exchange(host: str, port: int, request: bytes, timeout: float) -> bytes:
    """Return the answer to a request, b"" if the server hangs up.

    Raises
    ------
    _Unreached
        If nothing accepts the connection.
    TimeoutError
        If the server accepts it and stays silent.
    """
    reader, writer = await _dial(host, port, timeout)
    answer = b""
    try:
        writer.write(request)
        with contextlib.suppress(ConnectionError):
            async with asyncio.timeout(clock.seconds(timeout)):
                while len(answer) < 4096 and (chunk := await reader.read(4096)):
                    answer += chunk
                    if b"\r\n\r\n" in answer and b'"sid"' in answer and answer.endswith(b"}"):
                        break
    except TimeoutError:
        if not answer:
            raise
    finally:
        writer.transport.abort()
    return answer


async def _speaks_tls(host: str, port: int) -> bool:
    """Return whether a TLS handshake gets an answer in TLS, even a refusal."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    try:
        _, writer = await asyncio.open_connection(host, port, ssl=context)
    except ssl.SSLError as error:
        return "ALERT" in (error.reason or "")
    except OSError:
        return False
    writer.transport.abort()
    return True


async def what_answers(host: str, port: int, timeout: float = 1.0) -> Answer:
    """Find out what listens at an address.

    It sends one Engine.IO 4 polling handshake, which distinguishes Socket.IO servers (Python's and
    Node's) from other HTTP servers, and closes the session that this opened.

    Parameters
    ----------
    host, port
        The address.
    timeout
        Seconds to wait for an answer, by the lab's clock.

    Returns
    -------
    str
        "nothing" (refused), "unknown host", "unreachable", "silence", "hangup", "tls", "socketio",
        "old socketio" (version 2 or older), "websocket" (and nothing else), "http" or "other".
    """
    head = f"Host: {netloc(host, port)}\r\nConnection: close\r\n"
    request = f"GET {_POLLING} HTTP/1.1\r\n{head}\r\n".encode()
    try:
        answer = await _exchange(host, port, request, timeout)
        found = _kind(answer)
        if found == "hangup" and await _speaks_tls(host, port):
            return "tls"
        sid = _SID.search(answer)
        if sid is not None:
            path = f"{_POLLING}&sid={sid[1].decode('ascii', 'replace')}"
            close = f"POST {path} HTTP/1.1\r\n{head}Content-Length: 1\r\n\r\n1"
            with contextlib.suppress(TimeoutError):
                await _exchange(host, port, close.encode(), timeout / 2)
    except _Unreached as unreached:
        return unreached.why
    except TimeoutError:
        return "silence"
    return found


def _kind(answer: bytes) -> Answer:
    """Return the kind of a server, by its answer to a polling handshake."""
    if not answer:
        return "hangup"
    if answer.startswith(_ALERT) or _WANTS_TLS.search(answer):
        return "tls"
    if not answer.startswith(b"HTTP/"):
        return "other"
    if _SID.search(answer) or any(words.encode() in answer for words in NOT_THIS_TRANSPORT):
        return "socketio"
    if _OLD_OPEN.search(answer):
        return "old socketio"
    return "websocket" if answer.split(b" ", 2)[1:2] == [b"426"] else "http"
