"""One object for each event loop: the notebook's, and those that run on other threads."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Generic, TypeVar

T = TypeVar("T")


class PerLoop(Generic[T]):
    """Objects by their loops; loops on several threads may use it at once.

    Examples
    --------
    >>> names = PerLoop[str]()
    >>> names.put(loop, "chat")
    >>> list(names)
    ['chat']
    """

    def __init__(self) -> None:
        self._things: dict[asyncio.AbstractEventLoop, T] = {}

    def put(self, loop: asyncio.AbstractEventLoop, thing: T) -> None:
        """Set the object of a loop."""
        self._things[loop] = thing

    def drop(self, loop: asyncio.AbstractEventLoop) -> None:
        """Remove the object of a loop, if there is one."""
        self._things.pop(loop, None)

    def here(self) -> T | None:
        """Return the object of the loop that runs on this thread, None if there is none."""
        return self._things.get(asyncio.get_running_loop())

    def take_ended(self) -> list[T]:
        """Return the objects of loops that have been closed, and remove them."""
        closed = [loop for loop in tuple(self._things) if loop.is_closed()]
        return [self._things.pop(loop) for loop in closed if loop in self._things]

    def __iter__(self) -> Iterator[T]:
        return iter(tuple(self._things.values()))
