"""Cancelling tasks; and whether a handler was cancelled, or only what it awaited."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import Any


async def end_tasks(tasks: Iterable[asyncio.Future[Any] | None], within: float) -> None:
    """Cancel tasks, except the current one, and wait until they end, at most `within` seconds."""
    left = {task for task in tasks if task is not None and not task.done()}
    left -= {asyncio.current_task()}
    for task in left:
        task.cancel()
    if left:
        await asyncio.wait(left, timeout=within)


def is_being_cancelled() -> bool:
    """Return whether the current task was asked to end: then CancelledError is not a failure.

    A task that awaits another one also gets CancelledError when that one is cancelled, and then
    ends although it was not asked to.
    """
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0
