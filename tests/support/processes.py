"""Processes of a measurement: what they do, and that none of them is left."""

from __future__ import annotations

import asyncio
import math
import subprocess
import sys
from collections.abc import Iterator
from contextlib import AbstractAsyncContextManager, contextmanager

import psutil
import pytest

from labkit.measure.court.experiment import Measure
from tests.conftest import soon, turn_loop


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


async def check_latency(measure: Measure, slower: str, control: str, more: float) -> None:
    """See that one of two subjects is told to be slower by so many ms, within 5 %.

    Where other programs run, they add something to a longer wait, too. So the repeats count that
    they disturb least, of up to 30.
    """
    least = {slower: math.inf, control: math.inf}
    for _ in range(30):
        latency = (await measure())["latency"]
        least = {name: min(each, latency[name]) for name, each in least.items()}
        found = least[slower] - least[control]
        if found == pytest.approx(more, rel=0.05):
            return
    raise AssertionError(f"{found} ms more, not {more}")


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
