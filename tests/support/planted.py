"""Plants one thing that breaks a promise into a sound history, and says what must be named.

Each plant is a function that gets the history, the promise and a source of chance, and returns the
new history and the findings that name it, any of which will do; None where there is no room for it.
A planted event is also evidence about others, so nothing is said of what else is found.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from random import Random

from labkit.delivery.event import Event
from labkit.delivery.promise import Promise
from tests.support.histories import STEADY

Named = tuple[str, str, str]
"""The kind, message and receiver of a finding."""

Planted = tuple[list[Event], set[Named]]

Plant = Callable[[list[Event], Promise, Random], Planted | None]


def plant_loss(events: list[Event], promise: Promise, random: Random) -> Planted | None:
    """Take a message away from somebody who was there all the time, and its sender too."""
    found = []
    for message, send in _sends(events).items():
        for receiver in STEADY:
            before = events[: send.position]
            has_joined = any(e.kind == "joined" and e.client == receiver for e in before)
            is_owed = has_joined and promise.is_for(send.client, receiver)
            if send.client in STEADY and is_owed:
                found.append((message, receiver))
    if not found:
        return None
    message, receiver = random.choice(found)
    left = [e for e in events if not (_is_hear(e, message) and e.client == receiver)]
    return left, {("lost", message, receiver)}


def plant_duplicate(events: list[Event], promise: Promise, random: Random) -> Planted | None:
    """Let somebody hear a message once more on the same connection."""
    hears = [e for e in events if e.kind == "hear"]
    if not hears or not promise.is_once:
        return None
    hear = random.choice(hears)
    place = random.randint(hear.position + 1, len(events))
    return [*events[:place], hear, *events[place:]], {("duplicated", hear.message, hear.client)}


def plant_swap(events: list[Event], promise: Promise, random: Random) -> Planted | None:
    """Let somebody hear two messages of one sender's connection in the wrong order."""
    sends = _sends(events)
    pairs = [
        (one, other)
        for one, other in _neighbours(events)
        if _connection(sends, one) == _connection(sends, other)
        and one.client in STEADY  # so that neither has been heard on another connection before
    ]
    if not pairs or promise.order is None:
        return None
    one, other = random.choice(pairs)
    names = {("reordered", e.message, e.client) for e in (one, other)}
    return _swapped(events, one, other), names


def plant_disagreement(events: list[Event], promise: Promise, random: Random) -> Planted | None:
    """Let two receivers disagree about the order of the messages of two senders."""
    heard = {
        name: {e.message for e in events if e.kind == "hear" and e.client == name}
        for name in STEADY
    }
    common = set.intersection(*heard.values())
    sends = _sends(events)
    pairs = [
        (one, other)
        for one, other in _neighbours(events)
        if one.client in STEADY
        and {one.message, other.message} <= common
        and _connection(sends, one)[0] != _connection(sends, other)[0]
    ]
    if not pairs or promise.order != "total":
        return None
    one, other = random.choice(pairs)
    cycle = {("reordered", e.message, "") for e in events if e.message}
    return _swapped(events, one, other), cycle


def plant_replay(events: list[Event], promise: Promise, random: Random) -> Planted | None:
    """Let somebody hear a message who came when others had heard it."""
    sends = _sent_once(events)
    hears = [e for e in events if e.kind == "hear" and e.message in sends]
    hears = [e for e in hears if promise.is_for(sends[e.message].client, "zoe")]
    if not hears:
        return None
    hear = random.choice(hears)
    place = random.randint(hear.position + 1, len(events))
    new = [
        Event("dial", "zoe", 1),
        Event("joined", "zoe", 1),
        Event("hear", "zoe", 1, hear.message),
    ]
    return [*events[:place], *new, *events[place:]], {("stale", hear.message, "zoe")}


def plant_echo(events: list[Event], promise: Promise, random: Random) -> Planted | None:
    """Let a sender hear its own message on the connection that sent it."""
    sends = [e for e in _sent_once(events).values() if not promise.is_for(e.client, e.client)]
    if not sends:
        return None
    send = random.choice(sends)
    place = random.randint(send.position + 1, len(events))
    echo = replace(send, kind="hear")
    return [*events[:place], echo, *events[place:]], {("misdelivered", send.message, send.client)}


