"""The tasks that a learner makes: where each was made, and which of them failed.

asyncio reports a task's exception only when nothing holds the task any more, and a notebook's
variable holds it for ever. A task factory on the loop therefore looks at who makes a task.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

from labkit.clock import clock
from labkit.source_lines import SourceLine, is_learner_file, source_line_at

_ASYNCIO_FOLDER = asyncio.__file__.rsplit("__init__", 1)[0]
_ASYNCIO, _LIBRARY, _SERVING, _LEARNER = range(4)


class _Owners(dict[str, int]):
    """Whose a file of code is, remembered: a server makes several tasks for each message."""

    def __missing__(self, filename: str) -> int:
        if is_learner_file(filename):
            owner = _LEARNER
        elif filename.startswith(_ASYNCIO_FOLDER):
            owner = _ASYNCIO
        else:
            serves = Path(filename).parent.name in ("aiohttp", "engineio", "socketio")
            owner = _SERVING if serves else _LIBRARY
        self[filename] = owner
        return owner


class _Internal(dict[str, bool]):
    """Whether a coroutine is out of everybody's reach but its module's, by its qualified name."""

    def __missing__(self, name: str) -> bool:
        internal = "<locals>" in name or name.rpartition(".")[2].startswith("_")
        self[name] = internal
        return internal


_owners = _Owners()
_internal = _Internal()


class LearnerTasks:
    """Keeps the learner's tasks of one loop until they have ended.

    Parameters
    ----------
    loop
        The loop whose new tasks are looked at, from `install` to `uninstall`.
    on_failed
        Called with each task that ended with an exception which nobody has retrieved.
    """

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        on_failed: Callable[[asyncio.Future[Any]], None],
    ) -> None:
        self.loop = loop
        self._on_failed = on_failed
        self._made_at: dict[asyncio.Future[Any], tuple[str, int]] = {}
        self._former_factory: Any = None
        self._factory: Any = None

    def install(self) -> None:
        """Put a task factory on the loop, around the one that is there."""
        self._former_factory = self.loop.get_task_factory()
        self._factory = self._make_factory()
        self.loop.set_task_factory(self._factory)

    def uninstall(self) -> None:
        """Put the former task factory back, unless somebody has put another on top."""
        if self.loop.get_task_factory() is self._factory:
            self.loop.set_task_factory(self._former_factory)

    def running(self) -> dict[asyncio.Future[Any], SourceLine]:
        """Return the tasks that have not ended, except the one that asks, and who made each."""
        running = {task: at for task, at in self._made_at.items() if not task.done()}
        running.pop(cast("asyncio.Future[Any]", asyncio.current_task()), None)
        return {task: source_line_at(*at) for task, at in running.items()}

    async def cancel(self, within: float) -> None:
        """Cancel them all, and wait for their end, in seconds by the lab's clock."""
        tasks = self.running()
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks, timeout=clock.seconds(within))

    def _make_factory(self) -> Callable[..., asyncio.Future[Any]]:
        """Return what makes the loop's tasks; it runs for each of them, so it does little.

        The libraries that serve make four for each message, of coroutines which nobody else can
        have made a task of: who made these is not looked for.
        """
        former, owners, internal = self._former_factory, _owners, _internal
        frame_at = sys._getframe

        def make(loop: asyncio.AbstractEventLoop, coro: Any, **options: Any) -> asyncio.Future[Any]:
            if former is None:
                task: asyncio.Future[Any] = asyncio.Task(coro, loop=loop, **options)
            else:
                task = former(loop, coro, **options)
            code = getattr(coro, "cr_code", None)
            its = _LIBRARY if code is None else owners[code.co_filename]
            if its == _SERVING and internal[coro.__qualname__]:
                return task
            frame = frame_at(1)
            while (maker := owners[frame.f_code.co_filename]) == _ASYNCIO and frame.f_back:
                frame = frame.f_back
            if maker == _LEARNER:
                self._keep(task, frame.f_code.co_filename, frame.f_lineno)
            elif code is not None and its == _LEARNER:
                self._keep(task, code.co_filename, code.co_firstlineno)
            return task

        return make

    def _keep(self, task: asyncio.Future[Any], filename: str, line: int) -> None:
        self._made_at[task] = (filename, line)
        task.add_done_callback(self._on_done)

    def _on_done(self, task: asyncio.Future[Any]) -> None:
        self._made_at.pop(task, None)
        if not task.cancelled() and getattr(task, "_log_traceback", False):
            self._on_failed(task)
