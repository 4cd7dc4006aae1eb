"""How long it takes to connect over a path of 50 ms each way, and what each round trip is for."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from statistics import median
from typing import Any

from benchmarks.socketio.slow_path import DELAY, slow_path

ROUND_TRIP = 2 * DELAY

KINDS: dict[str, tuple[int, dict[str, Any]]] = {
    "raw WebSocket": (1, {}),
    "Socket.IO, WebSocket only": (2, {"transports": ["websocket"]}),
    "Socket.IO, polling only": (2, {"transports": ["polling"]}),
    "Socket.IO, default": (4, {}),
}
"""Round trips, and the options of the client."""

WHY = """
Why the default takes four: Python's client asks for its namespace (`connect`, the packet `40`) as
soon as trip 1 is over, but only puts that into its queue; the loop that writes the queue starts
after the attempt to upgrade, so nothing of Socket.IO is under way in trips 2 and 3. The packet that
ends the upgrade and the one that asks for the namespace leave together, and trip 4 is the answer.
With WebSocket alone, or polling alone, the queue is written right after trip 1.

JavaScript's client posts `40` in trip 2, and needs four with this server all the same: from the
WebSocket's first byte on, Python's server answers polls with `noop` and keeps what it has to say
until the upgrade is over. The relay accepts at once: on a real path each TCP connection costs one
more trip (the default has two, one after the other)."""


@dataclass(frozen=True)
class Connected:
    """How it went.

    Attributes
    ----------
    seconds
        Until the client could talk.
    trips
        What crossed upstream and downstream, for each round trip.
    """

    seconds: float
    trips: list[tuple[list[str], list[str]]]


async def _connect(kind: str, options: dict[str, Any]) -> Connected:
    """Connect once; the link, and its trace, lie between the client and the path."""
    import labkit as lab

    raw = kind.startswith("raw")
    server = await lab.serve("websocket" if raw else "socketio")
    async with slow_path(server.port) as port:
        loop = asyncio.get_running_loop()
        link = await lab.link(f"{'ws' if raw else 'http'}://127.0.0.1:{port}/")
        started = loop.time()
        client = await lab.connect(link, "alice", **options)
        seconds = loop.time() - started
        rows = [row for row in link.trace.rows() if not row.is_fact]
        trips: list[tuple[list[str], list[str]]] = []
        for row in rows:
            half = (row.time - rows[0].time) / ROUND_TRIP
            number = round(half) - (row.direction == "downstream")
            while len(trips) <= number:
                trips.append(([], []))
            trips[number][row.direction == "downstream"].append(row.content)
        await client.close()
        await server.stop()
    await lab.close()
    return Connected(seconds, trips)


def report(repeats: int) -> bool:
    """Measure and print; return whether each took as many round trips as it should."""
    print(f"| over {DELAY * 1000:.0f} ms each way, connected after | ms | round trips |")
    print("|---|---|---|")
    kept = True
    last: list[tuple[list[str], list[str]]] = []
    for kind, (expected, options) in KINDS.items():
        turns = [asyncio.run(_connect(kind, options)) for _ in range(repeats)]
        took = median(turn.seconds for turn in turns)
        count = int(took / ROUND_TRIP)
        kept = kept and count == expected
        missed = "" if count == expected else f" MISSED: {expected}"
        print(f"| {kind} | {took * 1000:.0f} | **{count}**{missed} |", flush=True)
        last = turns[-1].trips
    print("\nThe trips of the default, as the trace of a link before the path has them:\n")
    for number, (up, down) in enumerate(last, 1):
        print(f"{number}. up: {'; '.join(up) or 'nothing'}. Down: {'; '.join(down) or 'nothing'}.")
    print(WHY)
    return kept
