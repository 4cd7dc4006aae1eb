"""The library's client, changed so that its waits are bounded and its attempts reported.

- An attempt to connect is bounded as a whole; the library waits for an open packet for ever.
- `disconnect` first sends the queued packets, and then ends the open poll, for which the library
  would wait up to 30 s (`engineio_client`).
- It stays on its link, and accepts bodies of a bounded length (`http_sessions`).
- The library says only in its log when it will try again, so this client reads the log.
"""

from __future__ import annotations

import asyncio
import logging
import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import engineio
import socketio

from labkit.clock import clock
from labkit.transports.answers import HttpAnswer
from labkit.transports.socketio.client.engineio_client import EngineIOClient
from labkit.transports.socketio.client.http_sessions import HttpSessions
from labkit.transports.socketio.packets import Unreadable, mark_unreadable

CONNECT_TIMEOUT = 3.0
"""Seconds (scaled) for an attempt: TCP, HTTP, the upgrade, and every namespace."""

_DELAY = re.compile(r"new attempt in (-?[\d.]+) seconds")


@dataclass(frozen=True)
class Callbacks:
    """The callbacks of a library's client.

    Attributes
    ----------
    on_attempt
        Called when an attempt to connect starts.
    on_delay
        Called with the time of the next attempt, in seconds since the epoch.
    on_opened
        Called when the transport is open, before the namespaces are joined.
    on_unreadable
        Called with the reason when the server sent an invalid packet; the connection ends.
    on_gave_up
        Called when no further attempt will be made.
    """

    on_attempt: Callable[[], None]
    on_delay: Callable[[float], None]
    on_opened: Callable[[], None]
    on_unreadable: Callable[[str], None]
    on_gave_up: Callable[[], None]


class _Log(logging.Logger):
    """Reads the time of the next attempt, and keeps the library's records off the terminal."""

    def __init__(self, on_delay: Callable[[float], None]) -> None:
        super().__init__("labkit.client", logging.CRITICAL)
        self._on_delay = on_delay

    def info(self, message: object, *arguments: object, **options: Any) -> None:  # type: ignore[override]
        if arguments:
            return  # the record with the delay has no arguments
        found = _DELAY.search(str(message))
        if found:
            self._on_delay(time.time() + max(0.0, float(found[1])))


