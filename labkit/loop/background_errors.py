"""Background errors: exceptions that no cell saw, kept until they are taken.

A traceback printed by a task lands under an old cell or is lost, and `nbval` passes a notebook
whose background task crashed. So each exception of a handler, a task or a callback of the loop, and
each error that a network library logs, is collected here once. `lab.errors()` takes them;
`lab.finish()` raises those that are left.
"""

from __future__ import annotations

import asyncio
import sys
from collections import deque
from dataclasses import dataclass
from typing import Any

from labkit.loop.callbacks import place_of, scope_of
from labkit.loop.exception_groups import describe_exception, leaf_exceptions
from labkit.loop.leftovers import take_gather_errors
from labkit.loop.library_logs import LibraryLogHandler
from labkit.loop.per_loop import PerLoop
from labkit.loop.scope import Scope, current_scope
from labkit.loop.task_exit import Contained
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
        Where it happened, for example ``handler of 'chat', serving alice``.
    source_line
        The learner's line nearest to it, None if there is none.
    exception
        The exception itself, None if an error was only logged.
    server
        The server at which it happened, None elsewhere.
    """

    what: str
    where: str
    source_line: SourceLine | None
    exception: BaseException | None
    server: object = None

    def __str__(self) -> str:
        at = f": {self.source_line}" if self.source_line else ""
        return plain_text(f"{self.what} ({self.where}{at})")

    __repr__ = __str__


_listener = LibraryLogHandler()
_collectors: PerLoop[BackgroundErrors] = PerLoop()


class BackgroundErrors:
    """Collects the background errors of one event loop.

    Parameters
    ----------
    loop
        The loop whose errors are collected, from `install` to `uninstall`.
    limit
        The number of errors to keep; further ones are only counted.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop, limit: int = 100) -> None:
        self.loop = loop
        self.limit = limit
        self.uncounted = 0
        self.changes = Observable()
        self._errors: list[BackgroundError] = []
        self._seen = deque[BaseException](maxlen=limit)  # a duplicate comes soon, or never
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
        """Stop watching, and restore what was there before."""
        if self.loop.get_exception_handler() == self._handle:
            self.loop.set_exception_handler(self._former_handler)
        _listener.forget(self)
        _collectors.drop(self.loop)

    def add(
        self,
        exception: BaseException | None,
        where: str,
        what: str | None = None,
        server: object = None,
    ) -> None:
        """Keep an error, unless the same exception or sentence is kept already.

        Of an exception group, as task groups raise it, each exception is kept by itself.
        """
        if isinstance(exception, BaseExceptionGroup):
            for leaf in leaf_exceptions(exception):
                self.add(leaf, where, server=server)
            return
        if exception is not None:
            if any(exception is known for known in self._seen):
                return
            self._seen.append(exception)
            what = describe_exception(exception)
        source_line = source_line_of_traceback(exception.__traceback__) if exception else None
        error = BackgroundError(what or where, where, source_line, exception, server)
        if exception is None and error in self._errors:
            return
        if len(self._errors) >= self.limit:
            self.uncounted += 1
        else:
            self._errors.append(error)
        self.changes.notify()

    def add_soon(self, exception: BaseException | None, where: str, what: str) -> None:
        """Keep an error; may be called on any thread."""
        try:
            self.loop.call_soon_threadsafe(self.add, exception, where, what)
        except RuntimeError:  # the loop is closed, so nothing else uses this object
            self.add(exception, where, what)

    def pending_errors(self) -> list[BackgroundError]:
        """Return the errors and keep them, including tasks that failed and were never awaited.

        If there were errors beyond the limit, a last one says how many.
        """
        while self._failed:
            self._look_at(self._failed.popleft())
        if not self.uncounted:
            return list(self._errors)
        more = f"{self.uncounted} further errors, of which only the number is kept"
        return [*self._errors, BackgroundError(more, "too many at once", None, None)]

    def has(self, *kinds: type[BaseException]) -> bool:
        """Return whether an error of these kinds is there, also of a task that may yet be awaited.

        Unlike `pending_errors`, it decides nothing about a task that has just failed: `wait_for`
        and others take a result a turn of the loop later.
        """
        failed = (getattr(task, "_exception", None) for task in self._failed)
        kept = (error.exception for error in self._errors)
        return any(isinstance(error, kinds) for error in (*failed, *kept))

    def errors_of(self, server: object) -> list[str]:
        """Return the errors of a server that nobody took, a sentence each."""
        return [str(error) for error in self.pending_errors() if error.server is server]

    def _look_around(self) -> None:
        """Keep the errors of `asyncio.gather` calls whose result is held but not awaited."""
        for error in take_gather_errors(self.loop):
            self.add(error, "`asyncio.gather` without `await`")

    def add_task(self, task: asyncio.Future[Any]) -> None:
        """Keep the error of a task that has just failed, unless it is awaited later."""
        if len(self._failed) == self.limit:
            self._look_at(self._failed.popleft())
        self._failed.append(task)
        self.loop.call_soon(self.changes.notify)

    def _look_at(self, task: asyncio.Future[Any]) -> None:
        """Keep the error of a task that failed, unless it has been awaited by now."""
        if getattr(task, "_log_traceback", False):
            self.add(task.exception(), place_of(task))

    def take_errors(self) -> list[BackgroundError]:
        """Return the errors, including those of `gather` calls never awaited, and forget them."""
        self._look_around()
        taken = self.pending_errors()
        self._errors.clear()
        self._seen.clear()
        self.uncounted = 0
        return taken

    def report_errors(self) -> list[BackgroundError]:
        """Return the errors for a caller that raises them; `hand_over` then leaves them out."""
        self._look_around()
        self._reported = self.pending_errors()
        return self._reported

    def hand_over(self, heir: BackgroundErrors | None) -> None:
        """Pass the errors that nobody took or reported to another collector, or print them."""
        unreported = [error for error in self.take_errors() if error not in self._reported]
        if heir is not None:
            for error in unreported:
                heir.add(error.exception, error.where, error.what)
        elif unreported:
            heading = "labkit: background errors that `lab.errors()` did not take:\n"
            sys.stderr.write("".join([heading, *(f"- {error}\n" for error in unreported)]))

    def _handle(self, loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        exception = context.get("exception")
        if "socket" in context and is_shortage(exception):
            return  # a server cannot accept a connection now; asyncio tries again in a second
        source = context.get("task") or context.get("future") or context.get("handle")
        scope = _scope_of(source)
        collector = self if scope is None else scope.background_errors
        collector.add(exception, place_of(source), str(context.get("message", "")))


def _scope_of(source: Any) -> Scope | None:
    """Return the scope in which an error happened.

    A task or future reports its error when it is deleted, which may happen anywhere.
    """
    if source is None:
        return current_scope.get()
    if isinstance(source, asyncio.Handle):
        return scope_of(source)
    coro = source.get_coro() if isinstance(source, asyncio.Task) else None
    return coro.scope if isinstance(coro, Contained) else None


def pending_errors() -> list[BackgroundError]:
    """Return the background errors of the scope or the loop, and keep them; [] without a bench."""
    scope = current_scope.get()
    collector = scope.background_errors if scope else _collectors.here()
    return collector.pending_errors() if collector else []
