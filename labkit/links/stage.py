"""Stages: what may stand in a pipe, between the side that sends and the side that gets.

What travels is a line of items: bytes, and in the end a FIN or an RST, which stay behind the bytes
that were sent before them. A stage takes each item with `push`, and passes it on with `pass_on`, at
once or later, but in order. The pipe joins its stages up: what one passes on, the next one takes.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import Protocol

from labkit.protocols.stream import Item

HIGH_WATER = 64 * 1024
"""Bytes that may wait in one place, a stage or the buffer of a socket, before reading pauses."""


Push = Callable[[Item], None]
"""Takes an item."""


class Holder(Protocol):
    """The pipe in which a stage stands."""

    def held_changed(self) -> None:
        """Look again at how much its stages hold."""


class Stage:
    """A stage, which passes everything on at once unless a subclass says otherwise.

    Attributes
    ----------
    pipe
        Where it stands; set by the pipe, as is `pass_on`.
    pass_on
        Gives an item to whatever comes next.
    held
        Bytes that wait here. A stage that changes it calls `pipe.held_changed()`.
    limit
        Bytes that may wait here before the pipe pauses reading. One read more may come.
    """

    pipe: Holder
    pass_on: Push
    held = 0
    limit = HIGH_WATER

    @property
    def is_full(self) -> bool:
        """Whether so much waits here that nobody should read on."""
        return self.held > self.limit

    def push(self, item: Item) -> None:
        """Take an item."""
        self.pass_on(item)

    def release(self) -> None:
        """Pass on everything that waits here."""

    def drop(self) -> None:
        """Forget everything that waits here: both sides are closed."""


class Hold(Stage):
    """Holds everything until it is released."""

    def __init__(self) -> None:
        self._items: deque[Item] = deque()

    def push(self, item: Item) -> None:
        """Let an item wait behind those that came before it."""
        self._items.append(item)
        if isinstance(item, bytes):
            self.held += len(item)
            self.pipe.held_changed()

    def release(self) -> None:
        """Pass on everything that waits here, in order."""
        while self._items:
            self._release_first()

    def _release_first(self) -> None:
        item = self._items.popleft()
        if isinstance(item, bytes):
            self.held -= len(item)
            self.pipe.held_changed()
        self.pass_on(item)

    def drop(self) -> None:
        """Forget everything that waits here."""
        self._items.clear()
        self.held = 0


class Void(Stage):
    """Passes nothing on: the side that would get it is gone."""

    def push(self, item: Item) -> None:
        """Lose an item."""
