"""All exercises, by notebook and by id."""

from __future__ import annotations

from difflib import get_close_matches

from labkit.exceptions import LabError
from labkit.exercises.exercise import Exercise

NOTEBOOKS: dict[str, tuple[Exercise, ...]] = {}
"""The exercises of each notebook, in the notebook's order, by its number: {"03": EXERCISES}."""


def all_exercises() -> dict[str, Exercise]:
    """Return all exercises by id, in the course's order."""
    return {each.id: each for number in sorted(NOTEBOOKS) for each in NOTEBOOKS[number]}


def find_exercise(id: str) -> Exercise:
    """Return the exercise with an id.

    Raises
    ------
    LabError
        If there is none; the text suggests the nearest.
    """
    known = all_exercises()
    if isinstance(id, str) and id in known:
        return known[id]
    near = get_close_matches(str(id), known, n=1, cutoff=0.5)
    advice = f"Did you mean {near[0]!r}? " if near else ""
    raise LabError(f"There is no exercise {id!r}. {advice}`lab.check()` lists all ids.")
