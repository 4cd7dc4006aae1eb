"""What goes wrong around an `aiohttp` application, and what is nobody's mistake."""

from __future__ import annotations

import logging
from collections.abc import Callable

from aiohttp import web

from labkit.loop.exception_groups import leaf_exceptions


class AiohttpLog(logging.Handler):
    """Takes what aiohttp logs: errors, and at a lower level what is no HTTP at all.

    Parameters
    ----------
    take
        Called with the exception, if there is one, and the text of each record.
    """

    def __init__(self, take: Callable[[BaseException | None, str], None]) -> None:
        super().__init__()
        self._take = take

    def emit(self, record: logging.LogRecord) -> None:
        """Hand a record over."""
        self._take(record.exc_info[1] if record.exc_info else None, record.getMessage())


def is_connection_lost(error: BaseException) -> bool:
    """Whether a connection broke, and nothing else went wrong: nobody's mistake."""
    broken = (ConnectionError, web.RequestPayloadError)
    return all(isinstance(leaf, broken) for leaf in leaf_exceptions(error))
