"""Everything that watches one event loop, started and stopped together."""

from __future__ import annotations

import asyncio
import gc
import time
from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple
from weakref import WeakSet

from labkit.clock import clock
from labkit.loop.background_errors import BackgroundErrors
from labkit.loop.learner_tasks import LearnerTasks
from labkit.loop.leftovers import Baseline
from labkit.loop.loop_guard import LoopGuard
from labkit.loop.ticker import Ticker
from labkit.loop.watchdog import Watchdog
from labkit.observable import Observable
from labkit.sockets.closing import patch_closing, unpatch_closing
from labkit.source_lines import SourceLine, source_line_of_coroutine


class Block(NamedTuple):
    """A time in which the loop did not run, which ended `at`, in seconds since the epoch."""

    at: float
    seconds: float


class LoopMonitor:
    """Watches a loop: blocks, background errors, the learner's tasks, listening servers.

    Parameters
    ----------
    loop
        The loop, which is watched from `start` to `stop`.

    Attributes
    ----------
    background_errors
        The errors that no cell saw.
    learner_tasks
        The learner's tasks that have not ended.
    blocked
        The blocks since `reset`.
    tasks
        All tasks of the scope that this monitor is.
    changes
        Notified after each background error and each block.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.loop = loop
        self.background_errors = BackgroundErrors(loop)
        self.learner_tasks = LearnerTasks(loop, self.background_errors.add_task)
        self.blocked: list[Block] = []
        self.changes = Observable()
        self.ticker = Ticker(loop, self._on_blocked)
        self.watchdog = Watchdog(self.ticker)
        self.tasks: WeakSet[asyncio.Future[Any]] = WeakSet()
        self._abandoned: list[str] = []
        self._stubborn: set[asyncio.Future[Any]] = set()
        self._guard = LoopGuard(loop)
        self._baseline: Baseline | None = None
        self.background_errors.changes.subscribe(self.changes.notify)

    def start(self, sweep: Callable[[], None]) -> None:
        """Start watching, and call `sweep` (quick, never raising) ten times a second."""
        self._baseline = Baseline()
        patch_closing(self.loop)
        self.background_errors.install()
        self.learner_tasks.install()
        self._guard.install()
        self.ticker.each_tick(sweep)
        self.ticker.start()
        self.watchdog.start()

    def stop(self) -> None:
        """Stop watching, and leave the loop as it was."""
        self.watchdog.stop()
        self.ticker.stop()
        self._guard.uninstall()
        self.learner_tasks.uninstall()
        self.background_errors.uninstall()
        unpatch_closing(self.loop)

    def _on_blocked(self, seconds: float) -> None:
        self.blocked.append(Block(time.time(), seconds))
        self.changes.notify()

    async def reset(self) -> None:
        """Cancel the learner's tasks, forget errors and blocks, and take a new baseline."""
        await self.learner_tasks.cancel(within=1)
        self.background_errors.take_errors()
        self.blocked.clear()
        self._abandoned.clear()
        self._baseline = Baseline()

    async def settle(self) -> None:
        """Wait until failures of this moment are noticed, which takes a few turns of the loop."""
        for _ in range(3):
            await asyncio.sleep(0)
        gc.collect()  # a failed task that nobody holds reports itself now
        await asyncio.sleep(0)

    async def end_tasks(self, within: float = 0.5) -> list[SourceLine | None]:
        """Cancel all tasks of this scope, and return where those stand that do not end.

        Parameters
        ----------
        within
            Seconds, by the lab's clock, that they get.
        """
        left = {task for task in self.tasks if not task.done()} - {asyncio.current_task()}
        for task in left - self._stubborn:
            task.cancel()
        if left - self._stubborn:
            await asyncio.wait(left - self._stubborn, timeout=clock.seconds(within))
        self._stubborn = {task for task in left if not task.done()}
        tasks = [task for task in self._stubborn if isinstance(task, asyncio.Task)]
        return [source_line_of_coroutine(task.get_coro()) for task in tasks]

    def abandon(self, what: str, lines: list[SourceLine | None]) -> None:
        """Remember where tasks of a scope stand that do not end; `find_problems` says it once."""
        self._abandoned += [
            f"a task of {what} does not end, though it was cancelled{f': {line}' if line else ''}"
            for line in lines
        ]

    async def find_problems(self) -> list[str]:
        """Return the background errors and the learner's leftover tasks, a line each.

        A task that a handler made is none while its connection is open.
        """
        await self.settle()
        problems = [str(error) for error in self.background_errors.report_errors()]
        leftovers = self.learner_tasks.leftovers()
        problems += [f"a task is still running: {made_at}" for made_at in leftovers]
        problems += self._abandoned
        self._abandoned.clear()
        return problems

    def new_ports(self) -> set[int]:
        """Return the TCP ports of servers that were started since `start` or the last `reset`."""
        return self._baseline.new_ports() if self._baseline else set()


def counted(problems: Iterable[str]) -> list[str]:
    """Return each of some sentences once, with how often it comes if that is more than once."""
    times = Counter(problems).items()
    return [each if count == 1 else f"{each} ({count} times)" for each, count in times]
