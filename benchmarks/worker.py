"""A subject of a measurement, in a process of its own, which is asked for one figure at a time."""

from __future__ import annotations

import asyncio
import multiprocessing
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from multiprocessing.connection import Connection
from typing import Any, Self

Measure = Callable[[], Awaitable[Any]]
Subject = Callable[[], AbstractAsyncContextManager[Measure]]
"""Sets something up, gives a function that measures it, and takes it down again."""


class Worker:
    """A running subject.

    Parameters
    ----------
    subject
        A function on the top level of a module, so that another process can find it.
    """

    def __init__(self, subject: Subject) -> None:
        spawn = multiprocessing.get_context("spawn")
        self._pipe, theirs = spawn.Pipe()
        self._running = spawn.Process(target=_run, args=(subject, theirs))

    def __enter__(self) -> Self:
        self._running.start()
        self._answer()
        return self

    def measure(self) -> Any:
        """Let the subject be measured once."""
        self._pipe.send("measure")
        return self._answer()

    def _answer(self) -> Any:
        while not self._pipe.poll(0.2):
            if not self._running.is_alive():
                raise SystemExit("A subject ended early; its error stands above.")
        return self._pipe.recv()

    def __exit__(self, *exc: object) -> None:
        if self._running.is_alive():
            self._pipe.send("end")
        self._running.join(30)
        self._running.terminate()


def _run(subject: Subject, pipe: Connection) -> None:
    asyncio.run(_serve(subject, pipe))


async def _serve(subject: Subject, pipe: Connection) -> None:
    async with subject() as measure:
        pipe.send("ready")
        while await asyncio.to_thread(pipe.recv) == "measure":
            pipe.send(await measure())
