"""A WebSocket server in the kernel, which hosts a learner's handler or the finished chat.

labkit is not on the path of a message: the handler gets the library's own connection. Added are
the origin policy, a page for browsers, log entries for `show(server)`, limits, and a clean end.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial
from http import HTTPStatus
from typing import Any, cast
from weakref import WeakKeyDictionary

from websockets.asyncio.server import Server as LibraryServer
from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed
from websockets.http11 import Request, Response
from websockets.protocol import State

from labkit.clock import clock
from labkit.loop.exception_groups import describe_exception, leaf_exceptions
from labkit.loop.lifetime import current_lifetime
from labkit.protocols.close_codes import CloseCode
from labkit.sockets.descriptors import ACCEPTED_AT_ONCE, lengthen_backlog
from labkit.transports import contract
from labkit.transports.cancelled import is_being_cancelled
from labkit.transports.contract import Connection, Message, ServerSettings
from labkit.transports.handlers import call_handler
from labkit.transports.page_key import Answer, answer_name, split_target
from labkit.transports.pages import PAGE_HEADERS, chat_page, chat_page_headers, on_server
from labkit.transports.rate_limit import RateLimit
from labkit.transports.sayable import describe_message
from labkit.transports.seconds import scaled_seconds
from labkit.transports.settings import CLOSE_TIMEOUT, HEARTBEAT, MAX_MESSAGE
from labkit.transports.websocket.chat import Chat
from labkit.transports.websocket.closing import close_or_abort
from labkit.transports.websocket.hooks import ask_hook
from labkit.transports.websocket.options import SECONDS, options_error, serve_options
from labkit.transports.websocket.server_connection import HostedConnection

Handler = Callable[[ServerConnection], Awaitable[None]]

ENDED_BY_SERVER = "the server ended it"


class Server(contract.Server):
    """A WebSocket server.

    Parameters
    ----------
    handler
        A `websockets` handler, or None for the finished chat.
    settings
        The server's settings.
    messages_per_second
        The rate at which each client of the finished chat may send; None for no limit.
    options
        Passed to `websockets.asyncio.server.serve`.

    Raises
    ------
    LabError
        If an option is not one of that call.
    """

    protocol = "websocket"
    scheme = "ws"

    def __init__(
        self,
        handler: Handler | None,
        settings: ServerSettings,
        /,
        *,
        messages_per_second: float | None = None,
        **options: Any,
    ) -> None:
        super().__init__(settings)
        self.counts_messages = handler is None
        self._limit = RateLimit(messages_per_second)
        self._handler: Handler = handler or Chat(self._count, self._on_rate_exceeded, self._limit)
        self._options = serve_options(options)
        self._hooks = {
            name: self._options.pop(name, None) for name in ("process_request", "process_response")
        }
        self._library: LibraryServer | None = None
        self._known: dict[ServerConnection, Connection] = {}
        self._page_keys = WeakKeyDictionary[ServerConnection, str]()
        self._leaving: set[asyncio.Task[None]] = set()

    @property
    def raw(self) -> LibraryServer | None:
        """The library's own server object."""
        return self._library

    async def _start(self) -> None:
        """Listen. Raises LabError if the port is not available."""
        beat = clock.seconds(HEARTBEAT)
        defaults: dict[str, Any] = {
            "ping_interval": beat,
            "ping_timeout": beat,
            "open_timeout": beat,
            "close_timeout": clock.seconds(CLOSE_TIMEOUT),
            "max_size": MAX_MESSAGE,
            "compression": None,
            "create_connection": partial(HostedConnection, self),
            "backlog": ACCEPTED_AT_ONCE,
        }

        async def begin(addresses: list[str], port: int) -> None:
            self._library = await serve(
                self._serve_one,
                cast("str", addresses),  # asyncio takes several, and closes all if one fails
                port,
                process_request=self._request,
                process_response=partial(self._ask, "process_response"),
                **(defaults | scaled_seconds(self._options, SECONDS)),
            )

        try:
            await self._listen(begin)
        except (TypeError, ValueError) as error:
            if not self._options:
                raise
            raise options_error("serve", self._options, error) from error
        assert self._library is not None
        if "backlog" not in self._options:
            lengthen_backlog(self._library.sockets)
        self.port = next(iter(self._library.sockets)).getsockname()[1]
        self.running = True
        self.changes.notify()

    async def _stop(self) -> None:
        """Close each connection with 1001, give handlers 2 s (scaled) to end, then cancel them."""
        self.running = False
        library, self._library = self._library, None
        if library is None:
            return
        tasks = set(library.handler_tasks)
        library.close()
        done = asyncio.ensure_future(library.wait_closed())
        await asyncio.wait({done}, timeout=clock.seconds(self.handler_timeout))
        for websocket in set(self._known):
            websocket.transport.abort()
        for _ in range(3):  # a handler may swallow one cancellation, but hardly three
            stubborn = {task for task in tasks | set(library.handler_tasks) if not task.done()}
            for task in stubborn:
                task.cancel()
            await asyncio.wait({done, *self._leaving, *stubborn}, timeout=0.3)
        done.cancel()
        self.changes.notify()

    async def _disconnect(self, connection: Connection) -> None:
        """Close a connection with 1000; abort it if it stays silent for 2 s (scaled)."""
        await close_or_abort(connection.raw, 1000, ENDED_BY_SERVER)

    def _queued_bytes(self, connection: Connection) -> int:
        return int(connection.raw.transport.get_write_buffer_size())

    def _abort(self, connection: Connection) -> None:
        connection.raw.transport.abort()

    def _count(self, websocket: ServerConnection, message: Message) -> None:
        connection = self._known[websocket]
        connection.received = (connection.received or 0) + 1
        self.log("message", connection.name, describe_message(message))

    def _on_rate_exceeded(self, connection: ServerConnection) -> None:
        self.log("refused", self._known[connection].name, self._limit.words)

    def on_refused(self, why: str) -> None:
        """Log the end of a connection that never was open."""
        self.log("refused", "a request", why)

    async def _serve_one(self, websocket: ServerConnection) -> None:
        connection = self._arrive(websocket)
        current_lifetime.set(connection.lifetime)  # in the task that the library made for it
        try:
            await call_handler(self._handler, websocket)
        except BaseException as error:
            if isinstance(error, asyncio.CancelledError) and is_being_cancelled():
                raise
            own = [leaf for leaf in leaf_exceptions(error) if not _lost_its_own(websocket, leaf)]
            for leaf in own:
                where = f"handler of {self.name!r}, serving {connection.name}"
                self.observer.on_error(leaf, where, server=self)
                self.log("error", connection.name, describe_exception(leaf))
            if own:
                await websocket.close(1011)
        finally:
            leaving = asyncio.create_task(self._leave(websocket, connection))
            self._leaving.add(leaving)
            leaving.add_done_callback(self._leaving.discard)

    def _arrive(self, websocket: ServerConnection) -> Connection:
        address = websocket.remote_address
        connection = self.new_connection(Connection, address[1] if address else None, websocket)
        self._known[websocket] = connection
        self.connections.append(connection)
        self.log("connected", connection.name)
        return connection

    async def _leave(self, websocket: ServerConnection, connection: Connection) -> None:
        await websocket.wait_closed()
        if self._known.pop(websocket, None) is not None:
            self.remove_connection(connection, _ending(websocket))

    async def _request(self, websocket: ServerConnection, request: Request) -> Response | None:
        headers = request.headers
        if self.connection_limit.is_surplus(websocket):
            told = f"Refused: {self.connection_limit.refusal}.\n"
            return websocket.respond(HTTPStatus.SERVICE_UNAVAILABLE, told)
        refusal = self.refusal(request.path, headers.get_all)
        if refusal is not None:
            return websocket.respond(refusal.status, f"{refusal.why}.\n")
        query = request.path.partition("?")[2]
        request.path, key = split_target(request.path)  # a learner's code sees the rest alone
        if key:
            self._page_keys[websocket] = key
        answer = await self._ask("process_request", websocket, request)
        if answer is not None:
            return answer
        if request.path.partition("?")[0] == "/" and "Upgrade" not in headers:
            answered = answer_name(query, self._find_by_key)
            if answered is None:
                return _page(websocket, self.name)
            return _name(websocket, answered)
        return None

    def _find_by_key(self, key: str) -> Connection | None:
        """Return the connection of the page that has drawn a key."""
        known = self._known.items()
        found = (each for websocket, each in known if self._page_keys.get(websocket) == key)
        return next(found, None)

    async def _ask(self, name: str, *arguments: Any) -> Response | None:
        """Return the answer of a learner's hook, None without one; report its error."""
        hook = self._hooks[name]
        if hook is None:
            return None
        try:
            return await ask_hook(name, hook, *arguments)
        except Exception as error:
            self.observer.on_error(error, f"{name} of {self.name!r}", server=self)
            raise  # the library answers with 500


