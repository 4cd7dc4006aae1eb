"""The history of a chat: numbered messages, so that a client that comes back misses none.

It is what a plain WebSocket lacks. A client says how far it has read, and gets what came since. The
history is bounded, by number and by bytes, so what it has dropped is reported as lost.
"""

from __future__ import annotations

import secrets
from collections import deque
from dataclasses import dataclass

from labkit.transports.contract import Message
from labkit.transports.http.chat.cursor import Cursor
from labkit.transports.http.chat.envelope import encode_message
from labkit.transports.settings import MAX_ANSWER, MAX_HISTORY_BYTES, MAX_HISTORY_MESSAGES


@dataclass(frozen=True)
class Kept:
    """A message in the history.

    Attributes
    ----------
    number
        Its number, from 1.
    sender
        The id of the client that said it.
    content
        The message as a member of a JSON object: encoded once for all that hear it.
    """

    number: int
    sender: str
    content: str


@dataclass(frozen=True)
class Reading:
    """What is new for a client.

    Attributes
    ----------
    messages
        The messages of others, oldest first.
    next
        The cursor behind them, and behind the client's own.
    lost
        How many messages at most are missing before them (some may be the client's own); None if
        nobody knows, because the cursor is of another start of the server.
    """

    messages: list[Kept]
    next: Cursor
    lost: int | None = 0


class History:
    """The last messages of a chat.

    Parameters
    ----------
    most
        The number of messages to keep.

    Attributes
    ----------
    epoch
        Random, so that a cursor of another history is recognized.
    last
        The number of the last message.
    """

    def __init__(self, most: int = MAX_HISTORY_MESSAGES) -> None:
        self.epoch = secrets.token_hex(4)
        self.last = 0
        self._most = most
        self._kept: deque[Kept] = deque()
        self._bytes = 0

    def add(self, message: Message, sender: str) -> Kept:
        """Keep a message, and drop the oldest ones if there are too many."""
        self.last += 1
        kept = Kept(self.last, sender, encode_message(message))
        self._kept.append(kept)
        self._bytes += len(kept.content)
        while len(self._kept) > self._most or (
            self._bytes > MAX_HISTORY_BYTES and len(self._kept) > 1
        ):
            self._bytes -= len(self._kept.popleft().content)
        return kept

    def at(self, number: int) -> Cursor:
        """Return the cursor behind a message."""
        return Cursor(self.epoch, number)

    def is_far_behind(self, cursor: Cursor) -> bool:
        """Return whether the history may soon drop what is new for a cursor."""
        return 2 * (self.last - cursor.number) >= self._most or 2 * self._bytes > MAX_HISTORY_BYTES

    def check(self, cursor: Cursor) -> None:
        """Raise ValueError for a cursor of this history that lies in the future."""
        if cursor.epoch == self.epoch and cursor.number > self.last:
            raise ValueError(f"the cursor {cursor} is ahead of the last message, {self.last}")

    def read(self, after: Cursor | None, reader: str) -> Reading:
        """Return what is new for a client, at most about `MAX_ANSWER` bytes of it.

        Parameters
        ----------
        after
            The client's cursor; None for a client that begins to listen now.
        reader
            The id of the client, whose own messages are skipped.
        """
        if after is None:
            return Reading([], self.at(self.last))
        if after.epoch != self.epoch:
            return Reading([], self.at(self.last), lost=None)
        before = self.last - len(self._kept)  # the number of the last one that was dropped
        messages, size, number = [], 0, max(after.number, before)
        while number < self.last and size < MAX_ANSWER:
            kept = self._kept[number - before]
            number += 1
            if kept.sender != reader:
                messages.append(kept)
                size += len(kept.content)
        return Reading(messages, self.at(number), max(0, before - after.number))
