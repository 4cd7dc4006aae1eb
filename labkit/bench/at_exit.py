"""The last work on a loop, when its kernel or program ends."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable

EXIT_TIMEOUT = 2.0
"""Seconds that closing everything may take when the kernel ends; Jupyter kills it after 2.5 s."""


def run_at_exit(loop: asyncio.AbstractEventLoop, work: Callable[[], Awaitable[None]]) -> None:
    """Run `work` on a loop that has been stopped; do nothing if the loop is closed or runs."""
    with contextlib.suppress(Exception):
        if not (loop.is_closed() or loop.is_running()):
            working = loop.create_task(asyncio.wait_for(work(), EXIT_TIMEOUT))
            while not working.done():  # ipykernel stops its loop twice, 0.1 s apart
                with contextlib.suppress(RuntimeError):
                    loop.run_until_complete(working)
