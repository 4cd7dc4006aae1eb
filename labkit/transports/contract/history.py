"""The bounded inbox and transcript of a client, which keep the last messages.

All that a server sends is kept for the learner to look at, so a foreign server could fill the
kernel's memory. Dropped messages are counted, and an error of `hears` reports them.
"""

from __future__ import annotations

import sys
from collections import deque
from dataclasses import replace
from typing import Any

from labkit.protocols.socketio import EventMessage
from labkit.transports.contract.transcript import Entry, Message, SendStatus
from labkit.transports.settings import MAX_KEPT_BYTES, MAX_TRANSCRIPT_ENTRIES

_ENTRY = sys.getsizeof(Entry("note", "", 0.0)) + 200
"""Bytes of an entry without its text: the object and its attributes."""


def size_in_memory(message: Message) -> int:
    """Return the bytes that a message takes in memory, including the arguments of an event."""
    size = sys.getsizeof(message)
    if not isinstance(message, EventMessage):
        return size
    todo: list[Any] = [*message.arguments]
    while todo:
        value = todo.pop()
        size += sys.getsizeof(value)
        if isinstance(value, dict):
            todo += value.keys()
            todo += value.values()
        elif isinstance(value, (list, tuple)):
            todo += value
    return size


class Inbox(list[Message]):
    """The messages that a client received, oldest first: a list of at most `MAX_KEPT_BYTES`.

    Attributes
    ----------
    dropped
        The number of older messages that were dropped.
    """

    def __init__(self) -> None:
        super().__init__()
        self.dropped = 0
        self._bytes = 0

    def keep(self, message: Message) -> None:
        """Append a message, and drop the oldest ones if they take too many bytes."""
        self.append(message)
        self._bytes += size_in_memory(message)
        if self._bytes > MAX_KEPT_BYTES:
            self._drop()

    def _drop(self) -> None:
        """Drop an eighth: the rest has to move, which is too slow to do for each message."""
        sizes = [size_in_memory(message) for message in self]  # a learner may have changed the list
        left, count = sum(sizes), 0
        while left > MAX_KEPT_BYTES - MAX_KEPT_BYTES // 8 and count < len(self) - 1:
            left -= sizes[count]
            count += 1
        del self[:count]
        self.dropped += count
        self._bytes = left


class Transcript(deque[Entry]):
    """The messages that a client said and heard, and notes about the connection, oldest first.

    It keeps at most `MAX_TRANSCRIPT_ENTRIES` entries and `MAX_KEPT_BYTES` bytes.

    Attributes
    ----------
    total
        The number of all entries so far, including dropped ones.
    """

    def __init__(self) -> None:
        super().__init__()
        self.total = 0
        self._bytes = 0

    def keep(self, entry: Entry) -> int:
        """Append an entry, drop the oldest ones if there are too many, and return its number."""
        self.append(entry)
        self._bytes += _ENTRY + size_in_memory(entry.text)
        while len(self) > MAX_TRANSCRIPT_ENTRIES or (
            self._bytes > MAX_KEPT_BYTES and len(self) > 1
        ):
            self._bytes -= _ENTRY + size_in_memory(self.popleft().text)
        self.total += 1
        return self.total - 1

    def set_status(self, number: int, status: SendStatus) -> None:
        """Set the send status of a message, if its entry has not been dropped."""
        index = number - (self.total - len(self))
        if index >= 0:
            self[index] = replace(self[index], send_status=status)
