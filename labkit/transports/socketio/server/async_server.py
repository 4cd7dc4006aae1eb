"""The library's server: hooks, what labkit asks of it, and how it ends what the library keeps.

The hooks are on this one server, and removed when it stops. The library's own instrumentation
(`sio.instrument`) is unsuitable: it opens a namespace `/admin` on the network, which anyone may
join, and changes the library's classes for the whole process.
"""

from __future__ import annotations

import asyncio
import inspect
import logging
from collections.abc import Awaitable, Callable
from contextlib import ExitStack
from functools import partial, wraps
from typing import Any

import engineio
import socketio
from aiohttp import web

from labkit.clock import clock
from labkit.exceptions import LabError
from labkit.transports.cancelled import end_tasks
from labkit.transports.contract import Membership
from labkit.transports.http.server import CANCEL_TIMEOUT
from labkit.transports.settings import CLOSE_TIMEOUT
from labkit.transports.socketio.server.packet_queue import PacketQueue
from labkit.transports.socketio.server.whole_messages import WholeMessageWebSocket

OF_MANAGERS = ".client_manager"
"""The end of the name of a logger that one client manager alone uses."""

Hook = Callable[..., Any]
"""A function that is called in a method's place, with that method as its first argument."""


class AsyncServer:
    """A server of the library's."""

    def __init__(self, sio: socketio.AsyncServer) -> None:
        self.sio = sio
        self.manager = sio.manager
        self._hooks = ExitStack()

    # hooks

    def add_hooks(
        self,
        *,
        opened: Hook,
        message: Hook,
        ended: Hook,
        background_task: Hook,
        join_request: Hook,
        event: Callable[[Hook], Hook],
        handler: Callable[[Hook], Hook],
        acknowledgement: Hook,
        entering: Hook,
        leaving: Hook,
        log: logging.Filter,
    ) -> None:
        """Add hooks until `remove_hooks`, and a filter to the loggers of this server.

        `event` and `handler` are on the path of each message, so these make the function; the
        latter calls every handler, also those of connect and disconnect.
        """
        sio, eio, manager = self.sio, self.sio.eio, self.manager
        replace, wrap = self._replace, self._wrap
        for name, hook in (("connect", opened), ("message", message), ("disconnect", ended)):
            original = eio.handlers[name]
            eio.on(name, _call_with(hook, original))
            self._hooks.callback(eio.on, name, original)
        wrap(eio, "start_background_task", background_task)
        replace(eio, "create_queue", lambda *a, **k: PacketQueue(*a, **k))
        replace(eio, "_async", self._make_driver(eio._async))
        wrap(sio, "_handle_connect", join_request)
        replace(sio, "_handle_event_internal", event(sio._handle_event_internal))
        replace(sio, "_trigger_event", handler(sio._trigger_event))
        wrap(manager, "trigger_callback", acknowledgement)
        wrap(manager, "basic_enter_room", entering)
        wrap(manager, "basic_leave_room", leaving)
        loggers = [sio.logger, eio.logger]
        base = manager.logger or sio.logger
        if isinstance(base, logging.Logger):
            loggers.append(make_manager_logger(base))
            replace(manager, "logger", loggers[-1])
        for logger in dict.fromkeys(loggers):
            if isinstance(logger, logging.Logger):
                logger.addFilter(log)
                self._hooks.callback(logger.removeFilter, log)

    def remove_hooks(self) -> None:
        """Remove the hooks, and restore what was there before."""
        self._hooks.close()

    def _wrap(self, owner: Any, name: str, hook: Hook) -> None:
        self._replace(owner, name, partial(hook, getattr(owner, name)))

    def _replace(self, owner: Any, name: str, new: Any) -> None:
        if name in vars(owner):
            self._hooks.callback(setattr, owner, name, getattr(owner, name))
        else:
            self._hooks.callback(delattr, owner, name)
        setattr(owner, name, new)

    def _make_driver(self, driver: dict[str, Any]) -> dict[str, Any]:
        """Return a copy of the library's driver that reads whole messages."""

        def websocket(handler: Any, server: object) -> Callable[[dict[str, Any]], Any]:
            made = WholeMessageWebSocket(handler, self.max_body)
            return lambda environ: made.answer(self.request_of(environ))

        return {**driver, "websocket": websocket}

    def request_of(self, environ: dict[str, Any]) -> web.Request:
        """Return the request that the library has translated for its handlers."""
        request: web.Request = environ["aiohttp.request"]
        return request

    @property
    def max_body(self) -> int:
        """The most bytes of a polling body, as of a message."""
        return int(self.sio.eio.max_http_buffer_size)

    # handlers

    def has_namespace(self, namespace: str) -> bool:
        """Return whether a namespace can be joined."""
        sio = self.sio
        places = (sio.handlers, sio.namespace_handlers, sio.namespaces)
        return sio.namespaces == "*" or any(namespace in each for each in places)

    def find_handlers(self, namespace: str) -> dict[str, Any]:
        """Return the functions for the events of a namespace, by the names of the events."""
        found: dict[str, Any] = self.sio.handlers.get(namespace, {})
        return found

    def handles(self, event: str, namespace: str) -> bool:
        """Return whether an event has a handler."""
        for place in (namespace, "*"):
            functions = self.sio.handlers.get(place, ())
            if event in functions or "*" in functions:
                return True
        classes = self.sio.namespace_handlers
        found = classes.get(namespace) or classes.get("*")
        if found is None:
            return False
        own = type(found).trigger_event is not socketio.AsyncNamespace.trigger_event
        return own or hasattr(found, f"on_{event}")

    # sessions

    def transport_of(self, eio_sid: str) -> str:
        """Return how a session's messages travel now: "polling" or "websocket"."""
        socket = self.sio.eio.sockets.get(eio_sid)
        return "websocket" if socket is not None and socket.upgraded else "polling"

    def queued_bytes_of(self, eio_sid: str) -> int:
        """Return the bytes that are queued for a session."""
        socket = self.sio.eio.sockets.get(eio_sid)
        queue = None if socket is None else socket.queue
        return queue.waiting if isinstance(queue, PacketQueue) else 0

    def memberships_of(self, eio_sid: str) -> tuple[Membership, ...]:
        """Return the namespaces that a session has joined, in the order of their names."""
        manager = self.manager
        places = []
        for namespace in sorted(manager.get_namespaces()):
            sid = manager.sid_from_eio_sid(eio_sid, namespace)
            if sid is not None:
                rooms = (room for room in manager.get_rooms(sid, namespace) if room != sid)
                places.append(Membership(namespace, sid, tuple(sorted(map(str, rooms)))))
        return tuple(places)

    def find_sid(self, eio_sid: str, namespace: str) -> str | None:
        """Return a session's id in a namespace that it has joined, None if it has not."""
        sid: str | None = self.manager.sid_from_eio_sid(eio_sid, namespace)
        return sid if self.manager.is_connected(sid, namespace) else None

    def is_connected(self, sid: str, namespace: str) -> bool:
        """Return whether a session id is in its namespace, and neither enters nor leaves it."""
        return bool(self.manager.is_connected(sid, namespace))

    def is_in_room(self, sid: str, namespace: str, room: Any) -> bool:
        """Return whether a session id is in a room; the room None is the whole namespace."""
        return sid in self.manager.rooms.get(namespace, {}).get(room, ())

    # endings

    def expect_no_attachments(self, eio_sid: str) -> None:
        """Forget a session's incomplete packet."""
        self.sio._binary_packet.pop(eio_sid, None)

    async def end(self, eio_sid: str) -> None:
        """End a session from the server's side: a close packet, then the connection."""
        socket = self.sio.eio.sockets.get(eio_sid)
        if socket is not None:
            await socket.close(wait=False, reason=self.sio.reason.SERVER_DISCONNECT)

    def end_poll(self, eio_sid: str) -> None:
        """End the open poll of a session that has ended, which the library would leave waiting."""
        socket = self.sio.eio.sockets.get(eio_sid)
        if socket is not None:  # after the close packet, if there is one
            asyncio.get_running_loop().call_soon(socket.queue.put_nowait, None)

    async def end_all(self, tasks: set[asyncio.Task[Any]]) -> None:
        """End the rest of every session without sending anything, and the library's tasks.

        Handlers get 2 s (scaled) to end, and are then cancelled. Afterwards the same server can be
        hosted again. `tasks` are those that the library has started, and that have not ended.
        """
        eio = self.sio.eio
        closing = {
            asyncio.ensure_future(
                socket.close(wait=False, abort=True, reason=eio.reason.SERVER_DISCONNECT)
            )
            for socket in eio.sockets.values()
        }
        if closing:
            await asyncio.wait(closing, timeout=clock.seconds(CLOSE_TIMEOUT))
        eio.sockets.clear()
        if eio.service_task_handle is not None and eio.service_task_event is not None:
            await self.sio.shutdown()
        eio.service_task_handle = eio.service_task_event = None
        eio.start_service_task = True
        self.sio.manager_initialized = False
        await end_tasks({*tasks, *closing}, CANCEL_TIMEOUT)


