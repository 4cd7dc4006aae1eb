"""A process that is measured, or that measures: it is asked, and answers."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from itertools import count
from typing import Any

from labkit.exceptions import LabError
from labkit.measure.child import Child
from labkit.measure.parent import BEGAN

ANSWER_TIMEOUT = 30.0
"""Seconds in which it must have begun, or answered. Not scaled: it depends on the machine alone."""


class Process:
    """A running program that answers requests, as `parent.answer_parent` does.

    Parameters
    ----------
    title
        What it is, for errors: "the WebSocket server".
    command
        What is run.
    told
        Its settings.

    Attributes
    ----------
    port
        The port on which it listens, once it has begun; 0 if on none.
    """

    def __init__(self, title: str, command: Sequence[str], told: Mapping[str, Any]) -> None:
        self.title = title
        self.port = 0
        self._command = command
        self._told = json.dumps(told)
        self._numbers = count(1)
        self._waiting: dict[int, asyncio.Future[dict[str, Any]]] = {}
        self._ended_with: str | None = None
        self._child: Child | None = None

    @property
    def pid(self) -> int | None:
        """The number of the process, None before `begin`."""
        return None if self._child is None else self._child.pid

    async def begin(self) -> None:
        """Start the program, and wait until it has begun. Raises LabError as `ask` does."""
        self._child = Child(self._command, self._told, self._on_report, self._on_ended)
        self.port = (await self._expect(BEGAN, "begin", ANSWER_TIMEOUT)).get("port", 0)

    async def ask(
        self, request: str, within: float = ANSWER_TIMEOUT, **details: Any
    ) -> dict[str, Any]:
        """Send a request, and return its answer.

        Parameters
        ----------
        request, details
            Its name and its values, as the program has them.
        within
            Seconds to wait, not scaled.

        Raises
        ------
        LabError
            If the process has ended, with its last words, or does not answer in time.
        """
        if self._child is None or self._ended_with is not None:
            raise self._make_error(request)
        number = next(self._numbers)
        self._child.tell(json.dumps({"request": request, "number": number, **details}))
        return await self._expect(number, request, within)

    async def read_cpu(self) -> float:
        """Return the seconds that the processor has worked for it, by its own account."""
        return float((await self.ask("cpu"))["seconds"])

    async def read_memory(self) -> int:
        """Return the bytes that it holds in memory after a garbage collection."""
        return int((await self.ask("memory"))["bytes"])

    def end(self) -> None:
        """Tell it to end, and do not wait for it."""
        if self._child is not None:
            self._child.end()

    async def stop(self) -> None:
        """End it, and wait until it has ended."""
        if self._child is not None:
            await self._child.stop()

    async def _expect(self, number: int, request: str, within: float) -> dict[str, Any]:
        answer: asyncio.Future[dict[str, Any]] = asyncio.get_running_loop().create_future()
        self._waiting[number] = answer
        try:
            await asyncio.wait({answer}, timeout=within)
        finally:
            self._waiting.pop(number, None)
        if answer.done() and not answer.cancelled():
            return answer.result()
        if self._ended_with is not None:
            raise self._make_error(request)
        raise LabError(
            f"{self.title} did not answer {request!r} within {within:g} s. "
            "The machine is too busy, or too slow: measure again when it does less."
        )

    def _make_error(self, request: str) -> LabError:
        how = f" ({self._ended_with})" if self._ended_with else ""
        does = "does not run" if self._child is None else f"has ended{how}"
        return LabError(f"{self.title} {does}, so it cannot answer {request!r}. Measure again.")

    def _on_report(self, report: dict[str, Any]) -> None:
        waiting = self._waiting.get(report.pop("answer", None))
        if waiting is not None and not waiting.done():  # it may come too late
            waiting.set_result(report)

    def _on_ended(self, last_words: str) -> None:
        self._ended_with = last_words
        for waiting in self._waiting.values():
            waiting.cancel()

    def __repr__(self) -> str:
        state = "running" if self._child and self._ended_with is None else "not running"
        return f"<Process {self.title!r}: {state}>"


@asynccontextmanager
async def running(*processes: Process) -> AsyncIterator[None]:
    """Let processes begin, and end them all, whatever happens.

    Raises
    ------
    LabError
        If one of them ends instead, or does not begin in time.
    """
    try:
        await asyncio.gather(*(process.begin() for process in processes))
        yield
    finally:
        for process in processes:  # before anything is awaited: a second interrupt may come
            process.end()
        for process in processes:
            await process.stop()
