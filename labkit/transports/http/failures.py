"""Failures around an `aiohttp` application, and which of them are not mistakes."""

from __future__ import annotations

import logging
from collections.abc import Callable

from aiohttp import web

from labkit.loop.exception_groups import leaf_exceptions


class AiohttpLog(logging.Handler):
    """Handles aiohttp's log records: errors, and at a lower level requests that are not HTTP.

    Parameters
    ----------
    take
        Called with the exception or None, and the text of each record.
    """

    def __init__(self, take: Callable[[BaseException | None, str], None]) -> None:
        super().__init__()
        self._take = take

    def emit(self, record: logging.LogRecord) -> None:
        """Pass a record on."""
        self._take(record.exc_info[1] if record.exc_info else None, record.getMessage())


def is_connection_lost(error: BaseException) -> bool:
    """Return whether an error only says that a connection broke, which is not a mistake."""
    broken = (ConnectionError, web.RequestPayloadError)
    return all(isinstance(leaf, broken) for leaf in leaf_exceptions(error))
