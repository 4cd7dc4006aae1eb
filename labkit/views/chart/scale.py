"""Scales: from figures to pixels, with round figures at the ticks."""

from __future__ import annotations

import math
from dataclasses import dataclass

ROUND = (1, 2, 5, 10)
"""What a step between two ticks is, but for a power of ten."""


@dataclass(frozen=True)
class Scale:
    """An axis, which begins at 0, so that lengths on it can be compared.

    Attributes
    ----------
    step
        The figure between two ticks.
    steps
        How many of them there are.
    start, end
        The pixels of 0 and of the last tick.
    """

    step: float
    steps: int
    start: float
    end: float

    def __call__(self, figure: float) -> float:
        """Return the pixel of a figure."""
        return self.start + (self.end - self.start) * figure / (self.step * self.steps)

    @property
    def ticks(self) -> list[tuple[float, str]]:
        """The pixel of each tick, and its figure in words."""
        decimals = max(0, -math.floor(math.log10(self.step) + 1e-9))
        figures = (self.step * number for number in range(self.steps + 1))
        return [(self(figure), f"{figure:,.{decimals}f}") for figure in figures]


def make_scale(figures: list[float], start: float, end: float, spacing: float) -> Scale:
    """Return a scale on which all figures have their place.

    Parameters
    ----------
    figures
        Figures from 0. If all are whole numbers, all ticks are.
    start, end
        The pixels between which it lies.
    spacing
        Pixels from tick to tick, at least.

    Examples
    --------
    >>> [words for _, words in make_scale([0, 0.3, 1.7], 0, 400, 60).ticks]
    ['0.0', '0.5', '1.0', '1.5', '2.0']
    """
    largest = max(figures, default=0.0) or 1.0
    rough = largest / max(1, int(abs(end - start) / spacing))
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(each * power for each in ROUND if each * power >= rough * (1 - 1e-9))
    if all(float(figure).is_integer() for figure in figures):
        step = max(1.0, step)
    return Scale(step, max(1, math.ceil(largest / step - 1e-9)), start, end)
