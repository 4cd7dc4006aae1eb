"""What a client keeps of what it hears and says: the last part, within a number of bytes.

Whatever a server sends is kept for the learner to look at, so a stranger could fill the memory of
the kernel. What is let go is counted, and `hears` tells of it.
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
"""Bytes of an entry without its text: the object, and its attributes."""


def size_in_memory(message: Message) -> int:
    """Return how many bytes a message takes in memory, the arguments of an event with it."""
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
    """The messages that a client heard, oldest first: a list, at most `MAX_KEPT_BYTES` bytes of it.

    Attributes
    ----------
    dropped
        How many older messages were let go.
    """

    def __init__(self) -> None:
        super().__init__()
        self.dropped = 0
        self._bytes = 0

    def keep(self, message: Message) -> None:
        """Append a message, and let go of the oldest ones if they are too much."""
        self.append(message)
        self._bytes += size_in_memory(message)
        if self._bytes > MAX_KEPT_BYTES:
            self._let_go()

    def _let_go(self) -> None:
        """Drop an eighth: what is left has to move, which is too much to do for each message."""
        sizes = [size_in_memory(message) for message in self]  # a learner may have changed the list
        left, count = sum(sizes), 0
        while left > MAX_KEPT_BYTES - MAX_KEPT_BYTES // 8 and count < len(self) - 1:
            left -= sizes[count]
            count += 1
        del self[:count]
        self.dropped += count
        self._bytes = left


class Transcript(deque[Entry]):
    """What a client said, heard and noted, oldest first.

    It has at most `MAX_TRANSCRIPT_ENTRIES` entries, and `MAX_KEPT_BYTES` bytes.

    Attributes
    ----------
    total
        How many entries there were, also those that were let go.
    """

    def __init__(self) -> None:
        super().__init__()
        self.total = 0
        self._bytes = 0

    def keep(self, entry: Entry) -> int:
        """Append an entry, let go of the oldest ones if they are too many; return its number."""
        self.append(entry)
        self._bytes += _ENTRY + size_in_memory(entry.text)
        while len(self) > MAX_TRANSCRIPT_ENTRIES or (
            self._bytes > MAX_KEPT_BYTES and len(self) > 1
        ):
            self._bytes -= _ENTRY + size_in_memory(self.popleft().text)
        self.total += 1
        return self.total - 1

    def set_status(self, number: int, status: SendStatus) -> None:
        """Put down how far a message came, if its entry is still there."""
        index = number - (self.total - len(self))
        if index >= 0:
            self[index] = replace(self[index], send_status=status)