def plant_stranger(events: list[Event], promise: Promise, random: Random) -> Planted | None:
    """Let somebody hear a message that is for others."""
    pairs = [
        (send, name)
        for send in _sends(events).values()
        for name in STEADY
        if name != send.client and not promise.is_for(send.client, name)
    ]
    if not pairs:
        return None
    send, name = random.choice(pairs)
    place = random.randint(send.position + 1, len(events))
    hear = Event("hear", name, 1, send.message)
    return [*events[:place], hear, *events[place:]], {("misdelivered", send.message, name)}


def plant_after_leaving(events: list[Event], promise: Promise, random: Random) -> Planted | None:
    """Let somebody hear a message that was sent when the server had let him go."""
    pairs = [
        (left, send)
        for left in events
        if left.kind == "left" and left.connection == 1 and not _comes_back(events, left)
        for send in _sends(events).values()
        if send.position > left.position
    ]
    if not pairs:
        return None
    left, send = random.choice(pairs)
    place = random.randint(send.position + 1, len(events))
    hear = Event("hear", left.client, left.connection, send.message)
    return [*events[:place], hear, *events[place:]], {("misdelivered", send.message, left.client)}


def plant_missing_ack(events: list[Event], promise: Promise, random: Random) -> Planted | None:
    """Take away the acknowledgement of somebody who was there all the time."""
    acked = sorted({e.message for e in events if e.kind == "ack" and e.client in STEADY})
    if not acked or not promise.acknowledged:
        return None
    message = random.choice(acked)
    left = [e for e in events if not (e.kind == "ack" and e.message == message)]
    return left, {("never acknowledged", message, "")}


def plant_unknown(events: list[Event], promise: Promise, random: Random) -> Planted | None:
    """Let somebody hear what nobody sent: a changed text, or a message of another run."""
    place = random.randint(2, len(events))
    message = random.choice(("alice#999", "alice#1.7", "alcie#1"))
    hear = Event("hear", "bob", 1, message)
    return [*events[:place], hear, *events[place:]], {("unknown", message, "bob")}


def plant_hang_up(events: list[Event], promise: Promise, random: Random) -> Planted | None:
    """Let the server close a connection that stood to the end."""
    name = random.choice(STEADY)
    first = next(e.position for e in events if e.client == name)
    place = random.randint(first + 1, len(events))
    ended = Event("ended", name, 1, cause="server")
    return [*events[:place], ended, *events[place:]], {("disconnected", "", name)}


PLANTS: tuple[Plant, ...] = (
    plant_loss,
    plant_duplicate,
    plant_swap,
    plant_disagreement,
    plant_replay,
    plant_echo,
    plant_stranger,
    plant_after_leaving,
    plant_missing_ack,
    plant_unknown,
    plant_hang_up,
)


def _sends(events: Sequence[Event]) -> dict[str, Event]:
    """Return the first sending of each message."""
    return {e.message: e for e in reversed(events) if e.kind == "send"}


def _sent_once(events: Sequence[Event]) -> dict[str, Event]:
    """Return the sending of each message that was sent but once."""
    counts = Counter(e.message for e in events if e.kind == "send")
    return {message: send for message, send in _sends(events).items() if counts[message] == 1}


def _is_hear(event: Event, message: str) -> bool:
    return event.kind == "hear" and event.message == message


def _connection(sends: dict[str, Event], hear: Event) -> tuple[str, int]:
    send = sends[hear.message]
    return send.client, send.connection


def _neighbours(events: Sequence[Event]) -> Iterator[tuple[Event, Event]]:
    """Yield the pairs that one connection heard one after the other, each heard and sent once."""
    last: dict[tuple[str, int], Event] = {}
    sent = _sent_once(events)
    heard = Counter((e.client, e.message) for e in events if e.kind == "hear")
    for event in events:
        if event.kind == "hear":
            is_once = event.message in sent and heard[event.client, event.message] == 1
            before = last.pop((event.client, event.connection), None)
            if is_once:
                last[event.client, event.connection] = event
                if before is not None and before.client == event.client:
                    yield before, event


def _swapped(events: Sequence[Event], one: Event, other: Event) -> list[Event]:
    """Return the events with two hearings exchanged, the first to where the second was."""
    left = [e for e in events if e is not one]
    place = left.index(other) + 1
    return [*left[:place], one, *left[place:]]


def _comes_back(events: Sequence[Event], left: Event) -> bool:
    later = [e for e in events if e.kind == "dial" and e.client == left.client]
    return len(later) > 1
