"""Round trips and pipelined messages with a server that echoes, all in one process and loop.

The figures are for each second that the processor worked for both sides: they waver less than those
of a clock, on a machine that does other things, too.
"""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from functools import partial

import aiohttp

from benchmarks.people import Join
from benchmarks.socketio.people import OverPolling, OverWebSocket
from benchmarks.socketio.servers import bare, echoing, hosted, read_alike
from benchmarks.worker import Measure, Subject

TEXT = "x" * 32
BATCH = 50

Serving = Callable[[], AbstractAsyncContextManager[str]]


def _bare() -> AbstractAsyncContextManager[str]:
    return bare(echoing())


def _hosted() -> AbstractAsyncContextManager[str]:
    return hosted(echoing())


@asynccontextmanager
async def _echo(
    serving: Serving, join: Join, count: int, at_once: int, alike: bool = True
) -> AsyncIterator[Measure]:
    """Say `count` texts, `at_once` before any is awaited."""
    if alike:
        read_alike()
    async with serving() as url, aiohttp.ClientSession() as session:
        person = await join(session, url)
        heard = person.hear()
        texts = [TEXT] * at_once

        async def measure() -> float:
            """Return texts that go there and come back, for each second of the processor."""
            started = time.process_time()
            for _ in range(count // at_once):
                await person.say(texts)
                for _ in texts:
                    await anext(heard)
            return count / (time.process_time() - started)

        yield measure
        await person.close()


def _pair(*arguments: object, **options: bool) -> tuple[Subject, Subject]:
    """Return the hosted and the bare subject of a measurement."""
    return (
        partial(_echo, _hosted, *arguments, **options),  # type: ignore[arg-type]
        partial(_echo, _bare, *arguments, **options),  # type: ignore[arg-type]
    )


AS_IT_COMES = _pair(OverWebSocket.join, 1500, 1, alike=False)
ROUND_TRIPS = _pair(OverWebSocket.join, 1500, 1)
PIPELINED = _pair(OverWebSocket.join, 3000, BATCH)
POLLED = _pair(OverPolling.join, 300, 1)
POLLED_PIPELINED = _pair(OverPolling.join, 3000, BATCH)
