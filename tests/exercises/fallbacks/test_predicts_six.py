"""The six predictions: they are those of the grid, and each wrong one gets its reason."""

from __future__ import annotations

from types import ModuleType
from typing import Any

import pytest

from labkit.exercises.check import check_answer
from labkit.exercises.fallbacks.predicts_six import CELLS, EXERCISE, VERDICTS, Cell
from labkit.measure.grid import COLUMNS, ROWS, try_cell
from tests.conftest import ROOT

PAIRS = [pytest.param(cell, id=f"{cell.way} behind {cell.box}") for cell in CELLS]


def right() -> dict[Any, Any]:
    """Return the solution."""
    answer: dict[Any, Any] = EXERCISE.answer_of(EXERCISE.solution)
    return answer


def test_the_cells_are_those_of_the_grid() -> None:
    """Their names are the grid's, and no verdict is right everywhere."""
    assert all(cell.box in ROWS and cell.way in COLUMNS for cell in CELLS)
    assert {cell.verdict for cell in CELLS} == set(VERDICTS)
    assert not any(verdict in cell.why for cell in CELLS for verdict in VERDICTS)


def test_the_page_does_not_show_them() -> None:
    """No box of the exercise stands in the notebook's own grid."""
    page = (ROOT / "notebooks/09-when-websockets-are-blocked.ipynb").read_text("utf-8")
    grid = page[page.index("BOXES = [") :].partition("]")[0]
    shown = {cell.box for cell in CELLS if cell.box in grid}
    assert shown == {"drop upgrade"}  # there without the chain


@pytest.mark.exhaustive
@pytest.mark.parametrize("cell", PAIRS)
async def test_a_verdict_is_what_happens(cell: Cell, lab: ModuleType) -> None:
    """The trial itself says the same."""
    await lab.fresh(timescale=0.4)
    assert (await try_cell(cell.box, cell.way)).verdict == cell.verdict


@pytest.mark.parametrize("cell", PAIRS)
async def test_a_wrong_prediction(cell: Cell, lab: ModuleType) -> None:
    """It is named, and the reason, which would settle it, is not told yet."""
    for verdict in set(VERDICTS) - {cell.verdict}:
        outcome = await check_answer(EXERCISE, right() | {(cell.box, cell.way): verdict})
        assert "Think again" in outcome.expected
        assert outcome.happened == f'You said that {cell.way!r} {verdict} behind "{cell.box}".'
        assert cell.why not in repr(outcome)


@pytest.mark.parametrize(
    ("answer", "happened"),
    [
        ({}, "It is {}."),
        ("dies", "It is 'dies'."),
        (right() | {("idle kill 8 s", "websocket"): ...}, "It is still open: `...`."),
        (right() | {("idle kill 8 s", "websocket"): "lives"}, "is 'lives'."),
        (right() | {("idle kill 8 s", "websocket"): ["dies"]}, "is ['dies']."),
        (right() | {("a", "b"): "dies"}, "It is {"),
    ],
)
async def test_what_is_not_a_prediction(answer: Any, happened: str, lab: ModuleType) -> None:
    """It is said which one, and what may stand there."""
    outcome = await check_answer(EXERCISE, answer)
    assert outcome.state == "not yet" and happened in outcome.happened, outcome


async def test_several_wrong_predictions(lab: ModuleType) -> None:
    """All are named."""
    outcome = await check_answer(EXERCISE, dict.fromkeys(right(), "survives"))
    assert outcome.happened.count("survives behind") == 5


async def test_the_reasons(lab: ModuleType) -> None:
    """They come when all predictions are right, and with the last hint."""
    outcome = await check_answer(EXERCISE, right())
    assert outcome.state == "done"
    for cell in CELLS:
        assert cell.why in repr(outcome) and cell.why in EXERCISE.hints[-1]
