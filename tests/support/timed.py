"""How long something takes on a machine that may be busy."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable


async def seconds_of(act: Callable[[], Awaitable[object]]) -> float:
    """Return how long something takes."""
    start = time.perf_counter()
    await act()
    return time.perf_counter() - start


async def takes(asked: float, act: Callable[[], Awaitable[object]], tries: int = 7) -> None:
    """Assert that something takes what was asked for, at most 10 % and 50 ms more, never less.

    Less is never right. More may be the machine's doing, but not each time: one try of several has
    to be in time.
    """
    seconds: list[float] = []
    while not seconds or (len(seconds) < tries and min(seconds) > asked * 1.1 + 0.05):
        seconds.append(await seconds_of(act))
        assert seconds[-1] >= asked, f"took {seconds[-1]:.6f} s, less than {asked:g} s"
    assert min(seconds) <= asked * 1.1 + 0.05, f"took {seconds}, asked were {asked:g} s"
