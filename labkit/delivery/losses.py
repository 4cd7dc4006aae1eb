"""What was owed and did not come: losses, missing acknowledgements, connections that were closed.

`judge.py` says what is owed to whom, and why a loss is excused.
"""

from __future__ import annotations

from collections.abc import Iterator

from labkit.delivery.event import Event
from labkit.delivery.finding import Finding
from labkit.delivery.record import Connection, Message, Record


def find_losses(record: Record) -> Iterator[Finding]:
    """Yield a finding for each pair of a message and a receiver to whom it was owed in vain."""
    gaps = _Gaps(record)
    for message in record.messages.values():
        missing = record.audience(message).difference(event.client for event in message.hears)
        for receiver in sorted(missing):
            if record.promise.is_to_identity:
                yield _loss_to_identity(record, message, receiver)
            else:
                yield _loss_to_connections(record, gaps, message, receiver)


def find_unacknowledged(record: Record) -> Iterator[Finding]:
    """Yield a finding for each message whose sender got no acknowledgement that was promised."""
    if not record.promise.acknowledged:
        return
    for message in record.messages.values():
        if message.ack is None:
            excuse, end = _excuse_for_no_ack(record, message)
            rows = _rows(message.sends[0], _any_hear(message), end)
            yield Finding("never acknowledged", message.id, message.sender, "", rows, excuse)


def find_disconnections(record: Record) -> Iterator[Finding]:
    """Yield a finding for each connection that neither a fault nor its client ended."""
    for connection in record.connections.values():
        ended = connection.ended
        if ended is not None and ended.cause == "server" and connection.leave is None:
            rows = _rows(connection.dial, connection.joined, ended)
            yield Finding("disconnected", "", "", connection.client, rows)


def _loss_to_connections(record: Record, gaps: _Gaps, message: Message, receiver: str) -> Finding:
    """Return the loss of a message that was owed to the connections which stood when it was sent.

    Each of the receiver's connections may have its own excuse; one without is enough.
    """
    connections = message.members.connections[receiver]
    kept = [one for one in connections if not one.is_excused and one.leave is None]
    gap = next((found for one in connections if (found := gaps.find(message, one))), None)
    excuse, end = _excuse_by_sender(record, message)
    if excuse is None and not kept and gap is None:
        last = connections[-1]
        end = last.leave or last.ended
        excuse = f"{receiver} had begun to leave" if last.leave else _over(last)
    shown = None if all(one.is_whole for one in record.sending(message)) else _proof(message)
    closed = kept[-1].ended if kept else None
    rows = _rows((kept or connections)[-1].joined, message.sends[0], shown, gap, end, closed)
    return Finding("lost", message.id, message.sender, receiver, rows, excuse)


def _loss_to_identity(record: Record, message: Message, receiver: str) -> Finding:
    """Return the loss of a message that was owed to a client, on whichever connection."""
    joined = message.members.connections[receiver][0].joined
    excuse = None
    away = record.leave(receiver, message.sends[0].position) or _away(record, receiver)
    if away is not None and away.kind in ("leave", "left"):
        excuse = f"{receiver} had begun to leave"
    elif away is not None and away.cause != "server":
        excuse = f"{receiver} was away at the end"
    elif message.known is None:
        away_sender = record.away(message.sender)
        if away_sender is not None and away_sender.cause != "server":
            away = away_sender
            excuse = f"{message.sender} was away at the end, and nothing shows that it came through"
    rows = _rows(joined, message.sends[0], _proof(message), away)
    return Finding("lost", message.id, message.sender, receiver, rows, excuse)


def _away(record: Record, receiver: str) -> Event | None:
    """Return by what a receiver was away at the end; who dials and has not joined is away too."""
    if away := record.away(receiver):
        return away
    connections = record.of_client[receiver]
    has_joined = any(one.is_whole and one.joined for one in reversed(connections))
    return None if has_joined else connections[-1].dial


def _excuse_by_sender(record: Record, message: Message) -> tuple[str | None, Event | None]:
    """Return why the server may never have had a message, and the event that says so."""
    if message.known is not None:
        return None, None
    sender = message.sender
    excuse, end = None, None
    for connection in record.sending(message):
        number = connection.number
        if connection.ended is not None and not connection.is_excused:
            return None, connection.ended
        if number in message.failed and number not in message.sent:
            excuse = f"{sender} could not send it: the call raised"
        elif connection.ended is not None:
            end = connection.ended
            excuse = f"{_over(connection)} before anything showed that it came through"
        elif number in message.sent:
            return None, None
        else:
            excuse = f"{sender} was still sending it at the end"
    return excuse, end


def _excuse_for_no_ack(record: Record, message: Message) -> tuple[str | None, Event | None]:
    sender = message.sender
    if record.promise.is_to_identity:
        away = record.away(sender)
        is_excused = away is not None and away.cause != "server"
        return (f"{sender} was away at the end" if is_excused else None), away
    excuse, end = None, None
    for connection in record.sending(message):
        end = connection.leave or connection.ended
        has_failed = connection.number in message.failed - message.sent
        if not (connection.is_excused or connection.leave or has_failed):
            return None, end
        excuse = _over(connection) if end else f"{sender} could not send it: the call raised"
        if connection.leave:
            excuse = f"{sender} had begun to leave"
    return excuse, end


class _Gaps:
    """Finds gaps: a later message of the same sender's connection was heard on the same one."""

    def __init__(self, record: Record) -> None:
        self._record = record
        self._last: dict[tuple[str, int, str, int], Event] | None = None

    def find(self, message: Message, connection: Connection) -> Event | None:
        """Return a later message that was heard on a connection, if order is promised."""
        if self._record.promise.order is None:
            return None
        if self._last is None:
            self._last = self._read()
        for sent in message.sends:
            key = connection.client, connection.number, sent.client, sent.connection
            later = self._last.get(key)
            if later and self._record.messages[later.message].sends[0].position > sent.position:
                return later
        return None

    def _read(self) -> dict[tuple[str, int, str, int], Event]:
        """Return on each connection, of each sender's connection, the message sent last."""
        last: dict[tuple[str, int, str, int], Event] = {}
        for message in self._record.messages.values():  # in the order of sending: a later one wins
            if len(message.sends) == 1:
                sent = message.sends[0]
                for event in message.hears:
                    last[event.client, event.connection, sent.client, sent.connection] = event
        return last


def _proof(message: Message) -> Event | None:
    """Return an event that proves that the server has a message, the same one in each run."""
    return message.ack or _any_hear(message) or message.known


def _any_hear(message: Message) -> Event | None:
    """Return one hearing of a message: who is first to hear it differs from run to run."""
    return min(message.hears, key=lambda event: event.client, default=None)


def _over(connection: Connection) -> str:
    ended = connection.ended
    how = "closed" if ended is not None and ended.cause == "client" else "cut by a fault"
    return f"{connection.client}'s connection was {how}"


def _rows(*events: Event | None) -> tuple[Event, ...]:
    found = {event.position: event for event in events if event is not None}
    return tuple(found[position] for position in sorted(found))
