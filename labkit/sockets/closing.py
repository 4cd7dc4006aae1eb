"""How a socket ends, with FIN or with RST, on every system.

On Windows the kernel's loop is asyncio's `ProactorEventLoop` (ipykernel 7.4). Its transports shut
each socket down before they close it, and do not expect that to fail (`_call_connection_lost`,
Python 3.11 to 3.13). Two things come of it. After a peer's reset the shutdown fails: then each end
is an error of the loop, the socket stays open, and a server waits for ever for that connection to
be over (https://github.com/python/cpython/issues/83037). And what is meant to be a reset begins
with a FIN, so the peer may see a polite end.

The same transports read twice at once, into one buffer, if within a turn of the loop somebody lets
them read on, pauses them and lets them read on again (`resume_reading`), as a link may whose stages
hold and release. That is mended here as well.
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
"""The loop's method that makes the transport of a connection, ours or a library's."""

_LINGER = "HH" if sys.platform == "win32" else "ii"
"""The two numbers of SO_LINGER: whether, and for how many seconds."""


def reset_when_closed(sock: socket.socket) -> None:
    """Have a socket close with RST instead of FIN."""
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack(_LINGER, 1, 0))


def close_with_reset(transport: asyncio.Transport) -> None:
    """Close with RST instead of FIN."""
    sock = transport.get_extra_info("socket")
    if sock is not None and not transport.is_closing():
        with contextlib.suppress(OSError):
            reset_when_closed(sock)
    transport.abort()


def close_with_fin(transport: asyncio.Transport) -> None:
    """Send FIN at once: what still waits to be written is lost, as when a cable is cut."""
    sock = transport.get_extra_info("socket")
    with contextlib.suppress(OSError), sock.dup() as own:  # uvloop's own has no `shutdown`
        own.shutdown(socket.SHUT_RDWR)
    transport.abort()


def _resets_when_closed(sock: socket.socket) -> bool:
    size = struct.calcsize(_LINGER)
    value = sock.getsockopt(socket.SOL_SOCKET, socket.SO_LINGER, size)
    on, seconds = struct.unpack(_LINGER, value)
    return bool(on and not seconds)


class _LastSocket:
    """A socket whose transport only has to close it: there is no `shutdown` to be called."""

    def __init__(self, sock: socket.socket) -> None:
        self._sock = sock
        self.fileno = sock.fileno

    def close(self) -> None:
        with contextlib.suppress(OSError):  # the peer may have ended it already
            if not _resets_when_closed(self._sock):
                self._sock.shutdown(socket.SHUT_RDWR)
        self._sock.close()


class _Transport(_ProactorSocketTransport):
    """asyncio's own, which ends whatever the peer did before, and reads once at a time."""

    _sock: Any
    _read_fut: asyncio.Future[int] | None

    def _loop_reading(self, fut: asyncio.Future[int] | None = None) -> None:
        if fut is not None or self._read_fut is None:
            super()._loop_reading(fut)  # type: ignore[misc]

    def _call_connection_lost(self, exc: Exception | None) -> None:
        if self._sock is not None:
            self._sock = _LastSocket(self._sock)
        super()._call_connection_lost(exc)  # type: ignore[misc]


def mend_endings(loop: asyncio.AbstractEventLoop) -> None:
    """Have the connections that a proactor loop makes from now on end well; others do anyway."""
    if isinstance(loop, BaseProactorEventLoop):

        def make(*arguments: Any, **options: Any) -> asyncio.Transport:
            return _Transport(loop, *arguments, **options)

        setattr(loop, _MAKE, make)


def leave_endings(loop: asyncio.AbstractEventLoop) -> None:
    """Undo `mend_endings` for the connections to come."""
    if isinstance(loop, BaseProactorEventLoop):
        vars(loop).pop(_MAKE, None)
