"""The tasks that a learner makes: where each was made, and which of them failed.

asyncio reports a task's exception only when the task is garbage-collected, and a notebook's
variable keeps it for ever. So a task factory on the loop looks at whose code makes each task. It
also keeps a task's `sys.exit` from ending the kernel (`task_exit.py`).
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable
from typing import Any, NamedTuple, cast

from labkit.clock import clock
from labkit.loop.lifetime import Lifetime, current_lifetime
from labkit.loop.owner import ASYNCIO, LEARNER, LIBRARY, SERVING, is_run_by_learner, owners
from labkit.loop.scope import current_scope
from labkit.loop.task_exit import EXITS, Contained
from labkit.source_lines import SourceLine, source_line_at


class _Internal(dict[str, bool]):
    """A cache of whether only its module can call a coroutine, by its qualified name."""

    def __missing__(self, name: str) -> bool:
        internal = "<locals>" in name or name.rpartition(".")[2].startswith("_")
        self[name] = internal
        return internal


_internal = _Internal()


class _Made(NamedTuple):
    """Where a task was made, and the lifetime of the connection whose handler made it."""

    filename: str
    line: int
    lifetime: Lifetime | None


class LearnerTasks:
    """Keeps track of the learner's tasks of one loop until they end.

    Parameters
    ----------
    loop
        The loop whose new tasks are examined, from `install` to `uninstall`.
    on_failed
        Called with each task that ended with an exception not yet retrieved.
    """

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        on_failed: Callable[[asyncio.Future[Any]], None],
    ) -> None:
        self.loop = loop
        self._on_failed = on_failed
        self._made: dict[asyncio.Future[Any], _Made] = {}
        self._former_factory: Any = None
        self._factory: Any = None

    def install(self) -> None:
        """Set a task factory on the loop that wraps the present one."""
        self._former_factory = self.loop.get_task_factory()
        self._factory = self._make_factory()
        self.loop.set_task_factory(self._factory)

    def uninstall(self) -> None:
        """Restore the former task factory, unless another one was set on top."""
        if self.loop.get_task_factory() is self._factory:
            self.loop.set_task_factory(self._former_factory)

    def running(self) -> dict[asyncio.Future[Any], SourceLine]:
        """Return the tasks that have not ended, except the caller's, and the line of each."""
        running = {task: made for task, made in self._made.items() if not task.done()}
        running.pop(cast("asyncio.Future[Any]", asyncio.current_task()), None)
        return {task: source_line_at(each.filename, each.line) for task, each in running.items()}

    def leftovers(self) -> list[SourceLine]:
        """Return the lines of the running tasks that belong to no open connection."""

        def is_owned(task: asyncio.Future[Any]) -> bool:
            lifetime = self._made[task].lifetime
            return lifetime is not None and not lifetime.is_over

        return [line for task, line in self.running().items() if not is_owned(task)]

    async def cancel(self, within: float) -> None:
        """Cancel all tasks and wait until they end, at most `within` seconds by the lab's clock."""
        tasks = self.running()
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks, timeout=clock.seconds(within))

    def _make_factory(self) -> Callable[..., asyncio.Future[Any]]:
        """Return the task factory; it runs for each task, so it does little.

        The server libraries make four tasks for each message, from coroutines that no other code
        can reach: the maker of these is not looked up.
        """
        former, owner_of, internal = self._former_factory, owners, _internal
        frame_at = sys._getframe
        exits = (SystemExit,) if is_run_by_learner() else EXITS  # Ctrl-C ends a learner's program

        def make_any(
            loop: asyncio.AbstractEventLoop, coro: Any, **options: Any
        ) -> asyncio.Future[Any]:
            if former is None:
                return asyncio.Task(coro, loop=loop, **options)
            task: asyncio.Future[Any] = former(loop, coro, **options)
            return task

        def make(loop: asyncio.AbstractEventLoop, coro: Any, **options: Any) -> asyncio.Future[Any]:
            code = getattr(coro, "cr_code", None)
            its = LIBRARY if code is None else owner_of[code.co_filename]
            scope = current_scope.get()
            made_at = None
            if its != SERVING or not internal[coro.__qualname__]:
                frame = frame_at(1)
                while (maker := owner_of[frame.f_code.co_filename]) == ASYNCIO and frame.f_back:
                    frame = frame.f_back
                if maker == LEARNER:
                    made_at = frame.f_code.co_filename, frame.f_lineno
                elif code is not None and its == LEARNER:
                    made_at = code.co_filename, code.co_firstlineno
            if made_at is None and scope is None:
                return make_any(loop, coro, **options)
            if code is not None:
                coro = Contained(coro, EXITS if scope else exits, scope)
            task = make_any(loop, coro, **options)
            if scope is not None:
                scope.tasks.add(task)
            if made_at is not None:
                (scope.learner_tasks if scope else self).keep(task, *made_at)
            return task

        return make

    def keep(self, task: asyncio.Future[Any], filename: str, line: int) -> None:
        """Keep track of a task, made now at a line of the learner's, until it ends."""
        self._made[task] = _Made(filename, line, current_lifetime.get())
        task.add_done_callback(self._on_done)

    def _on_done(self, task: asyncio.Future[Any]) -> None:
        self._made.pop(task, None)
        if not task.cancelled() and getattr(task, "_log_traceback", False):
            self._on_failed(task)
