"""When the library's client will try to reconnect, which it says only in its log."""

from __future__ import annotations

import logging
import re
import time
from collections.abc import Callable
from typing import Any

_PLANNED = re.compile(r"new attempt in (-?[\d.]+) seconds")


class PlannedReconnectLog(logging.Logger):
    """A logger for the library's client, which prints nothing.

    It calls `on_planned` with the time of the next attempt, in seconds since the epoch.
    """

    def __init__(self, on_planned: Callable[[float], None]) -> None:
        super().__init__("labkit.client", logging.CRITICAL)
        self._on_planned = on_planned

    def info(self, message: object, *arguments: object, **options: Any) -> None:  # type: ignore[override]
        """Read a record."""
        if arguments:
            return  # the record with the delay has no arguments
        found = _PLANNED.search(str(message))
        if found:
            self._on_planned(time.time() + max(0.0, float(found[1])))
