"""What a chart is made from, and what has no place on it."""

from __future__ import annotations

import math

import pytest

from labkit.exceptions import LabError
from labkit.views.chart import Plot, Series


@pytest.mark.parametrize("point", [(0, -1), (-1, 0), (0, math.nan), (math.inf, 0), (0, "1")])
def test_what_has_no_place_is_refused(point: tuple[float, float]) -> None:
    """A figure below 0, or that is none, is named."""
    with pytest.raises(LabError, match="has no place on it"):
        Series("s", [point])


def test_what_cannot_be_drawn_is_refused() -> None:
    """An unknown kind, and as many series as nobody could tell apart."""
    with pytest.raises(LabError, match='one of "steps", "area", "line", "points", not "pie"'):
        Series("s", [], "pie")  # type: ignore[arg-type]
    with pytest.raises(LabError, match="1 to 4 series, not 5"):
        Plot("y", [Series("s", [])] * 5)
