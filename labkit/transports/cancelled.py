"""Whether a handler was cancelled, or only what it awaited."""

from __future__ import annotations

import asyncio


def is_being_cancelled() -> bool:
    """Return whether the current task was asked to end: then CancelledError is not a failure.

    A task that awaits another one also gets CancelledError when that one is cancelled, and then
    ends although it was not asked to.
    """
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0
