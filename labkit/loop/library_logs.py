"""Errors that the network libraries log, collected instead of printed under an old cell."""

from __future__ import annotations

import asyncio
import logging
import threading
from typing import Protocol

from labkit.loop.scope import current_scope

LIBRARY_LOGGERS = ("websockets", "engineio", "socketio", "aiohttp", "asyncio")


class ErrorCollector(Protocol):
    """Collects the errors of a loop."""

    loop: asyncio.AbstractEventLoop

    def add_soon(self, exception: BaseException | None, where: str, what: str) -> None:
        """Keep an error; may be called on any thread."""


def record_text(record: logging.LogRecord) -> str:
    """Return the text of a log record, with the reason that a library may add as an extra.

    Socket.IO's client managers add one, such as ``redis_exception``.
    """
    reasons = (str(value) for key, value in vars(record).items() if key.endswith("_exception"))
    return ": ".join([record.getMessage(), *reasons])


class LibraryLogHandler(logging.Handler):
    """Handles the records of the libraries' loggers, for any number of loops.

    An error goes to the collector of the scope or the loop in which it happened. From a thread that
    runs none of these loops, it goes to the first collector, which is the notebook's.
    """

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self._collectors: tuple[ErrorCollector, ...] = ()
        self._changing = threading.Lock()

    def serve(self, collector: ErrorCollector) -> None:
        """Pass errors to another collector."""
        with self._changing:
            self._collectors = (*self._collectors, collector)
            for name in LIBRARY_LOGGERS:
                logging.getLogger(name).addHandler(self)

    def forget(self, collector: ErrorCollector) -> None:
        """Pass no more errors to a collector; after the last one, restore the loggers."""
        with self._changing:
            self._collectors = tuple(known for known in self._collectors if known is not collector)
            for name in LIBRARY_LOGGERS if not self._collectors else ():
                logging.getLogger(name).removeHandler(self)

    def emit(self, record: logging.LogRecord) -> None:
        """Pass a record to the collector that it belongs to."""
        try:
            running = asyncio.get_running_loop()
        except RuntimeError:
            running = None
        collectors: tuple[ErrorCollector, ...] = self._collectors
        scope = current_scope.get()
        if scope is not None:
            collectors = (scope.background_errors, *collectors)
        here = [collector for collector in collectors if collector.loop is running]
        for collector in (here or collectors)[:1]:
            exception = record.exc_info[1] if record.exc_info else None
            collector.add_soon(exception, record.name, record_text(record))
