"""Acknowledgements that a client awaits."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from labkit.exceptions import HandlerFailed


class PendingAck:
    """A pending acknowledgement; the library calls it with the server's answer.

    It calls `answered` with itself when it was answered or has failed.

    Attributes
    ----------
    done
        Whether it was answered or has failed.
    failure
        The reason why no acknowledgement will come, "" if it has not failed.
    """

    def __init__(self, answered: Callable[[PendingAck], None]) -> None:
        self.done = False
        self.failure = ""
        self._values: tuple[Any, ...] = ()
        self._answered = answered

    def __call__(self, *values: Any) -> None:
        """Take the server's answer."""
        self.done = True
        self._values = values
        self._answered(self)

    def fail(self, why: str) -> None:
        """Report that no acknowledgement will come."""
        self.done = True
        self.failure = why
        self._answered(self)

    def result(self, event: str) -> Any:
        """Return the answer: None for nothing, a value, or a tuple of several.

        Raises
        ------
        HandlerFailed
            If no acknowledgement will come for this event.
        """
        if self.failure:
            raise HandlerFailed(f"No acknowledgement will come for {event!r}: {self.failure}")
        return self._values if len(self._values) > 1 else next(iter(self._values), None)


def explain_unanswered(event: str, within: float, has_ended: bool, how: str) -> str:
    """Return why no acknowledgement came; `how` says how the connection ended, if it has."""
    if has_ended:
        return (
            f"The connection ended{how} before {event!r} was acknowledged. "
            "Whether the server handled it is unknown."
        )
    return (
        f"No acknowledgement of {event!r} came within {within:g} s. Either its handler has not "
        "returned yet, or it is a JavaScript handler that does not call the callback."
    )
