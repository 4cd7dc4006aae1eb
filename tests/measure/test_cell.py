"""What was observed in a cell, and the verdict."""

from __future__ import annotations

import pytest

from labkit.measure.cell import Cell, Observed, judge


def observed(**values: object) -> Observed:
    """Return what is observed where nothing is in the way, with some values that are others."""
    usual = {"wanted": "websocket", "transport": "websocket", "is_heard": True, "hears": True}
    return Observed(**{**usual, **values})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("values", "verdict", "seconds", "evidence"),
    [
        ({}, "survives", 0, "over websocket"),
        ({"transport": "polling"}, "degrades", 0, "polling instead of websocket"),
        ({"away": [0.5, 2.0, 1]}, "degrades", 2, "it connected again, nothing lost"),
        (
            {"away": [1.0], "silent": 7.5, "lost_up": 1},
            "degrades",
            7.5,
            "it connected again, 1 text",
        ),
        ({"lost_up": 1, "lost_down": 2}, "degrades", 0, "3 texts lost"),
        ({"is_late": True, "silent": 4.0}, "degrades", 4, "a text was late"),
        ({"refused": "nobody is there", "seconds": 3.0}, "dies", 3, "nobody is there"),
        ({"is_heard": False}, "dies", 0, "it looks open and hears, but nothing that it says arr"),
        ({"hears": False}, "dies", 0, "it looks open and is heard, but hears nothing"),
        ({"is_heard": False, "hears": False}, "dies", 0, "it looks open, but nothing passes"),
        (
            {"hears": False, "state": "closed", "ending": "1006", "seconds": 12.0},
            "dies",
            12,
            "it opened, and its connection ended with 1006",
        ),
        ({"hears": False, "state": "closed"}, "dies", 0, "it opened, and its connection ended"),
        (
            {"hears": False, "state": "reconnecting", "ending": "'ping timeout'"},
            "dies",
            0,
            "it lost its connection with 'ping timeout', and is still reconnecting",
        ),
    ],
)
def test_a_verdict(values: dict[str, object], verdict: str, seconds: float, evidence: str) -> None:
    """It follows from what was observed, and says by what."""
    cell = judge(observed(**values))
    assert (cell.verdict, cell.seconds) == (verdict, seconds)
    assert cell.evidence.startswith(evidence)


def test_a_cell_is_shown_in_one_line() -> None:
    """With its seconds, if there are any."""
    assert str(Cell("survives", 0.0, "over websocket")) == "survives: over websocket"
    assert str(Cell("dies", 3.04, "no answer")) == "dies (3.0 s): no answer"
