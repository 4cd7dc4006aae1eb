"""What an acknowledgement is waited for with."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


class PendingAck:
    """Stands for one acknowledgement; the library calls it with what the server answers.

    Parameters
    ----------
    answered
        Called with the receipt once it is known how it went.

    Attributes
    ----------
    done
        Whether it is known how it went.
    failure
        Why no acknowledgement will come, "" if none failed.
    """

    def __init__(self, answered: Callable[[PendingAck], None]) -> None:
        self.done = False
        self.failure = ""
        self._values: tuple[Any, ...] = ()
        self._answered = answered

    def __call__(self, *values: Any) -> None:
        """Take what was answered."""
        self.done = True
        self._values = values
        self._answered(self)

    def fail(self, why: str) -> None:
        """Take note that no acknowledgement will come."""
        self.done = True
        self.failure = why
        self._answered(self)

    @property
    def value(self) -> Any:
        """What was answered: None for nothing, the value, or a tuple of several."""
        return self._values if len(self._values) > 1 else next(iter(self._values), None)
