"""What a bar chart is made from: bars, each of several figures, and plots of bars on one axis."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from labkit.exceptions import LabError
from labkit.views.chart.series import check_place

MAX_BARS = 12
"""Bars of one plot: more would not be read."""


@dataclass(frozen=True)
class Bar:
    """Figures of the same thing, measured several times.

    Attributes
    ----------
    label
        What they are of.
    figures
        The figures, at least one, none below 0.
    """

    label: str
    figures: Sequence[float]

    def __post_init__(self) -> None:
        if not self.figures:
            raise LabError(f"A bar has at least one figure, and {self.label!r} has none.")
        for figure in self.figures:
            check_place(figure, figure, self.label)

    @property
    def median(self) -> float:
        """The median: how long the bar is."""
        return median(self.figures)

    @property
    def words(self) -> str:
        """The median, and the lowest and highest figure if they differ: "2 (1.9 to 2.3)"."""
        return spread_words(self.figures)


@dataclass(frozen=True)
class BarPlot:
    """Bars on one axis.

    Attributes
    ----------
    what
        What is measured, with its unit.
    bars
        The bars, from top to bottom.
    """

    what: str
    bars: Sequence[Bar]

    def __post_init__(self) -> None:
        if not 1 <= len(self.bars) <= MAX_BARS:
            raise LabError(f"A plot has 1 to {MAX_BARS} bars, not {len(self.bars)}.")


def spread_words(figures: Sequence[float]) -> str:
    """Return the median of figures in words, and their spread if there is one.

    Examples
    --------
    >>> spread_words([1.9, 2, 2.31])
    '2 (1.9 to 2.31)'
    >>> spread_words([38, 38])
    '38'
    """
    middle, lowest, highest = map(figure_words, (median(figures), min(figures), max(figures)))
    return middle if lowest == highest else f"{middle} ({lowest} to {highest})"


def figure_words(figure: float) -> str:
    """Return a figure in words: to three digits, but no whole number is rounded.

    Examples
    --------
    >>> figure_words(0.11234), figure_words(12345.6)
    ('0.112', '12,346')
    """
    return f"{figure:,.0f}" if figure >= 100 else f"{figure:.3g}"
