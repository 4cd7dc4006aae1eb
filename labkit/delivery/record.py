"""What a history says about each connection, each message and each moment, found in one pass.

Everything here is a place in the log, and so can be compared with every other. What a message is
owed to is kept as one set that all messages share which were sent between the same two changes, so
a long history with many clients costs little.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from labkit.delivery.event import Event
from labkit.delivery.promise import Promise
from labkit.exceptions import LabError

MAX_OWED = 1_000_000
"""Pairs of a message and a receiver that may be owed in one history."""


@dataclass(slots=True, eq=False)
class Connection:
    """One connection of a client, with the events of its life; None where there was none."""

    client: str
    number: int
    dial: Event
    joined: Event | None = None
    leave: Event | None = None
    left: Event | None = None
    ended: Event | None = None

    @property
    def is_whole(self) -> bool:
        """Whether it stood to the end of the history."""
        return self.ended is None

    @property
    def is_excused(self) -> bool:
        """Whether a fault or its client ended it: what the server ends excuses nothing."""
        return self.ended is not None and self.ended.cause != "server"


@dataclass(slots=True, eq=False)
class Members:
    """Who was a member when a message was sent: by name, the connections that were.

    Attributes
    ----------
    connections
        The proved connections of each member; of a client to whom it is owed on whichever
        connection, only the first.
    names
        The members.
    audiences
        The members who are to hear a sender, by the sender; filled as it is asked for.
    """

    connections: Mapping[str, tuple[Connection, ...]]
    names: frozenset[str]
    audiences: dict[str, frozenset[str]] = field(default_factory=dict)


@dataclass(slots=True, eq=False)
class Message:
    """One message that was sent, with its events.

    Attributes
    ----------
    id, sender
        What it is, and who began to send it first.
    members
        Who was a member before its first sending began.
    sends
        Each time that its sending began, in order; more than one if it was sent again.
    sent, failed
        The connections on which the call returned, or raised.
    ack
        Its first acknowledgement.
    hears
        Each time that it was heard.
    shown
        The first event by which others can see that the server has it: it was heard, or a later
        message of the same connection was, if order is promised.
    """

    id: str
    sender: str
    members: Members
    sends: list[Event]
    sent: set[int] = field(default_factory=set)
    failed: set[int] = field(default_factory=set)
    ack: Event | None = None
    hears: list[Event] = field(default_factory=list)
    shown: Event | None = None

    @property
    def known(self) -> Event | None:
        """The first event that proves that the server has it: what shows it, or its ack."""
        return _earlier(self.shown, self.ack)


class Record:
    """A history, read once under a promise.

    Parameters
    ----------
    history
        Its events, in order; each gets the position that it has here.
    promise
        What was promised, which says to whom a message is owed.

    Attributes
    ----------
    connections
        By client and number.
    of_client
        The connections of each client, in order.
    messages
        By id, in the order in which their sending began.
    unknown
        Each time that something was heard which had not been sent by then.

    Raises
    ------
    LabError
        If more is owed than can be judged.
    """

    def __init__(self, history: Iterable[Event], promise: Promise) -> None:
        self.promise = promise
        self.connections: dict[tuple[str, int], Connection] = {}
        self.of_client: dict[str, list[Connection]] = {}
        self.messages: dict[str, Message] = {}
        self.unknown: list[Event] = []
        self._joined: dict[str, tuple[Connection, ...]] = {}
        self._leaves: dict[str, list[Event]] = {}
        self._away: dict[str, Event | None] = {}
        self._members: Members | None = None
        self._owed = 0
        for position, event in enumerate(history):
            self._read(event if event.position == position else replace(event, position=position))
        if promise.order is not None:
            self._show_by_order()

    def audience(self, message: Message) -> frozenset[str]:
        """Return to whom a message is owed, as far as membership and promise say."""
        members, sender = message.members, message.sender
        if sender not in members.audiences:
            is_for = self.promise.is_for
            members.audiences[sender] = frozenset(r for r in members.names if is_for(sender, r))
        return members.audiences[sender]

    def connection(self, event: Event) -> Connection:
        """Return the connection of an event; one that never dialled begins with its first event."""
        key = event.client, event.connection
        if key not in self.connections:
            self.connections[key] = Connection(*key, event)
            self.of_client.setdefault(event.client, []).append(self.connections[key])
        return self.connections[key]

    def sending(self, message: Message) -> list[Connection]:
        """Return the connections on which a message was sent."""
        return [self.connection(event) for event in message.sends]

    def away(self, client: str) -> Event | None:
        """Return the event by which a client was away at the end, None if it was there.

        Whoever has begun to leave, on any connection, is away until it dials again.
        """
        if client not in self._away:
            connections = self.of_client[client]
            last = connections[-1]
            is_there = any(one.is_whole for one in connections)
            leave = self.leave(client, last.dial.position)
            self._away[client] = leave or (None if is_there else last.ended)
        return self._away[client]

    def leave(self, client: str, after: int) -> Event | None:
        """Return the first event after a position by which a client began to leave."""
        leaves = self._leaves.get(client, [])
        place = bisect_right(leaves, after, key=lambda event: event.position)
        return leaves[place] if place < len(leaves) else None

    def _read(self, event: Event) -> None:
        if event.kind == "hear":
            if message := self.messages.get(event.message):
                message.hears.append(event)
                message.shown = message.shown or event
            else:
                self.unknown.append(event)
            self.connection(event)
        elif event.kind == "send":
            self.connection(event)
            self._send(event)
        elif event.message:
            if message := self.messages.get(event.message):
                if event.kind == "ack":
                    message.ack = message.ack or event
                else:
                    (message.sent if event.kind == "sent" else message.failed).add(event.connection)
        else:
            connection = self.connection(event)
            if getattr(connection, event.kind) is None:  # the first counts; a dial is there
                setattr(connection, event.kind, event)
                if event.kind == "leave" or (event.kind == "left" and connection.leave is None):
                    connection.leave = event
                    self._leaves.setdefault(event.client, []).append(event)
                self._change(connection, event)

    def _send(self, event: Event) -> None:
        if message := self.messages.get(event.message):
            message.sends.append(event)
            return
        if self._members is None:
            self._members = Members(dict(self._joined), frozenset(self._joined))
        self._owed += len(self._members.names)
        if self._owed > MAX_OWED:
            raise LabError(
                f"This history owes more than {MAX_OWED:,} deliveries, pairs of a message and a "
                f"member, so it cannot be judged. Send fewer messages, or let fewer clients join."
            )
        message = Message(event.message, event.client, self._members, [event])
        self.messages[event.message] = message

    def _change(self, connection: Connection, event: Event) -> None:
        """Update who is a member: a client by its first joining, or each of its connections."""
        name, now = connection.client, self._joined.get(connection.client, ())
        if self.promise.is_to_identity:
            if event.kind == "joined" and connection.leave is None:
                self._joined.setdefault(name, (connection,))
            elif event.kind in ("leave", "left"):
                self._joined.pop(name, None)
        elif event.kind == "joined":
            if connection.ended is None and connection.leave is None:
                self._joined[name] = (*now, connection)
        elif connection in now:
            self._joined[name] = tuple(one for one in now if one is not connection)
            if not self._joined[name]:
                del self._joined[name]
        self._members = None

    def _show_by_order(self) -> None:
        """Let each message be shown by a later one of its connection, which the server had later.

        Of later messages only those count that were sent once: another may have been heard because
        it was sent again.
        """
        by_connection: dict[tuple[str, int], list[tuple[int, Message]]] = {}
        for message in self.messages.values():
            for event in message.sends:
                place = by_connection.setdefault((event.client, event.connection), [])
                place.append((event.position, message))
        for sends in by_connection.values():
            later: Event | None = None
            for _, message in sorted(sends, key=lambda one: one[0], reverse=True):
                message.shown = _earlier(message.shown, later)
                if len(message.sends) == 1 and message.hears:
                    later = _earlier(later, message.hears[0])


def _earlier(one: Event | None, other: Event | None) -> Event | None:
    if one is None or other is None:
        return one or other
    return min(one, other, key=lambda event: event.position)
