"""What a chart is made from: series of figures, and plots of series on the same axes."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, get_args

from labkit.exceptions import LabError

Kind = Literal["steps", "area", "line", "points"]

SERIES = 4
"""Series of one plot: more would be told apart by colour alone."""


@dataclass(frozen=True)
class Series:
    """Figures that belong together.

    Attributes
    ----------
    label
        What they are, in a few words.
    points
        Pairs of figures, none below 0: where on the horizontal axis, and how much.
    kind
        "steps" (each figure holds until the next), "area" (such steps, filled), "line" (the points
        are joined) or "points" (they are not).
    """

    label: str
    points: Sequence[tuple[float, float]]
    kind: Kind = "points"

    def __post_init__(self) -> None:
        if self.kind not in get_args(Kind):
            kinds = ", ".join(f'"{kind}"' for kind in get_args(Kind))
            raise LabError(f'The kind of a series is one of {kinds}, not "{self.kind}".')
        for point in self.points:
            for value in point:
                check_place(value, point, self.label)


def check_place(value: object, of: object, label: str) -> None:
    """Raise LabError unless a value, of a point of what has a label, is a number from 0 on."""
    if not isinstance(value, (int, float)) or not 0 <= value < math.inf:
        raise LabError(
            f"A chart begins at 0 and ends somewhere, so {of!r} of {label!r} has no place on it."
        )


@dataclass(frozen=True)
class Plot:
    """Series on the same axes.

    Attributes
    ----------
    what
        What is counted or measured upwards, with its unit.
    series
        One to four series.
    most
        A figure that the axis reaches at least, so that charts side by side can be compared.
    """

    what: str
    series: Sequence[Series]
    most: float = 0.0

    def __post_init__(self) -> None:
        if not 1 <= len(self.series) <= SERIES:
            raise LabError(f"A plot has 1 to {SERIES} series, not {len(self.series)}.")
