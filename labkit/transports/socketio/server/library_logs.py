"""Loggers that divert errors, instead of printing them between a learner's cells."""

from __future__ import annotations

import logging
from collections.abc import Callable


def divert_errors(
    logger: logging.Logger, take: Callable[[logging.LogRecord], None]
) -> logging.Logger:
    """Return a logger that passes errors to a function, and everything else to another logger.

    Parameters
    ----------
    logger
        The logger for everything else; its level applies.
    take
        Called with each record of level ERROR or above.
    """

    def is_passed_on(record: logging.LogRecord) -> bool:
        if record.levelno < logging.ERROR:
            return True
        take(record)
        return False

    made = logging.Logger(f"{logger.name}.labkit")
    made.parent = logger
    made.addFilter(is_passed_on)
    return made