def _call_with(hook: Callable[..., Awaitable[Any]], original: Hook) -> Hook:
    """Return a function that calls a hook with the original, which `inspect.unwrap` finds."""

    @wraps(original)
    async def call(*arguments: Any) -> Any:
        return await hook(original, *arguments)

    return call


def make_manager_logger(base: logging.Logger) -> logging.Logger:
    """Return a logger for one client manager, which passes what it gets to another logger."""
    made = logging.Logger(base.name + OF_MANAGERS)
    made.parent = base
    return made


def find_attached_servers(app: web.Application) -> dict[str, socketio.AsyncServer]:
    """Return the Socket.IO servers of an application, and of its parts, by their paths."""
    found: dict[str, socketio.AsyncServer] = {}
    for route in app.router.routes():
        eio = getattr(route.handler, "__self__", None)
        if isinstance(eio, engineio.AsyncServer) and route.resource is not None:
            sio = getattr(inspect.unwrap(eio.handlers.get("connect")), "__self__", None)
            if isinstance(sio, socketio.AsyncServer):
                found[route.resource.canonical] = sio
    return found


def check_framework(sio: socketio.AsyncServer) -> None:
    """Raise LabError for a server that was not made for aiohttp."""
    if sio.async_mode != "aiohttp":
        raise LabError(
            f"This Socket.IO server was made for {sio.async_mode!r}, but labkit hosts with "
            'aiohttp. Make it with `socketio.AsyncServer(async_mode="aiohttp")`.'
        )
