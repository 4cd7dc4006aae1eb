"""What a run is about: a server whose state is new in each run, and perhaps a store behind it.

A handler that keeps its connections in a global set would carry them from one run into the next
one, and be accused of what happened there. A factory is called for each run.
"""

from __future__ import annotations

import inspect
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import Any

from labkit.exceptions import LabError

Stored = Callable[[], Awaitable[Iterable[object]]]
"""Returns what is in a store, in its order."""


@dataclass(frozen=True)
class Subject:
    """What a factory gave for one run.

    Attributes
    ----------
    server
        What `lab.serve` takes.
    stored
        Returns what is in the store; None without a store.
    """

    server: Any
    stored: Stored | None = None


def is_factory(subject: object) -> bool:
    """Return whether something is called for each run: a class, or a function of no parameters.

    Examples
    --------
    >>> async def handler(websocket): ...
    >>> is_factory(handler), is_factory(lambda: handler)
    (False, True)
    """
    if not callable(subject):
        return False
    try:
        inspect.signature(subject).bind()
    except (TypeError, ValueError):  # it needs arguments, or is not written in Python
        return False
    return not _is_library(subject)


def _is_library(subject: object) -> bool:
    """Return whether something that can be called is a library's server all the same."""
    return type(subject).__module__.split(".")[0] in ("socketio", "aiohttp")


@asynccontextmanager
async def new_subject(subject: object) -> AsyncIterator[Subject]:
    """Make what one run is about; what a factory opened is closed at the end.

    Raises
    ------
    LabError
        If a factory gives something that cannot be served.
    """
    async with AsyncExitStack() as stack:
        made: Any = subject
        if callable(subject) and is_factory(subject):
            made = subject()
            if inspect.isawaitable(made):
                made = await made
            if isinstance(made, AbstractAsyncContextManager):
                made = await stack.enter_async_context(made)
        yield _parts(subject, made)


def _parts(subject: object, made: Any) -> Subject:
    """Return the server and the store in what a factory gave."""
    server, stored = made, getattr(made, "stored", None)
    if isinstance(made, tuple):
        if len(made) != 2:
            raise LabError(
                f"{_name(subject)} should give a handler, or a pair: a handler, and a coroutine "
                f"function that returns what is stored; it gave {len(made)} things."
            )
        server, stored = made
    server = getattr(server, "handler", server) if not _is_library(server) else server
    if stored is not None and not callable(stored):
        raise LabError(
            f"What is stored is asked for by a coroutine function, `async def stored(): ...`, "
            f"not by {stored!r}."
        )
    if server is None:
        raise LabError(f"{_name(subject)} returned nothing. It should return a handler.")
    return Subject(server, stored)


async def read_store(stored: Stored) -> list[object]:
    """Return what is in a store, in its order.

    Raises
    ------
    LabError
        If it cannot be awaited, or is not a list.
    """
    result: Any = stored()
    if not inspect.isawaitable(result):
        raise LabError(
            f"`stored` returned {result!r}. Write `async def stored():`, and return the texts that "
            "are in the store, in their order."
        )
    found: Any = await result
    if isinstance(found, (str, bytes)) or not isinstance(found, Iterable):
        raise LabError(f"`stored` should return a list of what is stored, not {found!r}.")
    return list(found)


def _name(subject: object) -> str:
    return f"`{getattr(subject, '__name__', type(subject).__name__)}`"
