"""The finished chat over HTTP, without the way to listen: each transport adds its own."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Awaitable
from functools import partial
from typing import Any, Self, cast

from aiohttp import web

from labkit.exceptions import LabError
from labkit.transports.contract import Connection, Message, ServerSettings
from labkit.transports.http.chat.server.room import Room
from labkit.transports.http.chat.server.routes import leave, post
from labkit.transports.http.chat.server.session import ChatConnection, Session
from labkit.transports.http.page import page_handler
from labkit.transports.http.server import Server
from labkit.transports.http.sockets import client_port
from labkit.transports.option_names import check_option_names
from labkit.transports.rate_limit import RateLimit
from labkit.transports.sayable import describe_message
from labkit.transports.settings import MAX_HISTORY_MESSAGES, MAX_MESSAGE
from labkit.transports.slow_reader import SLOW_READER_TIMEOUT

SERVE_OPTIONS = {"history": MAX_HISTORY_MESSAGES}
"""The options of the finished chats over HTTP, with their defaults."""


class ChatServer(Server):
    """A finished chat over HTTP.

    Parameters
    ----------
    settings
        The server's settings.
    messages_per_second
        The rate at which each client may send; None for no limit.
    history
        The number of messages kept for clients that come back.
    options
        There are no others.

    Attributes
    ----------
    room
        The chat.

    Raises
    ------
    LabError
        If an option is not known, or `history` is not a whole number, 1 or more.
    """

    counts_messages = True

    def __init__(
        self,
        settings: ServerSettings,
        *,
        messages_per_second: float | None = None,
        **options: Any,
    ) -> None:
        check_option_names(options, SERVE_OPTIONS, "serve", self.protocol, {})
        history = options.get("history", MAX_HISTORY_MESSAGES)
        if not isinstance(history, int) or isinstance(history, bool) or history < 1:
            raise LabError(f"`history` must be a number of messages, 1 or more, not {history!r}.")
        self.room = Room(self, RateLimit(messages_per_second), history)
        app = web.Application(client_max_size=MAX_MESSAGE)
        app.add_routes(
            [
                web.get("/", page_handler(settings.name, self._find_by_key, self.protocol)),
                web.post("/messages", partial(post, self.room)),
                web.delete("/clients/{client}", partial(leave, self.room)),
                *self.routes(),
            ]
        )
        super().__init__(app, settings)

    @classmethod
    def make(
        cls,
        what: Any,
        settings: ServerSettings,
        messages_per_second: float | None,
        options: dict[str, Any],
    ) -> Self:
        """Return a server for the chat's name. Raises LabError for an unknown option."""
        return cls(settings, messages_per_second=messages_per_second, **options)

    @abstractmethod
    def routes(self) -> list[web.RouteDef]:
        """Return the routes at which clients listen."""

    def _find_by_key(self, key: str) -> Connection | None:
        """Return the connection of a page's key, the client's id, if the client is here."""
        session = self.room.sessions.get(key)
        return None if session is None else session.connection

    # starting and stopping

    async def _start(self) -> None:
        """Listen, with an empty history. Raises LabError if the port is not available."""
        self.room.open()
        await super()._start()

    async def _stop(self) -> None:
        """Refuse each request, end those that listen, and end, within 3 s."""
        self.room.close("the server stopped")  # first: who is woken would ask again at once
        await super()._stop()

    # requests

    def answer_of(self, error: web.HTTPException) -> web.StreamResponse:
        """Return the answer that refuses a request, and log it."""
        if not self.room.is_open:
            return _stopping()
        response = self.refuse(error.status, error.text or "")
        if not error.keep_alive and error.keep_alive is not None:
            response.force_close()
        return response

    def answer(self, request: web.Request) -> Awaitable[web.StreamResponse]:
        """Let the chat answer; a request that listens ends with its connection."""
        if not self.room.is_open:
            raise web.HTTPServiceUnavailable
        if request.method == "GET":
            return self.answer_while_connected(request)
        return super().answer(request)

    def sweep(self) -> None:
        """Let clients leave that ask no more, and drop those that read no more."""
        super().sweep()
        self.room.sweep()
        if self._slow_readers is None:
            return
        for connection in tuple(self.connections):
            listener = self.room.sessions[connection.raw].listener
            if listener is not None and listener.is_frozen():
                self.log(
                    "dropped", connection.name, f"it read nothing for {SLOW_READER_TIMEOUT:g} s"
                )
                self._abort(connection)

    async def _disconnect(self, connection: Connection) -> None:
        """Refuse the client's requests from now on with 410."""
        self.room.send_away(connection.raw)

    def _queued_bytes(self, connection: Connection) -> int | None:
        listener = self.room.sessions[connection.raw].listener
        return 0 if listener is None else listener.queued_bytes

    def _abort(self, connection: Connection) -> None:
        session = self.room.sessions[connection.raw]
        if session.listener is not None and session.listener.request.transport is not None:
            session.listener.request.transport.abort()

    # what the room reports

    def arrive(self, client: str, request: web.Request, way: str) -> ChatConnection:
        """Return the connection of a client that is here now, and log it."""
        make = partial(ChatConnection, way=way)
        connection = cast("ChatConnection", self.new_connection(make, client_port(request), client))
        self.connections.append(connection)
        self.log("connected", connection.name)
        return connection

    def leave(self, connection: ChatConnection, why: str) -> None:
        """Handle that a client has left."""
        self.remove_connection(connection, why)

    def change_way(self, connection: ChatConnection, way: str) -> None:
        """Handle that a client's messages travel in another way now."""
        connection.way = way
        self.changes.notify()
        self.observer.on_upgraded(connection)

    def count(self, session: Session, request: web.Request, message: Message) -> None:
        """Count and log a message that is passed on."""
        if session.connection is not None:
            session.connection.received = (session.connection.received or 0) + 1
        self.log("message", self._name(session, request), describe_message(message))

    def refuse_rate(self, session: Session, request: web.Request, why: str) -> None:
        """Log a message that is not passed on."""
        self.log("refused", self._name(session, request), why)

    def _name(self, session: Session, request: web.Request) -> str:
        connection = session.connection
        return self.requester_name(request) if connection is None else connection.name


def _stopping() -> web.Response:
    """Return the answer of a server that stops; on an open connection, a client would ask again."""
    response = web.Response(status=503, text="This server is stopping.\n")
    response.force_close()
    return response
