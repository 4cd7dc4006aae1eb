"""A room of a chat over HTTP, without a server: what it reports is written down."""

from __future__ import annotations

from typing import cast
from unittest.mock import Mock

from aiohttp import web
from aiohttp.test_utils import make_mocked_request

from labkit.transports.contract import Message
from labkit.transports.http.chat.server.room import Room
from labkit.transports.http.chat.server.session import ChatConnection, Session
from labkit.transports.rate_limit import RateLimit

ALICE, BOB, CAROL = "a" * 16, "b" * 16, "c" * 16


def asks(client: str, path: str = "/messages") -> web.Request:
    """Return a request of a client."""
    request = make_mocked_request("GET", f"{path}?client={client}")
    cast("Mock", request.transport).is_closing.return_value = False
    return request


class Recorder:
    """A server of a room, which writes down what happens.

    Attributes
    ----------
    seen
        What the room reported.
    room
        The room.
    """

    def __init__(self, rate: float | None = None, most: int = 10, connections: int = 10) -> None:
        self.max_connections = connections
        self.seen: list[tuple[str, ...]] = []
        self.room = Room(self, RateLimit(rate), most)
        self.room.open()

    def arrive(self, client: str, request: web.Request, way: str) -> ChatConnection:
        """Write it down."""
        self.seen.append(("arrived", client[0], way))
        return ChatConnection(1, client[0], 0.0, client, way=way)

    def leave(self, connection: ChatConnection, why: str) -> None:
        """Write it down."""
        self.seen.append(("left", connection.name, why))

    def change_way(self, connection: ChatConnection, way: str) -> None:
        """Write it down."""
        connection.way = way
        self.seen.append(("changed", connection.name, way))

    def count(self, session: Session, request: web.Request, message: Message) -> None:
        """Write it down."""
        self.seen.append(("said", session.client[0], str(message)))

    def refuse_rate(self, session: Session, request: web.Request, why: str) -> None:
        """Write it down."""
        self.seen.append(("refused", session.client[0], why))

    def say(self, client: str, number: int, text: str) -> None:
        """Let a client say something."""
        self.room.post(asks(client), client, number, text)
