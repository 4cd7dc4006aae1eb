"""What passes between the view of a server and its page; `messages.js` has the same types."""

from __future__ import annotations

from typing import Literal, TypedDict

from labkit.transports.contract.log import Kind


class ShownPlace(TypedDict):
    """Where a connection is: a namespace, whole and as it is shown, and the rooms there."""

    namespace: str
    shown: str
    sid: str
    rooms: list[str]


class ShownConnection(TypedDict):
    """A connection; `since` is in Unix seconds, `received` counts messages where they are known."""

    number: int
    name: str
    since: float
    received: int | None
    transport: str
    places: list[ShownPlace]
    morePlaces: int


class ShownEvent(TypedDict):
    """What happened at a server; `at` is in Unix seconds."""

    at: float
    text: str
    kind: Kind


class ServerSnapshot(TypedDict):
    """What the view of a server shows; `blocked` are seconds."""

    following: bool
    name: str
    protocol: str
    running: bool
    host: str
    port: int
    path: str
    hasRooms: bool
    connections: list[ShownConnection]
    connected: int
    counts: dict[str, int]
    events: list[ShownEvent]
    errors: list[str]
    blocked: list[float]


class Disconnect(TypedDict):
    """Disconnect a connection, by its number."""

    kind: Literal["disconnect"]
    id: int
    connection: int


class Move(TypedDict):
    """Put a connection into a room of a namespace, or take it out."""

    kind: Literal["move"]
    id: int
    connection: int
    namespace: str
    room: str
    into: bool


ServerAction = Disconnect | Move
