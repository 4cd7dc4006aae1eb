"""Traces, as links record them, of sessions that were written down."""

from __future__ import annotations

import time

from labkit.trace import Direction, Trace
from tests.support.raw import TEXT, close, frame, request

SESSION = [
    ("upstream", request()),
    ("downstream", b"HTTP/1.1 101 S\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n"),
    ("upstream", frame(TEXT, b"hello") + frame(0x9, b"?") + close(1000, b"bye")),
    ("downstream", b"\x81\x05hello\x88\x02\x03\xe8"),
]


def recorded(*chunks: tuple[Direction, bytes], connection: int = 1) -> Trace:
    """Return a trace of one connection with these chunks."""
    trace = Trace()
    trace.note(connection, "opened")
    for direction, chunk in chunks:
        trace.append(connection, direction, chunk)
        later = time.perf_counter() + 5e-6
        while time.perf_counter() < later:
            pass  # times in HAR files are whole microseconds
    return trace
