"""Full duplex: whether a text comes down while another one goes up, on the same TCP connection.

A latency holds both texts in the link until both are there. Then the record says on which
connections they are.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from labkit.bench import Bench
from labkit.faults import Latency
from labkit.measure.court.experiment import Figures
from labkit.measure.instruments.chat import open_chat, say_to
from labkit.measure.instruments.exact import exact
from labkit.measure.instruments.recorded import find_text, is_whole, until_recorded
from labkit.trace.rows import Row

SUBJECTS = ("websocket", "socketio", "socketio websocket", "socketio polling")

LONG = 60.0
"""Seconds (scaled) of the latency, which is removed long before: as soon as both texts are in."""


async def _measure(bench: Bench) -> Figures:
    found = await asyncio.gather(*(_connections(bench, subject) for subject in SUBJECTS))
    numbers = dict(zip(SUBJECTS, found, strict=True))
    return {
        "TCP connections": {subject: len({up, down}) for subject, (up, down) in numbers.items()},
        "both ways at once": {subject: int(up == down) for subject, (up, down) in numbers.items()},
    }


async def _connections(bench: Bench, subject: str) -> tuple[int, int]:
    """Return the connections of a text that goes up and of one that comes down at that time."""
    alice, bob = (await open_chat(bench, subject, "alice", "bob")).people
    await say_to(alice, "hello", bob)
    link = alice.link
    is_polling = alice.transport == "polling"
    await until_recorded(link.trace, lambda rows: _is_settled(rows, is_polling), "an open poll")
    with link.add(Latency(LONG)):
        await asyncio.gather(alice.say("going up"), bob.say("coming down"))
        rows = await until_recorded(link.trace, _are_both_there, "two texts at a time")
        up, down = _both(rows)
        assert up is not None and down is not None and (up.fate, down.fate) == ("held", "held")
    await asyncio.gather(bob.hears("going up"), alice.hears("coming down"))
    return up.connection, down.connection


def _is_settled(rows: Sequence[Row], is_polling: bool) -> bool:
    """Return whether every request was answered, but on polling the one that listens."""
    waiting = [row for row in rows if row.kind == "request" and not is_whole(rows, row)]
    return [row.content.split(" ")[0] for row in waiting] == ["GET"] * is_polling


def _both(rows: Sequence[Row]) -> tuple[Row | None, Row | None]:
    return find_text(rows, "going up", "upstream"), find_text(rows, "coming down", "downstream")


def _are_both_there(rows: Sequence[Row]) -> bool:
    return None not in _both(rows)


EXPERIMENT = exact(_measure)
