"""Bytes: what a connection, a text and an idle hour cost on the wire, by the link's record.

A text costs its frame; over polling it costs the request that brought it, with its answer. To
connect costs everything that crosses before the first message. TCP and IP headers are not counted.

Socket.IO's texts are events named ``chat message``, as in its tutorial: a shorter name would save
up to 11 bytes of each. Its clients here leave out the time in the address of a request
(`timestamp_requests`), by default some 20 bytes for each request of polling, since its length
varies. A browser adds several hundred bytes of headers to each request, on both stacks.

An idle hour is computed, from one heartbeat that is recorded, and the interval that each library
has by default. Both ends of `websockets` send pings. A browser sends none, which halves its bytes.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from labkit.bench import Bench
from labkit.measure.court.experiment import Figures
from labkit.measure.instruments.chat import WAYS, open_chat, say_to
from labkit.measure.instruments.exact import exact
from labkit.measure.instruments.recorded import (
    cost,
    find_packet,
    find_text,
    is_whole,
    kinds,
    until_recorded,
)
from labkit.protocols.directions import Direction
from labkit.trace.rows import Row

_PROSE = (
    "Last night the line to the harbour was down again, so nobody heard that the ferry would be an "
    "hour late. Anna waited on the pier with two boxes of apples and a dog that was not hers. When "
    "the lights of the ship came round the island at last, she had read the timetable four times, "
    "and the dog had eaten one of the apples. The captain waved from the bridge, as he always did, "
    "and shouted something that the wind took away. Later, in the kitchen, he told us what it was: "
    "the radio had worked all the time. He had called every ten minutes, and each time somebody on "
    "the shore had answered, very politely, that the message would be passed on. We never found "
    "out who that was. Since then we ask for an answer to whatever matters, and we count: a call "
    "without its number is not a call, said the captain, it is weather. The apples were good. The "
    "dog stayed with us for eleven years, and it never missed a ferry, early or late, in any "
    "weather, although nobody had ever told it when one would come. Nor do we."
)

TEXTS = {"32 bytes": "Is the ferry late? Nobody called", "1000 bytes": _PROSE}
"""What is said, by its length in UTF-8: English, since repeated letters would flatter compression.
"""

INTERVALS = {"websocket": 20.0, "socketio": 25.0, "socketio polling": 25.0}
"""Seconds between two pings by default: of each end of `websockets`, of python-socketio's servers.
"""

HOUR = 3600.0

_Beat = tuple[str, Direction]

_PINGED: tuple[_Beat, ...] = (("ping", "downstream"), ("pong", "upstream"))
_BOTH_PING: tuple[_Beat, ...] = (*_PINGED, ("ping", "upstream"), ("pong", "downstream"))

SHORT = 0.1
"""Seconds (scaled) between the pings that are recorded; python-engineio cannot do below 1 s."""


async def _measure(bench: Bench) -> Figures:
    talks, hours = await asyncio.gather(
        asyncio.gather(*(_talk(bench, subject) for subject in WAYS)),
        asyncio.gather(*(_idle(bench, subject, each) for subject, each in INTERVALS.items())),
    )
    figures = {
        figure: {subject: talk[figure] for subject, talk in zip(WAYS, talks, strict=True)}
        for figure in talks[0]
    }
    return {**figures, "an hour idle": dict(zip(INTERVALS, hours, strict=True))}


async def _talk(bench: Bench, subject: str) -> dict[str, float]:
    """Return what a subject's connection, and each text in each direction, costs."""
    alice, bob = (await open_chat(bench, subject, "alice", "bob")).people
    for text in TEXTS.values():
        await say_to(alice, text, bob)
    await say_to(alice, "the end", bob)  # by now, whatever brought the texts was answered
    said, heard = alice.link.trace.rows(), bob.link.trace.rows()
    figures: dict[str, float] = {"connect": _connecting(said)}
    for length, text in TEXTS.items():
        figures[f"{length} up"] = _text_cost(said, text, "upstream")
        figures[f"{length} down"] = _text_cost(heard, text, "downstream")
    return figures


def _connecting(rows: Sequence[Row]) -> int:
    """Return the bytes before the first message, of both directions."""
    first = next(row for row in rows if kinds(row) & {"text", "event"})
    return sum(row.size for row in rows if row.number < first.number)


def _text_cost(rows: Sequence[Row], text: str, direction: Direction) -> int:
    row = find_text(rows, text, direction)
    assert row is not None, f"{text[:20]!r} was heard, and is not in the record"
    return cost(rows, row)


async def _idle(bench: Bench, subject: str, interval: float) -> float:
    """Return the bytes of an hour in which only heartbeats cross, one each `interval` seconds."""
    is_raw = subject == "websocket"
    beats = _BOTH_PING if is_raw else _PINGED
    options = {"ping_interval": SHORT if is_raw else 1}
    chat = await open_chat(
        bench, subject, "idle", serve=options, connect=options if is_raw else None
    )
    trace = chat.people[0].link.trace

    def find(rows: Sequence[Row]) -> list[Row]:
        found = [find_packet(rows, kind, direction) for kind, direction in beats]
        return [row for row in found if row is not None and is_whole(rows, row)]

    rows = await until_recorded(trace, lambda rows: len(find(rows)) == len(beats), "a heartbeat")
    return sum(cost(rows, row) for row in find(rows)) * HOUR / interval


EXPERIMENT = exact(_measure)
