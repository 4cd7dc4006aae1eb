"""The record of a link, and the lens through which it is read."""

from labkit.protocols.directions import Direction
from labkit.trace.records import Record
from labkit.trace.trace import Trace

__all__ = ["Direction", "Record", "Trace"]
