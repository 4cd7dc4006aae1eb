"""The kernel, as a process beside it sees it: the other end of the pipe of `child.py`.

A thread reads the pipe, because not each event loop can.
"""

from __future__ import annotations

import asyncio
import gc
import json
import os
import sys
import threading
import time
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from typing import Any

from labkit.sockets.descriptors import allow_descriptors

Answers = Mapping[str, Callable[..., Awaitable[Mapping[str, Any] | None]]]
"""What answers each request, by its name; called with the request's details."""


MAX_CONNECTIONS = 1000
"""For which each process has descriptors, if the system lets it."""

BEGAN = 0
"""The number of the answer that nobody asked for: that a process has begun."""


def read_told() -> bytes:
    """Return the first line of standard input, without a buffer that a thread would lock."""
    line = b""
    while not line.endswith(b"\n"):
        byte = os.read(0, 1)
        if not byte:
            os._exit(0)
        line += byte
    return line


def report(fields: Mapping[str, Any]) -> None:
    """Report to the kernel; if there is none any more, there is nothing left to do."""
    try:
        sys.stdout.write(json.dumps(fields) + "\n")
        sys.stdout.flush()
    except OSError:
        os._exit(0)


def follow_parent(on_line: Callable[[bytes], None], on_end: Callable[[], None]) -> None:
    """Read further lines on a thread, until the input ends.

    Parameters
    ----------
    on_line
        Called with each line, on that thread.
    on_end
        Called when the input has ended, on that thread: the kernel wants no more, or is gone.
    """

    def follow() -> None:
        rest = b""
        with suppress(OSError):
            while piece := os.read(0, 65536):
                *lines, rest = (rest + piece).split(b"\n")
                for line in lines:
                    on_line(line)
        on_end()

    threading.Thread(target=follow, daemon=True).start()


async def answer_parent(answers: Answers, **began: Any) -> None:
    """Report that this process has begun, and answer requests, one after the other, until it ends.

    It ends at once with its input, whatever it does then: a process that is measured closes no
    connection of its clients, which end with it. Each process answers two requests besides: "cpu",
    the seconds that the processor has worked for it, and "memory", the bytes that it holds after a
    garbage collection.

    Parameters
    ----------
    answers
        What it answers.
    began
        What it reports first, such as its port.
    """
    allow_descriptors(MAX_CONNECTIONS)
    loop = asyncio.get_running_loop()
    requests: asyncio.Queue[bytes] = asyncio.Queue()

    def take(line: bytes) -> None:
        loop.call_soon_threadsafe(requests.put_nowait, line)

    follow_parent(take, lambda: os._exit(0))
    all_answers: Answers = {"cpu": _read_cpu, "memory": _read_memory, **answers}
    report({"answer": BEGAN, **began})
    while True:
        details = json.loads(await requests.get())
        number, request = details.pop("number"), details.pop("request")
        answer = await all_answers[request](**details)
        report({"answer": number, **(answer or {})})


async def _read_cpu() -> dict[str, float]:
    return {"seconds": time.process_time()}


async def _read_memory() -> dict[str, int]:
    import psutil

    gc.collect()
    return {"bytes": psutil.Process().memory_info().rss}
