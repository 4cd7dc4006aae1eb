"""The library's client, changed so that its waits are bounded and its attempts reported.

- An attempt to connect is bounded as a whole; the library waits for an open packet for ever.
- `disconnect` first sends the queued packets, and then ends the open poll, for which the library
  would wait up to 30 s.
- It stays on its link (`http_connections`), and says when it will try again.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable
from typing import Any

import aiohttp
import engineio
import socketio

from labkit.clock import clock
from labkit.transports.cancelled import end_tasks
from labkit.transports.settings import CLOSE_TIMEOUT
from labkit.transports.socketio.client.http_connections import HttpConnections
from labkit.transports.socketio.client.planned_reconnect import PlannedReconnectLog
from labkit.transports.socketio.client.send_queue import SendQueue
from labkit.transports.socketio.packets import Unreadable, server_packet

CONNECT_TIMEOUT = 3.0
"""Seconds (scaled) for an attempt: TCP, HTTP, the upgrade, and every namespace."""


class WebSocket(aiohttp.ClientWebSocketResponse):
    """A WebSocket that reports 1005 for a close frame without a code; the library reports 1006."""

    has_no_code = False

    async def close(self, **options: Any) -> bool:
        """Close, or answer a close frame."""
        self.has_no_code = self.has_no_code or self.close_code == 0
        return await super().close(**options)


class EngineIOClient(engineio.AsyncClient):  # type: ignore[misc]
    """The library's Engine.IO client, changed so that it disconnects in time.

    Attributes
    ----------
    left
        Cleared while it disconnects, otherwise set.
    hang_up
        Ends the connection at once.
    is_settled
        Whether it has connected, and the upgrade of its transport was made, or failed.
    """

    hang_up: Callable[[], None]

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.left = asyncio.Event()
        self.left.set()
        self.is_settled = False

    def create_queue(self) -> SendQueue:
        """Return a queue for the packets of a connection."""
        return SendQueue(lambda: self.hang_up())

    async def connect(self, *arguments: Any, **options: Any) -> None:
        """Connect with a new queue: waiting for that of a broken connection would never end.

        A task that still sends what was queued there would go on with the new one, beside its own.
        """
        await end_tasks([self.write_loop_task], within=1)
        self.queue = self.create_queue()
        self.is_settled = False
        await super().connect(*arguments, **options)
        self.is_settled = True

    async def disconnect(self, abort: bool = False, reason: str | None = None) -> None:
        """Send the queued packets, then disconnect; `left` is set again afterwards."""
        if self.state != "connected" or abort:
            await super().disconnect(abort=abort, reason=reason)
            return
        self.left.clear()
        try:
            # a lost connection ends its loops, and what is queued then is never sent
            loops = (self.read_loop_task, self.write_loop_task)
            await self._wait_until_sent(*(task for task in loops if task and not task.done()))
            leaving = asyncio.ensure_future(super().disconnect(reason=reason))
            if self.transport() == "polling":  # until it is said, and not until the open poll ends
                await self._wait_until_sent(leaving)
            else:
                await asyncio.wait({leaving}, timeout=clock.seconds(CLOSE_TIMEOUT))
            if not leaving.done():
                self.hang_up()
            await leaving
        finally:
            self.left.set()

    async def _wait_until_sent(self, *others: asyncio.Future[Any]) -> None:
        """Wait until the queue is empty, or one of the others is done."""
        sent = asyncio.ensure_future(self.queue.join())
        within = clock.seconds(CLOSE_TIMEOUT)
        await asyncio.wait({sent, *others}, timeout=within, return_when="FIRST_COMPLETED")
        sent.cancel()


class AsyncClient(socketio.AsyncClient):  # type: ignore[misc]
    """The library's client.

    Parameters
    ----------
    host
        The Host header of its requests: the server behind the link, not the link.
    on_attempt
        Called when an attempt to connect starts.
    on_opened
        Called when the transport is open, before the namespaces are joined.
    on_unreadable
        Called with the reason when the server sent an invalid packet; the connection ends.
    on_reconnect_planned
        Called with the time of the next attempt, in seconds since the epoch.
    on_gave_up
        Called when no further attempt will be made.
    options
        Passed to `socketio.AsyncClient`.

    Attributes
    ----------
    http_connections
        Its HTTP connections, and those of its WebSocket.
    """

    reconnection: bool
    packet_class: type[Any]

    def __init__(
        self,
        host: str,
        *,
        on_attempt: Callable[[], None],
        on_opened: Callable[[], None],
        on_unreadable: Callable[[str], None],
        on_reconnect_planned: Callable[[float], None],
        on_gave_up: Callable[[], None],
        **options: Any,
    ) -> None:
        self.http_connections = HttpConnections(host, WebSocket, lambda: self.eio.sid is None)
        super().__init__(
            logger=PlannedReconnectLog(on_reconnect_planned),
            engineio_logger=logging.Logger("labkit.engine", logging.CRITICAL),
            handle_sigint=False,  # it would replace the kernel's handler
            http_session=self.http_connections.make_session,
            **options,
        )
        self._on_attempt, self._on_opened = on_attempt, on_opened
        self._on_unreadable, self._on_gave_up = on_unreadable, on_gave_up
        self._leaving = False
        self.eio.hang_up = self.http_connections.sockets.hang_up
        self.packet_class = server_packet(self.packet_class)
        self._unreadable = self._has_opened = False
        self._left_early: list[str] = []
        self.on("__disconnect_final", self._final, namespace="*")
        self._on_open, self._on_message = map(self.eio.handlers.get, ("connect", "message"))
        self.eio.on("connect", self._opened)
        self.eio.on("message", self._receive)

    def _engineio_client_class(self) -> type[EngineIOClient]:
        return EngineIOClient

    @property
    def how_far(self) -> str:
        """How far the last attempt came that failed, as a sentence without its end."""
        if not self._has_opened:
            return self.http_connections.how_far
        if not self.eio.is_settled:
            return "the open packet came, but the upgrade to WebSocket did not finish"
        return "the open packet came, but the namespaces did not answer"

    @property
    def is_open(self) -> bool:
        """Whether the transport is open, whatever became of the namespaces."""
        return bool(self.eio.state == "connected")

    @property
    def reconnects(self) -> bool:
        """Whether it reconnects by itself when the connection is lost."""
        return self.reconnection

    @property
    def websocket_close_code(self) -> int | None:
        """The close code of the last WebSocket, None if there is none."""
        websocket: WebSocket | None = self.http_connections.websocket
        if websocket is None:
            return None
        return 1005 if websocket.has_no_code else websocket.close_code

    def take_callback(self, namespace: str, number: int) -> Any:
        """Return the callback of a pending acknowledgement and remove it, None if there is none."""
        return self.callbacks.get(namespace, {}).pop(number, None)

    async def _opened(self) -> None:
        self._has_opened = True
        self._on_opened()
        await self._on_open()

    def _final(self, namespace: str) -> None:
        if not self._leaving:
            self._on_gave_up()

    async def connect(self, *arguments: Any, **options: Any) -> None:
        """Connect, as the library does, which calls this again for each attempt to reconnect.

        Raises
        ------
        socketio.exceptions.ConnectionError
            If it does not succeed within `CONNECT_TIMEOUT`, for whatever reason.
        """
        self._on_attempt()
        self.http_connections.begin()
        self._unreadable = self._has_opened = False
        self._left_early.clear()
        within, refused = clock.seconds(CONNECT_TIMEOUT), socketio.exceptions.ConnectionError
        try:
            async with asyncio.timeout(within):
                await super().connect(*arguments, **{**options, "wait_timeout": within})
            if self.eio.state != "connected":  # lost before `connect` went on
                raise refused("the connection ended as soon as the namespaces had answered")
        except Exception as error:
            await self.drop()
            if isinstance(error, refused):
                raise
            why = str(error)
            if isinstance(error, TimeoutError):
                missing = ("no open packet came", "the namespaces did not answer")[self._has_opened]
                why = f"{missing} within {within:g} s"
            raise refused(why) from error  # after another error, the library would try no more
        for namespace in self._left_early:
            await super()._handle_disconnect(namespace)

    async def _receive(self, data: Any) -> None:
        """Handle a packet; after an invalid one, end the connection, as Node's client does.

        A failure in a learner's function stays a background error.
        """
        if self._unreadable:  # more may have come in the same body
            return
        try:
            await self._on_message(data)
        except Unreadable as error:
            self._unreadable = True
            self._on_unreadable(str(error))
            self.http_connections.sockets.hang_up()

    async def _handle_disconnect(self, namespace: str) -> None:
        """Leave a namespace; the library would ignore that before `connect` has finished."""
        if self.connected:
            await super()._handle_disconnect(namespace)
        else:
            self._left_early.append(namespace)

    async def shutdown(self) -> None:
        """Disconnect, or stop trying to reconnect."""
        self._leaving = True
        comes_back = self.reconnection
        self.reconnection = False  # the connection may break while it disconnects
        try:
            await self._stop_trying()
            if self.connected:
                await self.disconnect()
            await self.eio.left.wait()  # the library disconnects by itself if the server ended it
        finally:
            self._leaving = False
            self.reconnection = comes_back

    async def _stop_trying(self) -> None:
        """End the attempts to reconnect, unless one of them asks for it."""
        trying: asyncio.Task[None] | None = self._reconnect_task
        if trying is None or trying is asyncio.current_task():
            return
        self._reconnect_task: Any = None  # otherwise the library never tries again
        trying.cancel()
        await asyncio.gather(trying, return_exceptions=True)
        with contextlib.suppress(ValueError):  # the library keeps aborted clients in its lists
            socketio.base_client.reconnecting_clients.remove(self)

    async def drop(self, *attempts: asyncio.Future[None]) -> None:
        """End attempts and what is left of a connection, without sending anything."""
        await end_tasks(attempts, within=1)
        self.connected = False
        self.eio.state = "disconnected"  # otherwise this would count as a lost connection
        await self._stop_trying()  # lost during the first attempt, which fails
        await end_tasks([self.eio.read_loop_task, self.eio.write_loop_task], within=1)
        self.eio.sid = None
        with contextlib.suppress(ValueError):
            engineio.base_client.connected_clients.remove(self.eio)
        await self.http_connections.close()
