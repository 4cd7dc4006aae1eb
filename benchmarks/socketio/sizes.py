"""Bytes on the wire for one chat message there and back, read off the trace of a link.

Both servers send a message back to its sender, who is alone: like is compared with like. Frames
follow from the protocols, so they are compared with arithmetic; headers of HTTP are another
number with another client, another version or another port.
"""

from __future__ import annotations

import asyncio
from typing import Any

from benchmarks.echo import handler
from benchmarks.socketio.people import EVENT
from benchmarks.socketio.servers import echoing
from labkit.trace import Direction

LENGTHS = (5, 32, 1000)
FRAMING = len(f'42["{EVENT}",""]')
"""Bytes that Socket.IO puts around a text."""

WAYS: tuple[Direction, Direction] = ("upstream", "downstream")

Sizes = tuple[int, int]
"""Bytes upstream and downstream."""

KINDS: dict[str, dict[str, Any]] = {
    "raw WebSocket": {},
    "Socket.IO on WebSocket": {"transports": ["websocket"], "acknowledge": False},
    "the same, acknowledged": {"transports": ["websocket"], "acknowledge": True},
    "Socket.IO on polling": {"transports": ["polling"], "acknowledge": False},
}


def frame(length: int, masked: bool) -> int:
    """Return the bytes of a frame with so many bytes of content, below 64 KiB (RFC 6455, 5.2)."""
    return length + (2 if length < 126 else 4) + (4 if masked else 0)


def expected(kind: str, length: int) -> Sizes | None:
    """Return what the protocols make of a text, None where HTTP is in it.

    The acknowledgement's number is 0 to 9, and is one byte.
    """
    raw, plain, acknowledged, _ = KINDS
    around, number, receipt = {
        raw: (0, 0, 0),
        plain: (FRAMING, 0, 0),
        acknowledged: (FRAMING, 1, frame(len("431[]"), masked=False)),
    }.get(kind, (0, 0, None))
    if receipt is None:
        return None
    up = frame(around + number + length, masked=True)
    return up, frame(around + length, masked=False) + receipt


async def _settled(client: Any, acks: int) -> None:
    """Wait until what belongs to a message has crossed: its receipt, and the next poll."""
    async with asyncio.timeout(5):
        while True:
            rows = client.link.trace.rows()
            asked = [row for row in rows if row.kind == "request"]
            answered = sum(row.kind == "response" for row in rows)
            polls = len(asked) > answered and asked[-1].content.startswith("GET")
            quiet = polls if client.transport == "polling" else True
            if quiet and sum(row.kind == "ack" for row in rows) == acks:
                return
            await asyncio.sleep(0.01)


async def _measured(server: Any, options: dict[str, Any]) -> list[Sizes]:
    """Return what each text took, there and back."""
    import labkit as lab

    client = await lab.connect(server, "alice", **options)
    trace, sizes, acks = client.link.trace, [], 0
    for length in LENGTHS:
        await _settled(client, acks)
        before = [len(trace.bytes(way)) for way in WAYS]
        acks += bool(options.get("acknowledge"))
        await client.say("x" * length)
        await client.hears("x" * length)
        await _settled(client, acks)
        up, down = (len(trace.bytes(way)) - b for way, b in zip(WAYS, before, strict=True))
        sizes.append((up, down))
    await client.close()
    return sizes


async def _all() -> dict[str, list[Sizes]]:
    import labkit as lab

    raw, socketio = await lab.serve(handler), await lab.serve(echoing())
    sizes = {
        kind: await _measured(socketio if options else raw, options)
        for kind, options in KINDS.items()
    }
    await lab.close()
    return sizes


def report() -> bool:
    """Measure and print a table; return whether the frames are what the protocols say."""
    print(
        "| bytes up / down, for a text of | "
        + " | ".join(f"{length} letters" for length in LENGTHS)
        + " | |\n|---|"
        + "---|" * (len(LENGTHS) + 1)
    )
    kept = True
    for kind, sizes in asyncio.run(_all()).items():
        wanted = [expected(kind, length) for length in LENGTHS]
        exact = None not in wanted
        good = not exact or wanted == sizes
        kept = kept and good
        why = "exact" if exact else "depends on the headers of client, server and host"
        print(
            f"| {kind} | "
            + " | ".join(f"{up:,} / {down:,}" for up, down in sizes)
            + f" | {why}{'' if good else f', MISSED: {wanted}'} |"
        )
    print(
        f"\nThe event is `{EVENT}`: Socket.IO puts {FRAMING} bytes around a text, as `42[...]`. "
        "The acknowledgement has a number of one digit, and its answer is a frame of its own. On "
        "polling a message is a POST with its answer and a GET with its answer, each with headers."
    )
    return kept
