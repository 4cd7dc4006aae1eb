"""What was heard and should not have been: twice, too late, by the wrong ones, never sent.

`judge.py` says who may hear a message, and when it is stale.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator

from labkit.delivery.event import Event
from labkit.delivery.finding import Finding
from labkit.delivery.record import Message, Record

REPLAYED = "later ones may hear what was said before"
"""The excuse of what was replayed to a client that came later."""


def find_duplicates(record: Record) -> Iterator[Finding]:
    """Yield a finding for each message that one receiver heard more than once."""
    for message in record.messages.values():
        if len(message.hears) == len({event.client for event in message.hears}):
            continue
        for receiver, hears in sorted(_by_receiver(message).items()):
            if len(hears) > 1:
                excuse = _excuse_twice(record, message, hears)
                rows = tuple(hears)
                yield Finding("duplicated", message.id, message.sender, receiver, rows, excuse)


def find_misdelivered(record: Record) -> Iterator[Finding]:
    """Yield a finding for each message and each receiver for whom it was not."""
    is_for = record.promise.is_for
    may_hear: dict[tuple[str, str], bool] = {}
    has_left = {one.client for one in record.connections.values() if one.left}
    for message in record.messages.values():
        seen = set()
        for event in message.hears:
            pair = message.sender, event.client
            if pair not in may_hear:
                may_hear[pair] = is_for(*pair)
            if may_hear[pair] and event.client not in has_left:
                continue
            excuse: str | None = None
            rows: tuple[Event, ...] = (message.sends[0], event)
            if not may_hear[pair]:
                excuse = _excuse_own(message, event)
            elif left := _was_gone(record, message, event):
                rows = (left, *rows)
            else:
                continue
            if (event.client, excuse) not in seen:
                seen.add((event.client, excuse))
                yield Finding(
                    "misdelivered", message.id, message.sender, event.client, rows, excuse
                )


def find_stale(record: Record) -> Iterator[Finding]:
    """Yield a finding for each message that a receiver heard when it was over, or too late."""
    sent: dict[str, list[int]] = {}
    for message in record.messages.values():
        sent.setdefault(message.sender, []).append(message.sends[0].position)
    for message in record.messages.values():
        seen = set()
        for event in message.hears:
            if event.client in seen:
                continue
            excuse = None
            if late := _find_late(record, message, event, sent[message.sender]):
                rows = late
            elif is_newcomer(record, message, event):
                rows = _newcomer_rows(record, message, event)
                excuse = _excuse_replay(record, message)
            else:
                continue
            seen.add(event.client)
            yield Finding("stale", message.id, message.sender, event.client, rows, excuse)


def _excuse_replay(record: Record, message: Message) -> str | None:
    """Return why somebody may hear a message who came when it was over."""
    if record.promise.replayed:
        return REPLAYED
    if len(message.sends) > 1 and not record.promise.is_once:
        return "it was sent again, and at least once may pass it on again"
    return None


def find_unknown(record: Record) -> Iterator[Finding]:
    """Yield a finding for each thing that a receiver heard before anybody sent it in this run."""
    seen = set()
    for event in record.unknown:
        if (event.message, event.client) not in seen:
            seen.add((event.message, event.client))
            yield Finding("unknown", event.message, "", event.client, (event,))


def is_newcomer(record: Record, message: Message, event: Event) -> bool:
    """Return whether who heard a message began to connect after others had heard it.

    That its sending began before is no proof, for it may have been under way. Nor is an
    acknowledgement: a server may acknowledge a message, and pass it on later.
    """
    if message.shown is None:
        return False
    connection = record.connections[event.client, event.connection]
    if record.promise.is_to_identity:
        connection = record.of_client[event.client][0]
    return connection.dial.position > message.shown.position


def _newcomer_rows(record: Record, message: Message, event: Event) -> tuple[Event, ...]:
    connection = record.connections[event.client, event.connection]
    if record.promise.is_to_identity:
        connection = record.of_client[event.client][0]
    before = [one for one in message.hears if one.position < connection.dial.position]
    shown = min(before, key=lambda one: one.client, default=message.shown)
    assert shown is not None
    return message.sends[0], shown, connection.dial, event


def _find_late(
    record: Record, message: Message, event: Event, sent: list[int]
) -> tuple[Event, ...] | None:
    """Return the rows of a hearing before which its sender had begun too many later messages."""
    limit = record.promise.fresh_for
    if limit is None:
        return None
    own = bisect_right(sent, message.sends[0].position)
    later = bisect_right(sent, event.position) - own
    return (message.sends[0], event) if later > limit else None


def _excuse_twice(record: Record, message: Message, hears: list[Event]) -> str | None:
    """Return why somebody may hear a message more than once."""
    promise = record.promise
    if not promise.is_once:
        return "at least once may be more than once"
    if promise.is_to_identity or len({event.connection for event in hears}) < len(hears):
        return None
    if len(message.sends) > 1:
        return None
    if not any(is_newcomer(record, message, event) for event in hears):
        return "it was heard once on each of two connections that stood at the same time"
    return REPLAYED if promise.replayed else None


def _excuse_own(message: Message, event: Event) -> str | None:
    """Return why a sender may hear its own message: "all but this connection" is a usual rule."""
    is_same = len(message.sends) == 1 and event.connection == message.sends[0].connection
    if event.client != message.sender or is_same:
        return None
    return f"it came on another of {event.client}'s connections than the one that sent it"


def _was_gone(record: Record, message: Message, event: Event) -> Event | None:
    """Return the event by which a receiver had left before a message, and had not come back."""
    first = message.sends[0].position
    left = None
    for connection in reversed(record.of_client[event.client]):
        if connection.dial.position < event.position:
            if connection.left is None or connection.left.position > first:
                return None
            left = left or connection.left
    return left


def _by_receiver(message: Message) -> dict[str, list[Event]]:
    found: dict[str, list[Event]] = {}
    for event in message.hears:
        found.setdefault(event.client, []).append(event)
    return found
