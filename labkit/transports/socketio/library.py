"""The library's client with its rough edges taken off: waits that end, and attempts that are told.

- An attempt to connect is bounded as a whole; the library waits for ever for an open packet.
- `disconnect` first sends what waits to be sent, and then ends the open poll, for which the library
  would wait up to 30 s.
- The library tells when it will try again only in its log, so the log is listened to.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import re
import socket
import time
from typing import Any, Protocol

import aiohttp
import engineio
import socketio

from labkit.clock import clock
from labkit.transports.answers import HttpAnswer
from labkit.transports.settings import PATIENCE

CONNECT_WITHIN = 3.0
"""Seconds (scaled) for an attempt: TCP, HTTP, the upgrade, and every namespace."""

_DELAY = re.compile(r"new attempt in (-?[\d.]+) seconds")


class Owner(Protocol):
    """Who is told what a library's client does."""

    def tries(self) -> None:
        """Take note that an attempt to connect begins."""

    def waits(self, until: float) -> None:
        """Take note that the next attempt comes at a time, in seconds since the epoch."""

    def opened(self) -> None:
        """Take note that the transport is open, and the namespaces are not joined yet."""

    def gives_up(self) -> None:
        """Take note that no further attempt will be made."""


class _Log(logging.Logger):
    """Hears when the next attempt comes, and keeps the library's complaints off the terminal."""

    def __init__(self, owner: Owner) -> None:
        super().__init__("labkit.client", logging.CRITICAL)
        self._owner = owner

    def info(self, message: object, *arguments: object, **options: Any) -> None:  # type: ignore[override]
        if arguments:
            return  # the sentence that is wanted comes whole
        found = _DELAY.search(str(message))
        if found:
            self._owner.waits(time.time() + max(0.0, float(found[1])))


class _WebSocket(aiohttp.ClientWebSocketResponse):
    """A WebSocket that tells 1005 for a close frame without a code; the library tells 1006."""

    async def close(self, **options: Any) -> bool:
        """Close, or answer a close frame: after one without a code the library awaits another."""
        if self._close_code == 0:
            self._close_code = 1005
        return await super().close(**options)


