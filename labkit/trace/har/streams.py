"""Event streams in HAR files.

The body of the answer is the stream, as far as it has come. Its events stand beside it in a field
`_eventSourceMessages`, named as Chromium's protocol names them, since the body has no times.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from labkit.protocols.event_stream import Block, EventStreamParser, format_block
from labkit.trace.har.times import MessageTimes

FIELD = "_eventSourceMessages"


class StreamBody:
    """The body of one answer, to which blocks are added."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []
        self._cursor = ""
        self.length = 0
        self.missing = 0

    def add(self, block: Block, data: bytes, at: float) -> dict[str, Any] | None:
        """Add a block; return its entry if it is an event.

        Parameters
        ----------
        block, data
            What it says, and its bytes.
        at
            When it came, in seconds since 1970.
        """
        self._parts.append(data)
        self.length += block.size
        if len(data) < block.size:
            self.missing += block.size - len(data)
            self._parts.append(b"\n\n")  # or the next one would be a part of it
        self._cursor = self._cursor if block.id is None else block.id
        if block.data is None:
            return None
        name = block.event or "message"
        return {"time": at, "eventName": name, "eventId": self._cursor, "data": block.data}

    @property
    def data(self) -> bytes:
        """The bytes of its blocks."""
        return b"".join(self._parts)


def read_stream(body: bytes, messages: list[Any], start: float) -> Iterator[tuple[float, bytes]]:
    """Yield the blocks of a stream as bytes, each with its time in seconds since 1970.

    Parameters
    ----------
    body
        The body of the answer; if there is none, its events are made from their entries.
    messages
        The entries of its events, whatever they are.
    start
        When the answer came.
    """
    entries = [each if isinstance(each, dict) else {} for each in messages]
    times = MessageTimes(start)
    if not body:
        for entry in entries:
            yield times.of(entry.get("time")), _made(entry)
        return
    parser, at, number, begin = EventStreamParser(len(body)), start, 0, 0
    for block in [*parser.feed(body), *parser.end()]:
        if block.data is not None and number < len(entries):
            at = times.of(entries[number].get("time"))
            number += 1
        yield at, body[begin : begin + block.size]
        begin += block.size
    if body[begin:]:
        yield at, body[begin:]


def _made(entry: dict[str, Any]) -> bytes:
    """Return an event for its entry."""
    name, cursor = _line(entry.get("eventName")), _line(entry.get("eventId"))
    data = entry.get("data")
    return format_block(
        event=None if name in ("", "message") else name,
        id=cursor or None,
        data=data.encode("utf-8", "replace").decode() if isinstance(data, str) else "",
    )


def _line(value: Any) -> str:
    """Return a text that fits into one line of a stream."""
    text = value if isinstance(value, str) else ""
    return text.translate(_NO_LINES).encode("utf-8", "replace").decode()


_NO_LINES = dict.fromkeys(map(ord, "\r\n\0"), "?")
