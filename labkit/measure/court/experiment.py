"""What an experiment of the court is: something that is opened once and measured several times."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Literal

Figures = Mapping[str, Mapping[str, float]]
"""One repeat: for each figure, by name, its value for each subject, by name.

``{"latency": {"websocket": 0.11, "socketio": 0.21}}``
"""

Measure = Callable[[], Awaitable[Figures]]

Load = Literal["alone", "waits", "any"]


@dataclass(frozen=True)
class Experiment:
    """An experiment, which gives the figures of one or several claims.

    Attributes
    ----------
    open
        Starts what is measured, gives the function that measures it once, subjects in turns, and
        ends everything.
    topology
        What runs where, in a few words: no figure means anything without it.
    repeats
        How often it is measured: 7 where the machine's load shows in the figures, 3 for memory, 1
        where each repeat gives the same.
    load
        "alone": other work on the machine changes its figures, so nothing of the court runs beside
        it. "waits": it mostly waits. "any": no load changes its figures. The last two kinds run
        beside each other.
    """

    open: Callable[[], AbstractAsyncContextManager[Measure]]
    topology: str
    repeats: int
    load: Load

    def may_run_beside(self, other: Experiment) -> bool:
        """Return whether neither changes the figures of the other."""
        return {self.load, other.load} <= {"waits", "any"}
