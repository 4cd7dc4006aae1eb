"""The room of a chat over HTTP: its history, its clients, and what they say and hear.

The routes of all ways to listen work on one room, so a client may change its way.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator
from typing import Protocol

from aiohttp import web

from labkit.transports.contract import Message
from labkit.transports.http.chat.cursor import Cursor, parse_cursor
from labkit.transports.http.chat.envelope import encode_message
from labkit.transports.http.chat.server.history import History
from labkit.transports.http.chat.server.listener import Listener
from labkit.transports.http.chat.server.session import ChatConnection, Session
from labkit.transports.rate_limit import RateLimit
from labkit.transports.welcome import welcome

_CLIENT = re.compile(r"[0-9a-f]{16}")
"""An id that a client has chosen: 64 random bits."""

SENT_AWAY, HAS_LEFT = "The server has ended this connection.", "This client has left."
"""Why a client is refused: who comes again comes with a new id."""


class Host(Protocol):
    """The server of a room."""

    max_connections: int

    def arrive(self, client: str, request: web.Request, way: str) -> ChatConnection:
        """Return the connection of a client that is here now."""

    def leave(self, connection: ChatConnection, why: str) -> None:
        """Handle that a client has left."""

    def change_way(self, connection: ChatConnection, way: str) -> None:
        """Handle that a client's messages travel in another way now."""

    def count(self, session: Session, request: web.Request, message: Message) -> None:
        """Log a message that is passed on."""

    def refuse_rate(self, session: Session, request: web.Request, why: str) -> None:
        """Log a message that is not passed on."""


class Room:
    """A chat with one room.

    Parameters
    ----------
    host
        The server.
    limit
        Limits the rate of each client.
    most
        The number of messages in the history.

    Attributes
    ----------
    history
        The last messages.
    is_open
        Whether the server runs: while it stops, each request is told so.
    sessions
        The clients that are here or remembered, by their ids.
    """

    def __init__(self, host: Host, limit: RateLimit, most: int) -> None:
        self._host = host
        self._limit = limit
        self._most = most
        self.history = History(most)
        self.sessions: dict[str, Session] = {}
        self.is_open = False

    def open(self) -> None:
        """Begin with an empty history."""
        self.history = History(self._most)
        self.sessions = {}
        self.is_open = True

    def close(self, why: str) -> None:
        """End each request that listens; from now on, requests are refused."""
        self.is_open = False
        for session in self.sessions.values():
            self._leave(session, why, web.HTTPServiceUnavailable())

    # who is here

    def find_session(self, client: str) -> Session:
        """Return the session of a client, a new one for a new client.

        Raises
        ------
        HTTPException
            If `client` is not an id, or it has left for good.
        """
        if not _CLIENT.fullmatch(client):
            raise web.HTTPBadRequest(
                text="`client` must be 16 hexadecimal digits, chosen at random."
            )
        session = self.sessions.get(client)
        if session is None:
            self._forget_some()
            session = self.sessions[client] = Session(client)
        if session.is_gone:
            raise web.HTTPGone(text=session.is_gone)
        session.on_request()
        return session

    def _forget_some(self) -> None:
        """Keep at most as many clients in mind again as may be here."""
        away = [each for each in self.sessions.values() if each.connection is None]
        for session in away[: max(0, len(away) + 1 - self._host.max_connections)]:
            del self.sessions[session.client]

    def count_here(self) -> int:
        """Return how many clients are here."""
        return sum(session.connection is not None for session in self.sessions.values())

    @contextlib.contextmanager
    def listen(
        self, request: web.Request, way: str, cursor: str | None, *, is_stream: bool = False
    ) -> Iterator[Listener]:
        """Let a request listen, in place of an older one of its client.

        Parameters
        ----------
        request
            The request.
        way
            How messages travel to the client now.
        cursor
            What the client says of how far it has read; None if it joins.
        is_stream
            Whether the client has left when this request ends.

        Raises
        ------
        HTTPException
            If the cursor is wrong, or too many clients are here.
        """
        after = self._checked(cursor)
        session = self.find_session(request.query.get("client", ""))
        if session.connection is None:
            most = self._host.max_connections
            if self.count_here() >= most:
                raise web.HTTPServiceUnavailable(
                    text=f"Refused: there are {most} connections already, the most that this "
                    "server accepts."
                )
            session.connection = self._host.arrive(session.client, request, way)
        elif session.connection.way != way:
            self._host.change_way(session.connection, way)
        if session.listener is not None:
            session.listener.end()
        if after is None:
            session.private.append(encode_message(welcome(self.count_here())))
        session.on_listening()
        session.listener = listener = Listener(
            request, self.history, session.client, after, session.private, hears_own=is_stream
        )
        try:
            yield listener
        finally:
            if session.listener is listener:
                session.listener = None
                session.on_answered()
                if is_stream or not listener.is_connected:
                    self._leave(session, "transport close")

    def _checked(self, text: str | None) -> Cursor | None:
        """Return the cursor in a request. Raises HTTPBadRequest."""
        if text is None:
            return None
        try:
            cursor = parse_cursor(text)
            self.history.check(cursor)
        except ValueError as error:
            raise web.HTTPBadRequest(text=f"{error}.") from None
        return cursor

    def leave(self, client: str) -> None:
        """Let a client leave that says so; a poll of it may still be under way."""
        session = self.sessions.get(client)
        if session is not None:
            session.is_gone = HAS_LEFT
            self._leave(session, "client disconnect")

    def send_away(self, client: str) -> None:
        """End a client's connection; its requests are refused from now on."""
        session = self.sessions.get(client)
        if session is not None:
            session.is_gone = SENT_AWAY
            self._leave(session, "server disconnect", web.HTTPGone(text=SENT_AWAY))

    def _leave(self, session: Session, why: str, refusal: web.HTTPException | None = None) -> None:
        connection, session.connection = session.connection, None
        if session.listener is not None:
            session.listener.end(refusal)
        if connection is not None:
            self._host.leave(connection, why)

    def sweep(self) -> None:
        """Let clients leave that ask no more, and forget those that have been away for long."""
        for session in tuple(self.sessions.values()):
            if session.connection is not None and session.is_absent():
                self._leave(session, "ping timeout")
            elif session.is_forgotten():
                del self.sessions[session.client]

    # what is said

    def post(self, request: web.Request, client: str, number: int, message: Message) -> None:
        """Pass a message on to all others, unless it was passed on already.

        Parameters
        ----------
        request
            The request that carries it.
        client
            The id of the client that said it.
        number
            Its number among the client's own messages, by which a repetition is recognized.
        message
            The text or bytes.
        """
        session = self.find_session(client)
        if number <= session.posted:
            return
        session.posted = number
        refused = self._limit.count_refused(session)
        if refused:
            self._host.refuse_rate(session, request, self._limit.words)
            if refused == 1:
                session.private.append(encode_message(f"Not passed on: {self._limit.words}."))
                if session.listener is not None:
                    session.listener.wake()
            return
        self._host.count(session, request, message)
        kept = self.history.add(message, client)
        for each in self.sessions.values():
            if each.listener is not None:
                each.listener.on_kept(kept)