class _Engine(engineio.AsyncClient):  # type: ignore[misc]
    """The Engine.IO client below."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.left = asyncio.Event()
        self.left.set()

    async def connect(self, *arguments: Any, **options: Any) -> None:
        """Connect with an empty queue: that of a broken connection can never be waited for."""
        self.queue = self.create_queue()
        await super().connect(*arguments, **options)

    async def disconnect(self, abort: bool = False, reason: str | None = None) -> None:
        """Say what is still to be said, then leave; `left` is set again when that is done."""
        if self.state != "connected" or abort:
            await super().disconnect(abort=abort, reason=reason)
            return
        self.left.clear()
        try:
            await self._leave(reason)
        finally:
            self.left.set()

    async def _leave(self, reason: str | None) -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(clock.seconds(PATIENCE)):
                await self.queue.join()
        writing = self.write_loop_task
        leaving = asyncio.ensure_future(super().disconnect(reason=reason))
        said = (
            {leaving}
            if writing is None or self.current_transport == "websocket"
            else {leaving, writing}
        )
        await asyncio.wait(
            said, timeout=clock.seconds(PATIENCE), return_when=asyncio.FIRST_COMPLETED
        )
        if not leaving.done() and self.http is not None:
            await self.http.close()  # whatever is still awaited ends with its connections
        await leaving


class Library(socketio.AsyncClient):  # type: ignore[misc]
    """The library's client.

    Parameters
    ----------
    owner
        Who is told.
    host
        The Host header of its requests: the server behind the link, not the link.
    options
        Passed to `socketio.AsyncClient`.
    """

    answer: HttpAnswer | None
    """What the server answered when it turned the last attempt away."""

    reconnection: bool

    def __init__(self, owner: Owner, host: str, **options: Any) -> None:
        log = _Log(owner)
        silent = logging.Logger("labkit.engine", logging.CRITICAL)
        super().__init__(
            logger=log,
            engineio_logger=silent,
            handle_sigint=False,  # it would take the kernel's handler
            http_session=self._session,
            **options,
        )
        self._owner = owner
        self._host = host
        self._leaving = False
        self._reconnect_abort: Any = self.eio.create_event()  # else its attempts make it, too late
        self._sockets: list[socket.socket] = []
        self._sessions: list[aiohttp.ClientSession] = []
        self._websockets: list[_WebSocket] = []
        self.answer = None
        self._answers = aiohttp.TraceConfig()
        self._answers.on_request_end.append(self._answered)
        self._left_early: list[str] = []
        self.on("__disconnect_final", self._final, namespace="*")
        self._on_open = self.eio.handlers["connect"]
        self.eio.on("connect", self._opened)

    def _engineio_client_class(self) -> type[_Engine]:
        return _Engine

    def _session(self) -> aiohttp.ClientSession:
        connector = aiohttp.TCPConnector(socket_factory=self._socket)
        session = aiohttp.ClientSession(
            connector=connector,
            headers={"Host": self._host},
            ws_response_class=self._websocket,  # type: ignore[arg-type]
            trace_configs=[self._answers],
        )
        self._sessions[:] = [known for known in self._sessions if not known.closed]
        self._sessions.append(session)
        return session

    async def _answered(self, session: object, context: object, end: Any) -> None:
        """Keep the answer of a server that turns this client away; the library drops its words."""
        got: aiohttp.ClientResponse = end.response
        if got.status >= 300 and self.eio.sid is None:  # later, it may be the upgrade that fails
            self.answer = HttpAnswer.of(got.status, got.headers, await got.read())

    def _websocket(self, *arguments: Any, **options: Any) -> _WebSocket:
        made = _WebSocket(*arguments, **options)
        self._websockets[:] = [known for known in self._websockets if not known.closed]
        self._websockets.append(made)
        return made

    def _socket(self, address: Any) -> socket.socket:
        family, kind, protocol, _, _ = address
        made = socket.socket(family, kind, protocol)
        made.setblocking(False)
        self._sockets[:] = [known for known in self._sockets if known.fileno() >= 0]
        self._sockets.append(made)
        return made

    @property
    def local_ports(self) -> set[int]:
        """The ports from which it dials."""
        return {known.getsockname()[1] for known in self._sockets if known.fileno() >= 0}

    async def _opened(self) -> None:
        self._owner.opened()
        await self._on_open()

    def _final(self, namespace: str) -> None:
        if not self._leaving:
            self._owner.gives_up()

    async def connect(self, *arguments: Any, **options: Any) -> None:
        """Connect, as the library does; called by it again for each attempt to come back.

        Raises
        ------
        socketio.exceptions.ConnectionError
            If it does not succeed, for whatever reason, within `CONNECT_WITHIN`.
        """
        self._owner.tries()
        self.answer = None
        self._left_early.clear()
        within = clock.seconds(CONNECT_WITHIN)
        try:
            async with asyncio.timeout(within):
                await super().connect(*arguments, **{**options, "wait_timeout": within})
        except TimeoutError as error:
            stage = (
                "no open packet came" if self.eio.sid is None else "the namespaces did not answer"
            )
            await self.drop()
            raise socketio.exceptions.ConnectionError(f"{stage} within {within:g} s") from error
        except socketio.exceptions.ConnectionError:
            await self.drop()
            raise
        except Exception as error:  # only these words end an attempt and not the attempts
            await self.drop()
            raise socketio.exceptions.ConnectionError(f"{error}") from error
        for namespace in self._left_early:
            await super()._handle_disconnect(namespace)

    async def _handle_disconnect(self, namespace: str) -> None:
        """Leave a namespace; the library ignores that before `connect` has noted where it is."""
        if self.connected:
            await super()._handle_disconnect(namespace)
        else:
            self._left_early.append(namespace)

    async def _handle_connect(self, namespace: str, data: Any) -> None:
        """Join a namespace; a server of Socket.IO 2 gives no id, and would seem to be joined."""
        if isinstance(data, dict) and "sid" in data:
            await super()._handle_connect(namespace, data)
        else:
            self.failed_namespaces.append(namespace or "/")
            self._connect_event.set()

    async def shutdown(self) -> None:
        """Disconnect, or stop trying to come back."""
        trying: Any = self._reconnect_task
        self._reconnect_task: Any = None  # else it never tries again
        self._leaving = True
        comes_back = self.reconnection
        self.reconnection = False  # the connection may break while it leaves
        try:
            if trying is not None and not trying.done():
                self._reconnect_abort.set()
                await asyncio.wait({trying}, timeout=0.1)
                trying.cancel()
                await asyncio.gather(trying, return_exceptions=True)
                _forget(socketio.base_client.reconnecting_clients, self)
            if self.connected:
                await self.disconnect()
            await self.eio.left.wait()  # the library leaves by itself where a server ends it
        finally:
            self._leaving = False
            self.reconnection = comes_back

    async def drop(self) -> None:
        """End whatever is left of a connection, without a word."""
        self.connected = False
        self.eio.state = "disconnected"  # else what ends now would be taken for a lost connection
        tasks = [self.eio.read_loop_task, self.eio.write_loop_task]
        left = {task for task in tasks if task is not None and not task.done()}
        for task in left:
            task.cancel()
        if left:
            await asyncio.wait(left, timeout=1)
        self.eio.sid = None
        _forget(engineio.base_client.connected_clients, self.eio)
        for websocket in self._websockets:  # the library forgets one that says nothing
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(0.1):
                    await websocket.close()
        self._websockets.clear()
        for session in self._sessions:  # the library may have made one more than it closes
            await session.close()
        self._sessions.clear()


def _forget(clients: list[Any], client: Any) -> None:
    """Take a client off a list of the library's, on which one that was broken off stays."""
    if client in clients:
        clients.remove(client)
