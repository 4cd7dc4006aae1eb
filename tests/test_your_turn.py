"""What a page asks a learner to write comes out as the page says."""

from __future__ import annotations

from dataclasses import dataclass

import nbformat
import pytest

from tests.support.notebooks import PATHS, failures, run_notebook

MARK = "**Your turn**"


@dataclass(frozen=True)
class Turn:
    """A change to a cell, and what a person then tries.

    Attributes
    ----------
    number
        The notebook's number.
    task
        The cell with the task.
    cell, before, after
        The cell to change, what is replaced in it, and by what.
    trial, outcome
        Code that is run where the task stands, and what it prints.
    """

    number: str
    task: str
    cell: str
    before: str
    after: str
    trial: str
    outcome: str


TURNS = [
    Turn(
        "03",
        "step-4-name",
        "step-4-run",
        "people - {websocket}",
        "people",
        'print(await alice.hears("morning"))',
        "good morning\n",
    ),
    Turn(
        "03",
        "step-8-look",
        "step-8-run",
        "            else:\n",
        '            elif message.startswith("/shout "):\n'
        '                broadcast(people - {websocket}, message.removeprefix("/shout ").upper())\n'
        "            else:\n",
        'await bob.say("/shout hello")\nprint(await carol.hears("HELLO"))',
        "HELLO\n",
    ),
    Turn(
        "04",
        "step-1-look",
        "step-1-carol",
        "def make_small(websocket):  # two of the four buffers, see below\n",
        "def make_small(websocket):\n    return\n",
        'print(rough(results["one by one"][0]))',
        "all 200\n",
    ),
    Turn(
        "04",
        "step-6-look",
        "step-6-chat",
        "maxsize=50",
        "maxsize=1",
        'print("bob heard all:", results["a queue each"][0] == 200)',
        "bob heard all: False\n",
    ),
]


def test_each_task_is_tried() -> None:
    """The pages give no task that is not below."""
    tasks = [
        (path.name[:2], cell.id)
        for path in PATHS
        for cell in nbformat.read(path, as_version=4).cells
        for _ in range(cell.source.count(MARK))
    ]
    assert tasks == [(turn.number, turn.task) for turn in TURNS]


async def take_turn(turn: Turn) -> None:
    """Run the cells up to a task, with the change, and then what a person tries."""
    (path,) = (path for path in PATHS if path.name.startswith(turn.number))
    notebook = nbformat.read(path, as_version=4)
    ids = [cell.id for cell in notebook.cells]
    notebook.cells = notebook.cells[: ids.index(turn.task)]
    changed = notebook.cells[ids.index(turn.cell)]
    assert changed.source.count(turn.before) == 1
    changed.source = changed.source.replace(turn.before, turn.after)
    notebook.cells.append(nbformat.v4.new_code_cell(turn.trial))
    await run_notebook(notebook, path.parent)
    (printed,) = notebook.cells[-1].outputs
    assert printed.text == turn.outcome


@pytest.mark.exhaustive
async def test_a_task_comes_out_as_the_page_says() -> None:
    """Whoever changes the cell as the task wants it gets what the page says."""
    assert await failures(take_turn, TURNS) == {}
