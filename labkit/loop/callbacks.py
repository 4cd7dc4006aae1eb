"""What asyncio keeps of a callback that its loop runs.

Its `Handle` has no public names for these before Python 3.12: `_callback`, and `_context` to run it
in; `_run` is the method that the loop calls. They are the same in Python 3.11 to 3.14.
"""

from __future__ import annotations

import asyncio
from typing import Any

from labkit.loop.scope import Scope, current_scope

RUN = asyncio.Handle._run.__code__
"""What calls each callback that was handed to the loop."""


def scope_of(handle: Any) -> Scope | None:
    """Return the scope in which a callback was handed to the loop."""
    scope: Scope | None = handle._context.get(current_scope)
    return scope


def task_of(handle: Any) -> asyncio.Task[Any] | None:
    """Return the task that a callback has just ended; None if it is a step of none."""
    task = getattr(handle._callback, "__self__", None)
    return task if isinstance(task, asyncio.Task) and task.done() else None


def place_of(source: Any) -> str:
    """Say in which task or callback an error happened."""
    if isinstance(source, asyncio.Handle):
        callback = source._callback  # type: ignore[attr-defined]
        return f"callback `{getattr(callback, '__name__', callback)}`"
    coro = source.get_coro() if isinstance(source, asyncio.Task) else None
    name = getattr(coro, "__name__", "")
    return f"task `{name}`" if name else "the event loop"
