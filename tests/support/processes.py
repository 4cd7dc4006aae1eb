"""Processes of a measurement: what they do, and that none of them is left."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import Iterator
from contextlib import AbstractAsyncContextManager, contextmanager

import psutil
import pytest

from labkit.measure.court.experiment import Measure
from tests.conftest import soon, turn_loop

REPEATS, AT_MOST = 5, 25
"""Measurements for each calibration, and how many there are if other programs disturb them."""


def children() -> list[psutil.Process]:
    """Return the processes that this one has started."""
    return [each for each in psutil.Process().children() if each.status() != psutil.STATUS_ZOMBIE]


async def check_cancelled(opened: AbstractAsyncContextManager[Measure]) -> None:
    """Cancel a measurement while it is made, and see that no process is left."""
    before = children()
    is_open = asyncio.Event()

    async def measure_on() -> None:
        async with opened as measure:
            is_open.set()
            while True:
                await measure()

    running = asyncio.ensure_future(measure_on())
    await soon(lambda: is_open.is_set() or running.done(), within=30)
    await turn_loop(10)
    assert len(children()) > len(before)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    await soon(lambda: children() == before)


async def check_more(measure: Measure, figure: str, slower: str, control: str, more: float) -> None:
    """See that a figure of one of two subjects is told to be so much higher, within 5 %.

    Other programs only ever add: by letting a longer wait wait, by emptying the processor's caches.
    So the repeat counts that they disturb least.
    """
    repeats = [(await measure())[figure] for _ in range(REPEATS)]
    while True:
        least = {name: min(each[name] for each in repeats) for name in (slower, control)}
        difference = least[slower] - least[control]
        if difference == pytest.approx(more, rel=0.05):
            return
        assert len(repeats) < AT_MOST, f"{difference} more, not {more}"
        repeats.append((await measure())[figure])


HOG = """
import os, threading
threading.Thread(target=lambda: (os.read(0, 1), os._exit(0)), daemon=True).start()
while True: pass
"""
"""Ends with its input, so also if the tests are killed."""


@contextmanager
def busy_machine(programs: int = 2) -> Iterator[None]:
    """Let other programs want all of the machine's processors."""
    hogs = [
        subprocess.Popen([sys.executable, "-c", HOG], stdin=subprocess.PIPE)
        for _ in range(programs)
    ]
    try:
        yield
    finally:
        for hog in hogs:
            hog.communicate()
