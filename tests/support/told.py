"""Histories as transcripts: `told("alice enter", "bob enter", "alice say alice#1", ...)`.

Each line names a client, with the number of its connection if that is not its newest, a kind of
event, and what belongs to it: `bob/1 ended fault`. `enter` is to dial and to join, `say` is to
begin a sending that succeeds at once.
"""

from __future__ import annotations

from labkit.delivery.event import Event
from labkit.delivery.history import History

SHORT = {"enter": ("dial", "joined"), "say": ("send", "sent")}


def told(*lines: str) -> list[Event]:
    """Return the events of a transcript."""
    events: list[Event] = []
    newest: dict[str, int] = {}
    for line in lines:
        who, what, *rest = line.split()
        client, _, number = who.partition("/")
        for kind in SHORT.get(what, (what,)):
            if kind == "dial":
                newest[client] = newest.get(client, 0) + 1
            connection = int(number) if number else newest[client]
            message = rest[0] if rest and "#" in rest[0] else ""
            cause = rest[0] if kind == "ended" else None
            events.append(Event(kind, client, connection, message, cause, len(events)))  # type: ignore[arg-type]
    return events


def as_told(history: History) -> list[str]:
    """Return the lines of a history, without its short forms."""
    lines = []
    for event in history:
        words = [f"{event.client}/{event.connection}", event.kind, event.message]
        lines.append(" ".join(filter(None, [*words, event.cause])))
    return lines
