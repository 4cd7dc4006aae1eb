"""The sink for background errors: what fails while no cell is looking is kept until asked for.

A traceback printed by a task lands under an old cell or is lost, and `nbval` passes a notebook
whose background task crashed. So every exception of a handler, a task, a callback of the loop, and
every error that a network library logs, comes here once. `lab.errors()` takes them, and
`lab.finish()` raises those that nobody took.
"""

from __future__ import annotations

import asyncio
import sys
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from labkit.cells import Place, is_learners, place_of_line, place_of_traceback
from labkit.clock import Changes, clock
from labkit.descriptors import is_shortage
from labkit.leaves import described, leaves
from labkit.leftovers import take_unheard
from labkit.logs import Listener
from labkit.per_loop import PerLoop
from labkit.untrusted import plain_text

_TaskFactory = Callable[..., "asyncio.Future[Any]"]
_PLUMBING = asyncio.__file__.rsplit("__init__", 1)[0]


_ASYNCIO, _LIBRARY, _SERVING, _LEARNER = range(4)


class _Owners(dict[str, int]):
    """Whose a file of code is, remembered: a server makes several tasks for each message."""

    def __missing__(self, filename: str) -> int:
        if is_learners(filename):
            owner = _LEARNER
        elif filename.startswith(_PLUMBING):
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


@dataclass(frozen=True)
class BackgroundError:
    """One exception that no cell saw.

    Attributes
    ----------
    what
        Class and text of the exception, or the logged sentence.
    where
        Who it happened to, for example ``handler of "chat"``.
    place
        The learner's line, if one took part.
    exception
        The exception itself, if there was one.
    """

    what: str
    where: str
    place: Place | None
    exception: BaseException | None

    def __str__(self) -> str:
        at = f": {self.place}" if self.place else ""
        return plain_text(f"{self.what} ({self.where}{at})")

    __repr__ = __str__


_listener = Listener()
_sinks: PerLoop[Sink] = PerLoop()


