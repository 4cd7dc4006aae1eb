"""The rows of a trace that match a filter, kept up to date without looking at any row twice."""

from __future__ import annotations

from bisect import bisect_left
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
    """

    direction: str = ""
    kind: str = ""
    text: str = ""

    def wants(self, row: Row) -> bool:
        """Whether a row matches."""
        return (
            self.direction in ("", row.direction)
            and self.kind in ("", row.kind)
            and (not self.text or self.text.lower() in f"{row.content} {row.problem}".lower())
        )


class Matches:
    """The matching rows of a lens, oldest first, as far as the lens keeps them."""

    def __init__(self, lens: Lens, wanted: Filter) -> None:
        self._lens = lens
        self._wanted = wanted
        self._read = 0
        self.rows: list[Row] = []

    def update(self) -> None:
        """Look at the rows that have been decoded since the last time."""
        new = self._lens.decoded_since(self._read)
        self._read = self._lens.count
        self.rows += filter(self._wanted.wants, new)
        if self.rows and self.rows[0].number < self._lens.first:
            gone = bisect_left(self.rows, self._lens.first, key=lambda row: row.number)
            del self.rows[:gone]
