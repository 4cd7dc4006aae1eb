"""What passes between a chat box and its page; `messages.js` has the same types."""

from __future__ import annotations

from typing import Literal, TypedDict

from labkit.protocols.states import State
from labkit.transports.contract.transcript import SendStatus


class ShownState(TypedDict):
    """The state of a connection: its name in the code, and how it is shown."""

    key: State
    shape: str
    word: str


class ShownEntry(TypedDict):
    """A line of the conversation; `n` counts from the first one ever, `at` is in Unix seconds.

    `isEcho` says that one's own message came back from the server.
    """

    n: int
    kind: Literal["said", "heard", "note"]
    text: str
    room: str
    isEcho: bool
    at: float
    sendStatus: SendStatus


class FaultOnLink(TypedDict):
    """A fault on a client's link, in a few words; `healsIn` counts down in seconds."""

    summary: str
    healsIn: int | None


class ChatSnapshot(TypedDict):
    """What a chat box shows: newest entries last; `retryAt` is in Unix seconds.

    The plug is among the faults only while a countdown to its return goes on.
    """

    name: str
    state: ShownState
    following: bool
    reason: str
    link: Literal["whole", "cut", "closed"]
    faults: list[FaultOnLink]
    badge: str
    rooms: list[str]
    moreRooms: int
    attempt: int
    retryAt: float | None
    entries: list[ShownEntry]
    total: int


class Send(TypedDict):
    """Say a text."""

    kind: Literal["send"]
    id: int
    text: str


class Plug(TypedDict):
    """Put the plug in place, or pull it."""

    kind: Literal["plug"]
    id: int
    in_place: bool


class Open(TypedDict):
    """Connect again, or do not wait for the next attempt."""

    kind: Literal["open"]
    id: int


ChatAction = Send | Plug | Open