class Sink:
    """Collects background errors of one event loop.

    Parameters
    ----------
    loop
        The loop whose tasks and callbacks are watched while the sink is installed.
    limit
        How many errors are kept; further ones are counted.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop, limit: int = 100) -> None:
        self.loop = loop
        self.limit = limit
        self.uncounted = 0
        self.changes = Changes()
        self._errors: list[BackgroundError] = []
        self._seen: deque[BaseException] = deque(
            maxlen=limit
        )  # the same comes twice soon, or never
        self._tasks: dict[asyncio.Future[Any], tuple[str, int]] = {}
        self._failed: deque[asyncio.Future[Any]] = deque()
        self._reported: list[BackgroundError] = []
        self._former_factory: Any = None
        self._factory: Any = None
        self._former_handler: Any = None

    def install(self) -> None:
        """Start to watch: the loop's new tasks, its exception handler, the libraries' loggers."""
        self._former_factory = self.loop.get_task_factory()
        self._former_handler = self.loop.get_exception_handler()
        self._factory = self._task_factory()
        self.loop.set_task_factory(cast("Any", self._factory))
        self.loop.set_exception_handler(self._handle)
        _listener.serve(self)
        _sinks.put(self.loop, self)

    def uninstall(self) -> None:
        """Stop to watch and put back what was there before."""
        if self.loop.get_task_factory() is self._factory:
            self.loop.set_task_factory(self._former_factory)
        if self.loop.get_exception_handler() == self._handle:
            self.loop.set_exception_handler(self._former_handler)
        _listener.forget(self)
        _sinks.drop(self.loop)

    def add(self, exception: BaseException | None, where: str, what: str | None = None) -> None:
        """Keep an error, once: an exception, or a sentence, that is known is not kept again.

        Of a group, as task groups raise it, each of those in it is one.
        """
        if isinstance(exception, BaseExceptionGroup):
            for leaf in leaves(exception):
                self.add(leaf, where)
            return
        if exception is not None:
            if any(exception is known for known in self._seen):
                return
            self._seen.append(exception)
            what = described(exception)
        place = place_of_traceback(exception.__traceback__) if exception else None
        error = BackgroundError(what or where, where, place, exception)
        if exception is None and error in self._errors:
            return
        if len(self._errors) >= self.limit:
            self.uncounted += 1
        else:
            self._errors.append(error)
        self.changes.notify()

    def add_soon(self, exception: BaseException | None, where: str, what: str) -> None:
        """Keep an error that is reported on any thread."""
        try:
            self.loop.call_soon_threadsafe(self.add, exception, where, what)
        except RuntimeError:  # the loop is closed, so nobody else works on this sink
            self.add(exception, where, what)

    def pending_errors(self) -> list[BackgroundError]:
        """Return what is kept, with the tasks that failed and that nobody awaited by now; keep it.

        Errors beyond the limit are one more, which says how many there were.
        """
        while self._failed:
            self._look_at(self._failed.popleft())
        if not self.uncounted:
            return list(self._errors)
        more = f"{self.uncounted} further errors, of which only the number is kept"
        return [*self._errors, BackgroundError(more, "too many at once", None, None)]

    def _look_around(self) -> None:
        """Keep the errors of gatherings that somebody holds, and nobody awaits."""
        for error in take_unheard(self.loop):
            self.add(error, "`asyncio.gather` without `await`")

    def _look_at(self, task: asyncio.Future[Any]) -> None:
        """Keep the error of a task that failed, unless somebody has awaited it by now."""
        if getattr(task, "_log_traceback", False):
            self.add(task.exception(), _where(task))

    def take_errors(self) -> list[BackgroundError]:
        """Return what is kept, with gatherings that nobody awaited, and forget it."""
        self._look_around()
        taken = self.pending_errors()
        self._errors.clear()
        self._seen.clear()
        self.uncounted = 0
        return taken

    def report_errors(self) -> list[BackgroundError]:
        """Return what is kept, for a caller that raises it: `hand_over` then leaves it out."""
        self._look_around()
        self._reported = self.pending_errors()
        return self._reported

    def hand_over(self, heir: Sink | None) -> None:
        """Give the errors that nobody took or reported to another sink, or print them."""
        unreported = [error for error in self.take_errors() if error not in self._reported]
        if heir is not None:
            for error in unreported:
                heir.add(error.exception, error.where, error.what)
        elif unreported:
            heading = "labkit: errors in the background, which nobody took with `lab.errors()`:\n"
            sys.stderr.write("".join([heading, *(f"- {error}\n" for error in unreported)]))

    def tasks(self) -> dict[asyncio.Future[Any], Place]:
        """Return the learner's tasks that have not ended, but for the one that asks.

        Each with where it was made.
        """
        running = {task: at for task, at in self._tasks.items() if not task.done()}
        running.pop(cast("asyncio.Future[Any]", asyncio.current_task()), None)
        return {task: place_of_line(*at) for task, at in running.items()}

    async def cancel_tasks(self, within: float) -> None:
        """Cancel the learner's tasks, and wait for their end, in seconds by the lab's clock."""
        tasks = self.tasks()
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks, timeout=clock.seconds(within))

    def _task_factory(self) -> _TaskFactory:
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
                self._born(task, frame.f_code.co_filename, frame.f_lineno)
            elif code is not None and its == _LEARNER:
                self._born(task, code.co_filename, code.co_firstlineno)
            return task

        return make

    def _born(self, task: asyncio.Future[Any], filename: str, line: int) -> None:
        """Remember where the learner made a task, until it has ended."""
        self._tasks[task] = (filename, line)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Future[Any]) -> None:
        self._tasks.pop(task, None)
        if not task.cancelled() and getattr(task, "_log_traceback", False):
            if len(self._failed) == self.limit:
                self._look_at(self._failed.popleft())
            self._failed.append(task)
            self.loop.call_soon(self.changes.notify)

    def _handle(self, loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        exception = context.get("exception")
        if "socket" in context and is_shortage(exception):
            return  # a server cannot accept a stranger now, and asyncio tries again in a second
        source = context.get("task") or context.get("future")
        self.add(exception, _where(source), str(context.get("message", "")))


def _where(task: Any) -> str:
    coro = task.get_coro() if isinstance(task, asyncio.Task) else None
    name = getattr(coro, "__name__", "")
    return f"task `{name}`" if name else "the event loop"


def pending_errors() -> list[BackgroundError]:
    """Return the background errors of the running loop that nobody took; [] without a sink."""
    sink = _sinks.here()
    return sink.pending_errors() if sink else []
