"""Measure and print: `python -m benchmarks [--repeats N] [GROUP ...]`."""

from __future__ import annotations

import argparse
import sys

from benchmarks import (
    boxes,
    court,
    delivery,
    echo,
    fan_out,
    faults,
    links,
    load,
    memory,
    ratios,
    transports,
    wire,
)
from benchmarks.ratios import Pair
from benchmarks.socketio import connecting, sizes
from benchmarks.socketio import echo as socketio_echo
from benchmarks.socketio import fan_out as socketio_fan_out
from benchmarks.socketio import load as socketio_load
from benchmarks.socketio import memory as socketio_memory

HOSTING = (
    Pair("hosted echo, round trips", "/s", echo.hosted_round_trips, echo.bare_round_trips, 0.95),
    Pair("the same, reading alike", "/s", echo.hosted_round_trips, echo.limited_round_trips, 0.95),
    Pair("hosted echo, pipelined", "/s", echo.hosted_pipelined, echo.bare_pipelined, 0.95),
    Pair("hosted fan-out to 100", "/s of CPU", fan_out.hosted, fan_out.bare, 0.95),
)

LINKS = (
    Pair("link, round trips", "/s", links.link_round_trips, echo.limited_round_trips, 0.6),
    Pair("link, pipelined", "/s", links.link_pipelined, echo.limited_pipelined, 0.9),
    Pair("the least relay, round trips", "/s", links.relay_round_trips, echo.limited_round_trips),
    Pair("the least relay, pipelined", "/s", links.relay_pipelined, echo.limited_pipelined),
)


def report_links(repeats: int) -> bool:
    """Measure what a link costs, and what faults that never act add to that."""
    kept = ratios.report(LINKS, repeats)
    print("\n### A fault that never acts, against a link without faults\n", flush=True)
    return ratios.report(faults.FAULTS, repeats) and kept


WIRE = (
    Pair(
        "recording, round trips",
        "/s",
        wire.recording_round_trips,
        wire.silent_round_trips,
        0.95,
    ),
    Pair("recording, 64 KiB writes", "MiB/s", wire.recording_bulk, wire.silent_bulk, 0.6),
)

MITMDUMP = Pair(
    "link, against mitmdump", "/s", wire.recording_round_trips, wire.mitm_round_trips, 8.0
)


def report_wire(repeats: int) -> bool:
    """Measure what belongs to the record of a link."""
    pairs = WIRE if wire.mitmdump() is None else (*WIRE, MITMDUMP)
    if wire.mitmdump() is None:
        print("(Without mitmdump: install it anywhere and set MITMDUMP to its path.)\n")
    kept = [
        ratios.report(pairs, repeats),
        wire.report_memory(),
        wire.report_decoding(),
        wire.report_view(max(1, repeats // 3)),
    ]
    return all(kept)


SOCKETIO = (
    Pair("round trips, WebSocket, as it comes", "/s of CPU", *socketio_echo.AS_IT_COMES, 0.95),
    Pair("the same, reading alike", "/s of CPU", *socketio_echo.ROUND_TRIPS, 0.95),
    Pair("pipelined, WebSocket", "/s of CPU", *socketio_echo.PIPELINED, 0.95),
    Pair("round trips, polling", "/s of CPU", *socketio_echo.POLLED, 0.9),
    Pair("pipelined, polling", "/s of CPU", *socketio_echo.POLLED_PIPELINED, 0.9),
    Pair("fan-out to 100", "/s of CPU", socketio_fan_out.hosted, socketio_fan_out.bare, 0.95),
)
"""A polled message is two requests, at each of which labkit asks who may connect: 0.9."""


def report_socketio(repeats: int) -> bool:
    """Measure what labkit adds to Socket.IO, and what Socket.IO adds to raw WebSocket."""
    few = max(1, repeats // 3)
    kept = []
    for title, report in {
        "An `AsyncServer` that labkit hosts": lambda: ratios.report(SOCKETIO, repeats),
        "Connecting": lambda: connecting.report(few),
        "Bytes on the wire": sizes.report,
        "Load, clients in another process": lambda: socketio_load.report(few),
        "Memory": lambda: socketio_memory.report(few),
    }.items():
        print(f"\n### {title}\n", flush=True)
        kept.append(report())
    return all(kept)


GROUPS = {
    "hosting": ("A handler that labkit hosts", lambda n: ratios.report(HOSTING, n)),
    "links": ("A recording link, against no link", report_links),
    "wire": ("The record of a link", report_wire),
    "boxes": ("An open chat box", lambda n: boxes.report(max(1, n // 3))),
    "load": ("Load, clients in another process", lambda n: load.report(max(1, n // 3))),
    "memory": ("Memory", lambda n: memory.report(max(1, n // 3))),
    "socketio": ("Socket.IO", report_socketio),
    "delivery": ("A verdict on what was delivered", lambda n: delivery.report(max(1, n // 3))),
    "transports": ("The five transports", lambda n: transports.report(max(1, n // 3))),
    "court": ("The court", court.report),
}


def main() -> int:
    """Measure what was asked for; 1 if a promise was missed."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("groups", nargs="*", metavar="group", help=", ".join(GROUPS))
    parser.add_argument("--repeats", type=int, default=9, help="of each pair (default 9)")
    chosen = parser.parse_args()
    unknown = set(chosen.groups) - set(GROUPS)
    if unknown:
        parser.error(f"no such group: {', '.join(sorted(unknown))}; there are {', '.join(GROUPS)}")
    kept = True
    for name, (title, report) in GROUPS.items():
        if name in (chosen.groups or GROUPS):
            print(f"\n## {title}\n", flush=True)
            kept = report(chosen.repeats) and kept
    return 0 if kept else 1


if __name__ == "__main__":
    sys.exit(main())
