"""The cells of an exercise in its notebook: put there from the catalogue, and solved in a twin.

A cell says in its metadata what it is: ``{"labkit": {"task": id}}``, ``{"exercise": id}`` for the
stub, ``{"check": id}``. So the catalogue is the only source of their texts.
"""

from __future__ import annotations

from typing import Any

from labkit.exceptions import LabError
from labkit.exercises.catalogue import find_exercise
from labkit.exercises.exercise import Exercise
from labkit.exercises.outcome import Outcome

KEY = "labkit"
"""The key of labkit's own metadata in a cell's."""

KINDS = ("task", "exercise", "check")
"""What the cells of an exercise are, in their order in a notebook."""


def cell_sources(exercise: Exercise) -> dict[str, str]:
    """Return the source of each cell of an exercise, by its kind."""
    hints = f'`lab.hint("{exercise.id}", 1)`, up to {len(exercise.hints)}, in a cell of your own.'
    return {
        "task": f"### Exercise: {exercise.title}\n\n{exercise.task.strip()}\n\n**Hints**: {hints}",
        "exercise": exercise.stub.strip(),
        "check": f'await lab.check("{exercise.id}", {exercise.answer_name})',
    }


def find_kind(cell: Any) -> tuple[str, Exercise] | None:
    """Return what a cell is and of which exercise, None if it belongs to none.

    Raises
    ------
    LabError
        If its metadata names no kind, or no exercise of the catalogue.
    """
    own = cell["metadata"].get(KEY)
    if own is None:
        return None
    match list(own.items()):
        case [(str(kind), str(id))] if kind in KINDS:
            return kind, find_exercise(id)
    raise LabError(f"A cell's metadata {own!r} should name one of {', '.join(KINDS)}, and an id.")


def renew_exercises(notebook: Any) -> None:
    """Give each cell of an exercise the source that the catalogue has for it."""
    for cell in notebook["cells"]:
        if found := find_kind(cell):
            kind, exercise = found
            cell["source"] = cell_sources(exercise)[kind]


def solve_exercises(notebook: Any) -> list[str]:
    """Put the solutions into a notebook, and below its checks the cards that belong to them.

    Returns
    -------
    list of str
        The ids of the exercises that were solved.

    Raises
    ------
    LabError
        If a stub is not the catalogue's: then something else would be proved.
    """
    solved = []
    for cell in notebook["cells"]:
        match find_kind(cell):
            case ("exercise", exercise):
                if cell["source"] != cell_sources(exercise)["exercise"]:
                    raise LabError(f"The stub of {exercise.id} is not the catalogue's.")
                cell["source"] = exercise.solution.strip()
                solved.append(exercise.id)
            case ("check", exercise):
                (output,) = cell["outputs"]
                done = Outcome("done", exercise.id, next=exercise.next)
                output["data"] = {"text/html": done._repr_html_(), "text/plain": repr(done)}
    return solved
