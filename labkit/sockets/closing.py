"""Closing a socket with FIN or with RST, on every operating system.

On Windows the kernel's loop is asyncio's `ProactorEventLoop` (ipykernel 7.4). Its transports shut
each socket down before they close it, and do not expect that to fail (`_call_connection_lost`,
Python 3.11 to 3.13). This has two effects. After a peer's reset the shutdown fails: then each
closing is an error of the loop, the socket stays open, and a server waits for ever for that
connection to end (https://github.com/python/cpython/issues/83037). And an intended reset starts
with a FIN, so the peer may see a regular close.

The same transports also read twice at once, into one buffer, if within one turn of the loop they
are resumed, paused and resumed again (`resume_reading`), as by a link whose stages hold and
release them. This module fixes that too.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
import struct
import sys
from asyncio.proactor_events import (
    BaseProactorEventLoop,
    _ProactorSocketTransport,
)
from typing import Any

_MAKE = "_make_socket_transport"
"""The loop's method that makes the transport of a connection, labkit's or a library's."""

_LINGER = "HH" if sys.platform == "win32" else "ii"
"""The format of SO_LINGER's two numbers: whether to linger, and for how many seconds."""


def reset_when_closed(sock: socket.socket) -> None:
    """Make a socket close with RST instead of FIN."""
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack(_LINGER, 1, 0))


def close_with_reset(transport: asyncio.Transport) -> None:
    """Close a transport at once, with RST instead of FIN."""
    sock = transport.get_extra_info("socket")
    if sock is not None and not transport.is_closing():
        with contextlib.suppress(OSError):
            reset_when_closed(sock)
    transport.abort()


def close_with_fin(transport: asyncio.Transport) -> None:
    """Close a transport at once, with FIN: queued bytes are lost, as when a process dies."""
    sock = transport.get_extra_info("socket")
    with contextlib.suppress(OSError), sock.dup() as own:  # uvloop's socket has no `shutdown`
        own.shutdown(socket.SHUT_RDWR)
    transport.abort()


def _resets_when_closed(sock: socket.socket) -> bool:
    size = struct.calcsize(_LINGER)
    value = sock.getsockopt(socket.SOL_SOCKET, socket.SO_LINGER, size)
    on, seconds = struct.unpack(_LINGER, value)
    return bool(on and not seconds)


class _LastSocket:
    """A socket that its transport only has to close: it has no `shutdown` to call."""

    def __init__(self, sock: socket.socket) -> None:
        self._sock = sock
        self.fileno = sock.fileno

    def close(self) -> None:
        with contextlib.suppress(OSError):  # the peer may have closed it already
            if not _resets_when_closed(self._sock):
                self._sock.shutdown(socket.SHUT_RDWR)
        self._sock.close()


class _Transport(_ProactorSocketTransport):
    """asyncio's transport, which here also closes after a reset, and reads once at a time."""

    _sock: Any
    _read_fut: asyncio.Future[int] | None

    def _loop_reading(self, fut: asyncio.Future[int] | None = None) -> None:
        if fut is not None or self._read_fut is None:
            super()._loop_reading(fut)  # type: ignore[misc]

    def _call_connection_lost(self, exc: Exception | None) -> None:
        if self._sock is not None:
            self._sock = _LastSocket(self._sock)
        super()._call_connection_lost(exc)  # type: ignore[misc]


def patch_closing(loop: asyncio.AbstractEventLoop) -> None:
    """Make connections of a proactor loop close properly from now on; other loops need nothing."""
    if isinstance(loop, BaseProactorEventLoop):

        def make(*arguments: Any, **options: Any) -> asyncio.Transport:
            return _Transport(loop, *arguments, **options)

        setattr(loop, _MAKE, make)


def unpatch_closing(loop: asyncio.AbstractEventLoop) -> None:
    """Undo `patch_closing` for future connections."""
    if isinstance(loop, BaseProactorEventLoop):
        vars(loop).pop(_MAKE, None)
