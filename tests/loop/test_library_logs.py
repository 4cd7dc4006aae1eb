"""What the libraries log as errors, and who gets it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterator

import pytest

from labkit.loop.library_logs import LIBRARY_LOGGERS, LibraryLogHandler, record_text


class Taker:
    """Takes errors of a loop."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.loop = loop
        self.taken: list[str] = []

    def add_soon(self, exception: BaseException | None, where: str, what: str) -> None:
        """Take an error."""
        self.taken.append(f"{where}: {what}")


@pytest.fixture
def listener() -> Iterator[LibraryLogHandler]:
    """Return a listener; afterwards the loggers are as they were."""
    before = [list(logging.getLogger(name).handlers) for name in LIBRARY_LOGGERS]
    yield LibraryLogHandler()
    assert [logging.getLogger(name).handlers for name in LIBRARY_LOGGERS] == before


async def test_who_gets_an_error(listener: LibraryLogHandler) -> None:
    """The taker of the loop on which it happened; from elsewhere, the first; warnings nobody."""
    log = logging.getLogger("websockets.server")
    other = asyncio.new_event_loop()
    first, own = Taker(other), Taker(asyncio.get_running_loop())
    listener.serve(first)
    listener.serve(own)
    log.error("here")
    log.warning("mind the gap")
    await asyncio.to_thread(log.error, "elsewhere")
    assert own.taken == ["websockets.server: here"]
    assert first.taken == ["websockets.server: elsewhere"]
    listener.forget(first)
    log.error("still here")
    listener.forget(own)
    log.error("nobody listens")
    assert own.taken[1:] == ["websockets.server: still here"] and len(first.taken) == 1
    other.close()


def test_the_reason_beside_the_message() -> None:
    """The managers of Socket.IO put the exception's text into an extra, which is told as well."""
    record = logging.makeLogRecord({"msg": "no %s", "args": ("way",), "redis_exception": "refused"})
    assert record_text(record) == "no way: refused"