class AsyncClient(socketio.AsyncClient):  # type: ignore[misc]
    """The library's client.

    Parameters
    ----------
    callbacks
        The functions that it calls.
    host
        The Host header of its requests: the server behind the link, not the link.
    options
        Passed to `socketio.AsyncClient`.
    """

    reconnection: bool
    packet_class: type[Any]

    def __init__(self, callbacks: Callbacks, host: str, **options: Any) -> None:
        log = _Log(callbacks.on_delay)
        silent = logging.Logger("labkit.engine", logging.CRITICAL)
        self._sessions = HttpSessions(host, lambda: self.eio.sid is None)
        super().__init__(
            logger=log,
            engineio_logger=silent,
            handle_sigint=False,  # it would replace the kernel's handler
            http_session=self._sessions.make,
            **options,
        )
        self._callbacks = callbacks
        self._leaving = False
        self._reconnect_abort: Any = self.eio.create_event()  # the library makes it too late
        self.eio.hang_up = self._sessions.hang_up
        self.packet_class = mark_unreadable(self.packet_class)
        self._unreadable = self._has_opened = False
        self._left_early: list[str] = []
        self.on("__disconnect_final", self._final, namespace="*")
        self._on_open = self.eio.handlers["connect"]
        self.eio.on("connect", self._opened)

    def _engineio_client_class(self) -> type[EngineIOClient]:
        return EngineIOClient

    @property
    def answer(self) -> HttpAnswer | None:
        """The server's answer when it turned the last attempt away."""
        return self._sessions.answer

    @property
    def local_ports(self) -> set[int]:
        """The ports from which it dials."""
        return self._sessions.local_ports

    @property
    def how_far(self) -> str:
        """How far the last attempt came that failed, as a sentence without its end."""
        if not self._has_opened:
            return self._sessions.how_far
        if not self.eio.is_settled:
            return "the open packet came, but the upgrade to WebSocket did not finish"
        return "the open packet came, but the namespaces did not answer"

    @property
    def session_id(self) -> str | None:
        """The id of its Engine.IO session, None without one; each connection has another."""
        sid: str | None = self.eio.sid
        return sid

    @property
    def is_open(self) -> bool:
        """Whether the transport is open, whatever became of the namespaces."""
        return bool(self.eio.state == "connected")

    @property
    def joined_namespaces(self) -> tuple[str, ...]:
        """The namespaces that it is in."""
        return tuple(self.namespaces)

    @property
    def reconnects(self) -> bool:
        """Whether it reconnects by itself when the connection is lost."""
        return self.reconnection

    @property
    def websocket_close_code(self) -> int | None:
        """The close code of the last WebSocket, None if there is none."""
        code: int | None = getattr(self.eio.ws, "close_code", None)
        return code

    def take_callback(self, namespace: str, number: int) -> Any:
        """Return the callback of a pending acknowledgement and remove it, None if there is none."""
        return self.callbacks.get(namespace, {}).pop(number, None)

    async def _opened(self) -> None:
        self._has_opened = True
        self._callbacks.on_opened()
        await self._on_open()

    def _final(self, namespace: str) -> None:
        if not self._leaving:
            self._callbacks.on_gave_up()

    async def connect(self, *arguments: Any, **options: Any) -> None:
        """Connect, as the library does, which calls this again for each attempt to reconnect.

        Raises
        ------
        socketio.exceptions.ConnectionError
            If it does not succeed within `CONNECT_TIMEOUT`, for whatever reason.
        """
        self._callbacks.on_attempt()
        self._sessions.begin()
        self._unreadable = self._has_opened = False
        self._left_early.clear()
        within = clock.seconds(CONNECT_TIMEOUT)
        try:
            async with asyncio.timeout(within):
                await super().connect(*arguments, **{**options, "wait_timeout": within})
        except TimeoutError as error:
            waited_for = (
                "the namespaces did not answer" if self._has_opened else "no open packet came"
            )
            await self.drop()
            raise socketio.exceptions.ConnectionError(
                f"{waited_for} within {within:g} s"
            ) from error
        except socketio.exceptions.ConnectionError:
            await self.drop()
            raise
        except Exception as error:  # the library goes on trying only after a ConnectionError
            await self.drop()
            raise socketio.exceptions.ConnectionError(f"{error}") from error
        if self.eio.state != "connected":  # lost before `connect` went on: the library forgot it
            await self.drop()
            raise socketio.exceptions.ConnectionError(
                "the connection ended as soon as the namespaces had answered"
            )
        for namespace in self._left_early:
            await super()._handle_disconnect(namespace)

    async def _handle_eio_message(self, data: str | bytes) -> None:
        """Handle a packet; after an invalid one, end the connection, as Node's client does.

        A failure in a learner's function stays a background error.
        """
        try:
            await super()._handle_eio_message(data)
        except Unreadable as error:
            self._binary_packet = None
            if not self._unreadable:  # more may have come in the same body
                self._unreadable = True
                self._callbacks.on_unreadable(str(error))
                self._sessions.hang_up()

    async def _handle_disconnect(self, namespace: str) -> None:
        """Leave a namespace; the library would ignore that before `connect` has finished."""
        if self.connected:
            await super()._handle_disconnect(namespace)
        else:
            self._left_early.append(namespace)

    async def _handle_connect(self, namespace: str, data: Any) -> None:
        """Join a namespace, unless the server gives no id: then it speaks Socket.IO 2."""
        if isinstance(data, dict) and "sid" in data:
            await super()._handle_connect(namespace, data)
        else:
            self.failed_namespaces.append(namespace or "/")
            self._connect_event.set()

    async def shutdown(self) -> None:
        """Disconnect, or stop trying to reconnect."""
        trying: Any = self._reconnect_task
        self._reconnect_task: Any = None  # otherwise the library never tries again
        self._leaving = True
        comes_back = self.reconnection
        self.reconnection = False  # the connection may break while it disconnects
        try:
            if trying is not None and not trying.done():
                self._reconnect_abort.set()
                await asyncio.wait({trying}, timeout=0.1)
                await self._stop_trying(trying)
            if self.connected:
                await self.disconnect()
            await self.eio.left.wait()  # the library disconnects by itself if the server ended it
        finally:
            self._leaving = False
            self.reconnection = comes_back

    async def _stop_trying(self, trying: asyncio.Task[None]) -> None:
        self._reconnect_task = None
        trying.cancel()
        await asyncio.gather(trying, return_exceptions=True)
        _forget(socketio.base_client.reconnecting_clients, self)

    async def drop(self) -> None:
        """End what is left of a connection, without sending anything."""
        self.connected = False
        self.eio.state = "disconnected"  # otherwise this would count as a lost connection
        trying: Any = self._reconnect_task
        if trying is not None and trying is not asyncio.current_task():
            await self._stop_trying(trying)  # lost during the first attempt, which fails
        tasks = [self.eio.read_loop_task, self.eio.write_loop_task]
        left = {task for task in tasks if task is not None and not task.done()}
        for task in left:
            task.cancel()
        if left:
            await asyncio.wait(left, timeout=1)
        self.eio.sid = None
        _forget(engineio.base_client.connected_clients, self.eio)
        await self._sessions.close()


def _forget(clients: list[Any], client: Any) -> None:
    """Remove a client from one of the library's lists, which keep aborted ones."""
    if client in clients:
        clients.remove(client)
