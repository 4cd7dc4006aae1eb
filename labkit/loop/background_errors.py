"""Background errors: what fails while no cell is looking, kept until somebody asks for it.

A traceback printed by a task lands under an old cell or is lost, and `nbval` passes a notebook
whose background task crashed. So every exception of a handler, a task, a callback of the loop, and
every error that a network library logs, comes here once. `lab.errors()` takes them, and
`lab.finish()` raises those that nobody took.
"""

from __future__ import annotations

import asyncio
import sys
from collections import deque
from dataclasses import dataclass
from typing import Any

from labkit.loop.exception_groups import described, leaves
from labkit.loop.leftovers import take_unheard
from labkit.loop.library_logs import Listener
from labkit.loop.per_loop import PerLoop
from labkit.observable import Observable
from labkit.sockets.descriptors import is_shortage
from labkit.source_lines import SourceLine, source_line_of_traceback
from labkit.untrusted import plain_text


@dataclass(frozen=True)
class BackgroundError:
    """One exception that no cell saw.

    Attributes
    ----------
    what
        Class and text of the exception, or the logged sentence.
    where
        Who it happened to, for example ``handler of "chat"``.
    source_line
        The learner's line, if one took part.
    exception
        The exception itself, if there was one.
    """

    what: str
    where: str
    source_line: SourceLine | None
    exception: BaseException | None

    def __str__(self) -> str:
        at = f": {self.source_line}" if self.source_line else ""
        return plain_text(f"{self.what} ({self.where}{at})")

    __repr__ = __str__


_listener = Listener()
_collectors: PerLoop[BackgroundErrors] = PerLoop()


class BackgroundErrors:
    """Collects background errors of one event loop.

    Parameters
    ----------
    loop
        The loop whose errors are collected, from `install` to `uninstall`.
    limit
        How many errors are kept; further ones are counted.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop, limit: int = 100) -> None:
        self.loop = loop
        self.limit = limit
        self.uncounted = 0
        self.changes = Observable()
        self._errors: list[BackgroundError] = []
        self._seen = deque[BaseException](maxlen=limit)  # the same comes twice soon, or never
        self._failed: deque[asyncio.Future[Any]] = deque()
        self._reported: list[BackgroundError] = []
        self._former_handler: Any = None

    def install(self) -> None:
        """Start watching the loop's exception handler and the libraries' loggers."""
        self._former_handler = self.loop.get_exception_handler()
        self.loop.set_exception_handler(self._handle)
        _listener.serve(self)
        _collectors.put(self.loop, self)

    def uninstall(self) -> None:
        """Stop watching, and put back what was there before."""
        if self.loop.get_exception_handler() == self._handle:
            self.loop.set_exception_handler(self._former_handler)
        _listener.forget(self)
        _collectors.drop(self.loop)

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
        source_line = source_line_of_traceback(exception.__traceback__) if exception else None
        error = BackgroundError(what or where, where, source_line, exception)
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
        except RuntimeError:  # the loop is closed, so nothing else works on this object
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

    def add_task(self, task: asyncio.Future[Any]) -> None:
        """Keep the error of a task that has just failed, unless somebody awaits it by and by."""
        if len(self._failed) == self.limit:
            self._look_at(self._failed.popleft())
        self._failed.append(task)
        self.loop.call_soon(self.changes.notify)

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

    def hand_over(self, heir: BackgroundErrors | None) -> None:
        """Give the errors that nobody took or reported to another collector, or print them."""
        unreported = [error for error in self.take_errors() if error not in self._reported]
        if heir is not None:
            for error in unreported:
                heir.add(error.exception, error.where, error.what)
        elif unreported:
            heading = "labkit: errors in the background, which nobody took with `lab.errors()`:\n"
            sys.stderr.write("".join([heading, *(f"- {error}\n" for error in unreported)]))

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
    """Return the background errors of the running loop, and leave them; [] without a bench."""
    collector = _collectors.here()
    return collector.pending_errors() if collector else []
