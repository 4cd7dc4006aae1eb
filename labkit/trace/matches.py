"""The rows of a trace that match a filter, kept up to date without looking at any row twice."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass

from labkit.trace.lens import Lens
from labkit.trace.rows import Row


@dataclass(frozen=True)
class Filter:
    """What is wanted; an empty field wants everything.

    Attributes
    ----------
    direction
        "upstream" or "downstream".
    kind
        As in `Row.kind`.
    text
        Part of the content, in any case of letters.
    heartbeats
        Whether they are wanted without being named by their kind.
    """

    direction: str = ""
    kind: str = ""
    text: str = ""
    heartbeats: bool = True

    def wants(self, row: Row) -> bool:
        """Whether a row matches, hidden heartbeats included."""
        return (
            self.direction in ("", row.direction)
            and self.kind in ("", row.kind)
            and (not self.text or self.text.lower() in f"{row.content} {row.problem}".lower())
        )

    def hides(self, row: Row) -> bool:
        """Whether a row that matches is a heartbeat that is hidden."""
        return not (self.heartbeats or self.kind) and row.is_heartbeat


class Matches:
    """The matching rows of a lens, oldest first, as far as the lens keeps them.

    Attributes
    ----------
    rows
        Those that are shown.
    hidden
        The heartbeats that match, and are hidden.
    """

    def __init__(self, lens: Lens, wanted: Filter) -> None:
        self._lens = lens
        self._wanted = wanted
        self._read = 0
        self.rows: list[Row] = []
        self.hidden: list[Row] = []

    def update(self) -> None:
        """Look at the rows that have been decoded since the last time."""
        new = self._lens.decoded_since(self._read)
        self._read = self._lens.count
        for row in filter(self._wanted.wants, new):
            (self.hidden if self._wanted.hides(row) else self.rows).append(row)
        for rows in (self.rows, self.hidden):
            del rows[: _index_of(rows, self._lens.first)]

    def has(self, number: int) -> bool:
        """Whether the row of a number is shown; one that is no longer kept is not in question."""
        index = _index_of(self.rows, number)
        is_there = index < len(self.rows) and self.rows[index].number == number
        return is_there or number < self._lens.first


def _index_of(rows: Sequence[Row], number: int) -> int:
    return bisect_left(rows, number, key=lambda row: row.number)
