"""The record of a link, and the lens through which it is read."""

from labkit.trace.trace import Direction, Record, Trace

__all__ = ["Direction", "Record", "Trace"]
