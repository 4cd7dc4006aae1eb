"""Whether a handler was cancelled, or only what it awaited."""

from __future__ import annotations

import asyncio


def is_being_cancelled() -> bool:
    """Whether somebody ends the current task: then CancelledError in it is no error.

    A task that awaits another one gets CancelledError as well when that one is cancelled, and ends
    without anybody having asked it to.
    """
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0