def _ending(websocket: ServerConnection) -> str:
    """Return how a connection ended: the first close code, and whether it was the server's."""
    received, sent = websocket.protocol.close_rcvd, websocket.protocol.close_sent
    if received is not None and websocket.protocol.close_rcvd_then_sent is not False:
        return str(CloseCode(received.code))
    if sent is None:
        return str(CloseCode(1006))
    reason = f": {sent.reason}" if sent.reason not in ("", ENDED_BY_SERVER) else ""
    return f"{CloseCode(sent.code)}; {ENDED_BY_SERVER}{reason}"


def _page(websocket: ServerConnection, name: str) -> Response:
    response = websocket.respond(HTTPStatus.OK, on_server(chat_page("websocket"), name))
    del response.headers["Content-Type"]
    response.headers.update(chat_page_headers("websocket"))
    return response


def _name(websocket: ServerConnection, told: Answer) -> Response:
    response = websocket.respond(told.status, f"{told.text}\n")
    if told.status is HTTPStatus.OK:
        del response.headers["Content-Type"]
        response.headers.update({**PAGE_HEADERS, "Content-Type": "application/json"})
    return response


def _lost_its_own(websocket: ServerConnection, error: BaseException) -> bool:
    """Return whether a handler failed only because its own connection ended."""
    return isinstance(error, ConnectionClosed) and websocket.state is not State.OPEN
