"""What the network libraries log as errors, handed over instead of printed under an old cell."""

from __future__ import annotations

import asyncio
import logging
import threading
from typing import Protocol

LOGGERS = ("websockets", "engineio", "socketio", "aiohttp", "asyncio")


class Taker(Protocol):
    """Who takes errors of a loop."""

    loop: asyncio.AbstractEventLoop

    def add_soon(self, exception: BaseException | None, where: str, what: str) -> None:
        """Take an error, on any thread."""


def sentence(record: logging.LogRecord) -> str:
    """Return what a log record says, with the reason that a library may keep beside the message.

    The client managers of Socket.IO pass it as an extra, such as ``redis_exception``.
    """
    reasons = (str(value) for key, value in vars(record).items() if key.endswith("_exception"))
    return ": ".join([record.getMessage(), *reasons])


class Listener(logging.Handler):
    """Listens to the libraries' loggers, for any number of loops.

    An error goes to whoever takes those of the loop on which it happened. From a thread that runs
    no such loop, it goes to the first one, which is the notebook's.
    """

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self._takers: tuple[Taker, ...] = ()
        self._changing = threading.Lock()

    def serve(self, taker: Taker) -> None:
        """Hand errors to a taker, too."""
        with self._changing:
            self._takers = (*self._takers, taker)
            for name in LOGGERS:
                logging.getLogger(name).addHandler(self)

    def forget(self, taker: Taker) -> None:
        """Hand nothing more to a taker; after the last one, leave the loggers as they were."""
        with self._changing:
            self._takers = tuple(known for known in self._takers if known is not taker)
            for name in LOGGERS if not self._takers else ():
                logging.getLogger(name).removeHandler(self)

    def emit(self, record: logging.LogRecord) -> None:
        """Hand a record over."""
        try:
            running = asyncio.get_running_loop()
        except RuntimeError:
            running = None
        takers = self._takers
        here = [taker for taker in takers if taker.loop is running]
        for taker in (here or takers)[:1]:
            exception = record.exc_info[1] if record.exc_info else None
            taker.add_soon(exception, record.name, sentence(record))
