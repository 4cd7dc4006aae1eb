"""The legs of a message's way: the whole of it, or to a store, or from the store.

A promise belongs to one leg. What happens in a run is recorded once; each leg reads it in its own
way. To the store, the senders are the clients, and the only receiver is the store, which is always
there. From the store, the only sender is the store, and it has sent what is in it at the end.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import Literal, get_args

from labkit.delivery.event import STORE, Event
from labkit.delivery.history import History
from labkit.delivery.promise import Promise
from labkit.exceptions import LabError

Leg = Literal["whole", "to store", "from store"]

LEGS: tuple[Leg, ...] = get_args(Leg)


def checked_leg(leg: object, has_store: bool) -> Leg:
    """Return a leg; by default the one to the store, if there is one.

    Raises
    ------
    LabError
        If there is no such leg.
    """
    if leg is None:
        return "to store" if has_store else "whole"
    if leg not in LEGS:
        names = ", ".join(f'"{each}"' for each in LEGS)
        raise LabError(f"leg must be one of {names}, or None, not {leg!r}.")
    if leg != "whole" and not has_store:
        raise LabError(
            f'The leg "{leg}" needs a store: let the factory give a pair, `handler, stored`, where '
            "`await stored()` returns what is in the store."
        )
    chosen: Leg = leg
    return chosen


def leg_promise(promise: Promise, leg: Leg) -> Promise:
    """Return a promise as it is about one leg: to the store, that one is the whole audience."""
    if leg == "to store":
        return replace(promise, audience=lambda sender, receiver: receiver == STORE)
    return promise


def read_to_store(history: History, rows: Sequence[object]) -> History:
    """Return what happened on the way to a store, which has these rows at the end."""
    found = History(history.run)
    found.join(STORE, found.dial(STORE))
    for event in history:
        if event.kind != "hear":
            _repeat(found, event)
    for row in rows:
        found.hear(STORE, 1, row)
    return found


def read_from_store(history: History, rows: Sequence[object]) -> History:
    """Return what happened on the way from a store, which has these rows at the end.

    The store has sent its rows, in its order. It began with each at the latest when a client began
    to send it, and so before anybody heard it.
    """
    stored = _ids(history, rows)
    sends = _begins(history, list(stored))
    further = {
        (client, message): number - 1
        for message, number in stored.items()
        for client in {event.client for event in history}
    }
    heard: set[tuple[str, str]] = set()
    found = History(history.run)
    found.dial(STORE)
    for event in history:
        for message in sends.get(event.position, ()):
            found.send(STORE, 1, message)
            found.sent(STORE, 1, message)
        if event.kind in ("send", "sent", "failed", "ack"):
            continue
        key = event.client, event.message
        if event.kind == "hear" and key in heard and further.get(key, 0) > 0:
            further[key] -= 1  # what is stored twice may be heard twice
            continue
        heard.add(key)
        _repeat(found, event)
    return found


def _ids(history: History, rows: Sequence[object]) -> Counter[str]:
    """Return how often each message is in the rows, in the order of the first time."""
    reader = History(history.run)
    return Counter(message for row in rows for message in reader.hear(STORE, 1, row))


def _begins(history: History, stored: Sequence[str]) -> dict[int, list[str]]:
    """Return which messages the store begins to send at each position of a history."""
    first: dict[str, int] = {}
    for event in history:
        if event.kind == "send":
            first.setdefault(event.message, event.position)
    begins: dict[int, list[str]] = {}
    latest = len(history)
    for message in reversed([each for each in stored if each in first]):
        latest = min(latest, first[message])
        begins.setdefault(latest, []).insert(0, message)
    return begins


def _repeat(found: History, event: Event) -> None:
    """Record an event again."""
    client, number, message = event.client, event.connection, event.message
    if event.kind == "dial":
        found.dial(client)
    elif event.kind == "joined":
        found.join(client, number)
    elif event.kind == "ended" and event.cause is not None:
        found.end(client, number, event.cause)
    elif event.kind == "hear":
        is_own = re.fullmatch(r"\w+#\d+", message)
        found.hear(client, number, found.text(message) if is_own else message)
    elif event.kind == "leave":
        found.leave(client, number)
    elif event.kind == "left":
        found.left(client, number)
    elif event.kind == "send":
        found.send(client, number, message)
    elif event.kind == "sent":
        found.sent(client, number, message)
    elif event.kind == "failed":
        found.failed(client, number, message)
    elif event.kind == "ack":
        found.ack(client, number, message)
