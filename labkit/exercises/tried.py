"""What a judge tries now: an answer that raises, hangs or blocks is told with it.

A judge says it before it calls an answer. The runner, which sees only the exception, reads it.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextvars import ContextVar
from dataclasses import dataclass


@dataclass
class Tried:
    """What a judge tries now.

    Attributes
    ----------
    expected
        What a right answer does, as a sentence; "" if the judge did not say it.
    steps
        The steps that have led there. A judge may go on to extend the list that it gave.
    """

    expected: str = ""
    steps: Sequence[str] = ()

    @property
    def case(self) -> str:
        """The case, a step on each line."""
        return "\n".join(self.steps)


_current: ContextVar[Tried] = ContextVar("tried")


def watch_tries() -> Tried:
    """Return what is tried in this task from now on, kept up to date."""
    tried = Tried()
    _current.set(tried)
    return tried


def tries(expected: str, steps: Sequence[str]) -> None:
    """Say what is tried now.

    Parameters
    ----------
    expected, steps
        See `Tried`.
    """
    tried = _current.get(None)
    if tried is not None:
        tried.expected, tried.steps = expected, steps
