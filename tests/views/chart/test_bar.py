"""Bars, and figures in words."""

from __future__ import annotations

import math

import pytest

from labkit.exceptions import LabError
from labkit.views.chart import Bar, BarPlot
from labkit.views.chart.bar import figure_words


def test_a_bar_is_as_long_as_the_median() -> None:
    """Its words also have the lowest and the highest figure, unless all are the same."""
    bar = Bar("socketio", [2.31, 1.9, 2.0])
    assert (bar.median, bar.words) == (2.0, "2 (1.9 to 2.31)")
    assert Bar("websocket", [38, 38, 38]).words == "38"


@pytest.mark.parametrize(
    ("figure", "words"),
    [
        (0, "0"),
        (0.11234, "0.112"),
        (38, "38"),
        (99.96, "100"),
        (1018, "1,018"),
        (12345.6, "12,346"),
    ],
)
def test_figures_in_words(figure: float, words: str) -> None:
    """Three digits say enough, and a count is never rounded."""
    assert figure_words(figure) == words


@pytest.mark.parametrize("figure", [-1, math.nan, math.inf, "1"])
def test_what_has_no_place_is_refused(figure: float) -> None:
    """A figure below 0, or that is none, is named."""
    with pytest.raises(LabError, match="of 'socketio' has no place on it"):
        Bar("socketio", [1, figure])


def test_what_cannot_be_drawn_is_refused() -> None:
    """A bar without a figure, and as many bars as nobody would read."""
    with pytest.raises(LabError, match="'socketio' has none"):
        Bar("socketio", [])
    with pytest.raises(LabError, match="1 to 12 bars, not 13"):
        BarPlot("ms", [Bar("b", [1])] * 13)
