"""Traces of real sessions, recorded by real links."""

from __future__ import annotations

from labkit.trace import Direction, Trace


def recorded(*chunks: tuple[Direction, bytes], connection: int = 1) -> Trace:
    """Return a trace of one connection with these chunks."""
    trace = Trace()
    trace.note(connection, "opened")
    for direction, chunk in chunks:
        trace.append(connection, direction, chunk)
    return trace
