"""Scales: round figures at the ticks, and a place for each figure."""

from __future__ import annotations

import itertools

import pytest

from labkit.views.chart.scale import make_scale


@pytest.mark.parametrize(
    ("figures", "words"),
    [
        ([0, 30], "0 10 20 30"),
        ([0, 31], "0 10 20 30 40"),
        ([3], "0 1 2 3"),
        ([1], "0 1"),
        ([], "0 1"),
        ([0], "0 1"),
        ([0.03], "0.00 0.01 0.02 0.03"),
        ([0.5, 0.75], "0.0 0.2 0.4 0.6 0.8"),
        ([12.5], "0 5 10 15"),
        ([100_000], "0 50,000 100,000"),
    ],
)
def test_ticks_are_round(figures: list[float], words: str) -> None:
    """They are multiples of 1, 2 or 5, whole for whole figures, and the last is not exceeded."""
    scale = make_scale(figures, 0, 120, 30)
    assert " ".join(told for _, told in scale.ticks) == words
    assert all(0 <= scale(figure) <= 120 + 1e-9 for figure in figures)


def test_figures_lie_in_proportion() -> None:
    """An axis begins at 0, also one that goes upward."""
    upward = make_scale([40], 200, 100, 20)
    assert [upward(figure) for figure in (0, 10, 40)] == [200, 175, 100]
    assert [pixel for pixel, _ in upward.ticks][:2] == [200, 175]


def test_ticks_keep_their_distance() -> None:
    """However large the figure, no two ticks are nearer than asked."""
    for exponent in range(-6, 9):
        pixels = [pixel for pixel, _ in make_scale([1.3 * 10**exponent], 0, 500, 60).ticks]
        assert min(b - a for a, b in itertools.pairwise(pixels)) >= 60 * 0.7
