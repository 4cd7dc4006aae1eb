"""Verbs for exercises: check an answer, ask for a hint or the solution, see the progress."""

from __future__ import annotations

from collections.abc import Coroutine
from typing import TYPE_CHECKING, Any, overload

from labkit.exceptions import LabError
from labkit.shadows import explain_shadows

if TYPE_CHECKING:
    from labkit.exercises.exercise import Exercise
    from labkit.exercises.outcome import Outcome
    from labkit.views.markdown import Markdown
    from labkit.views.progress.board import Board

_NOTHING: Any = object()


@overload
def check() -> Board: ...
@overload
def check(id: str, answer: Any) -> Coroutine[Any, Any, Outcome]: ...


@explain_shadows()
def check(id: Any = _NOTHING, answer: Any = _NOTHING) -> Board | Coroutine[Any, Any, Outcome]:
    """Check the answer to an exercise; without arguments, list this notebook's exercises.

    The answer is run on a bench of its own, for at most 10 s. A wrong answer raises nothing: the
    outcome says what was expected and what happened instead.

    Parameters
    ----------
    id
        The exercise's id.
    answer
        What you wrote: the function, class or value itself.

    Returns
    -------
    Outcome
        Once awaited; `state` is "untouched", "not yet" or "done". Without arguments, a list of the
        exercises of this notebook, or of all where Jupyter does not say which notebook it is.

    Raises
    ------
    LabError
        If there is no such exercise; the text suggests the nearest id. If no answer is given.

    Examples
    --------
    >>> await lab.check("raw_chat.skips_the_sender", handler)
    """
    from labkit.exercises.catalogue import find_exercise
    from labkit.exercises.this_notebook import find_number

    if id is _NOTHING:
        return _board(find_number())
    exercise = find_exercise(id)
    if answer is _NOTHING:
        raise LabError(
            f'Give your answer too: `await lab.check("{exercise.id}", {exercise.answer_name})`.'
        )
    return _check(exercise, answer)


async def _check(exercise: Exercise, answer: Any) -> Outcome:
    from labkit.exercises.check import check_answer
    from labkit.exercises.progress import progress

    outcome = await check_answer(exercise, answer)
    progress.record(exercise.id, outcome.state)
    return outcome


_check.__name__ = _check.__qualname__ = "check"  # what a forgotten `await` is explained with


@explain_shadows()
def hint(id: str, number: int | None = None) -> Markdown:
    """Show a hint at an exercise: each says more than the one before.

    Parameters
    ----------
    id
        The exercise's id.
    number
        Which one, from 1. By default the next that you have not seen, so running the same cell
        again shows another; a page gives the number.

    Raises
    ------
    LabError
        If there is no such exercise or hint.

    Examples
    --------
    >>> lab.hint("raw_chat.skips_the_sender", 1)
    """
    from labkit.exercises.catalogue import find_exercise
    from labkit.exercises.progress import progress
    from labkit.views.markdown import Markdown

    exercise = find_exercise(id)
    count = len(exercise.hints)
    if number is None:
        seen = progress.entry(id).hints
        number = next((each for each in range(1, count) if each not in seen), count)
    if not isinstance(number, int) or isinstance(number, bool) or not 1 <= number <= count:
        raise LabError(f"{id} has hints 1 to {count}, and no hint {number!r:.80}.")
    progress.record(id, hint=number)
    after = (
        f'The next one: `lab.hint("{id}", {number + 1})`.'
        if number < count
        else f'This is the last. The solution: `lab.solution("{id}")`.'
    )
    return Markdown(f"**Hint {number} of {count}.** {exercise.hints[number - 1]}\n\n{after}")


@explain_shadows()
def solution(id: str) -> Markdown:
    """Show the solution of an exercise, which is one right answer of several.

    Raises
    ------
    LabError
        If there is no such exercise.

    Examples
    --------
    >>> lab.solution("raw_chat.skips_the_sender")
    """
    from labkit.exercises.catalogue import find_exercise
    from labkit.views.markdown import Markdown

    exercise = find_exercise(id)
    return Markdown(f"```python\n{exercise.solution.strip()}\n```")


@explain_shadows()
def progress() -> Board:
    """Show all exercises by notebook, and how far you are with each.

    It is kept beside the notebooks of your copy of the course. An exercise that was done remains
    done.

    Examples
    --------
    >>> lab.progress()
    """
    return _board("")


def _board(number: str) -> Board:
    """Return the exercises of a notebook, or of all if it has none or "" is given."""
    from labkit.exercises.catalogue import NOTEBOOKS
    from labkit.exercises.progress import progress
    from labkit.views.progress.board import Board, BoardRow

    names = [name for name in sorted(NOTEBOOKS) if name.startswith(number)] or sorted(NOTEBOOKS)
    entries = progress.entries()
    boards = []
    for name in names:
        rows = []
        for exercise in NOTEBOOKS[name]:
            entry = entries.get(exercise.id)
            state, hints = (entry.state, entry.hints) if entry else ("untouched", ())
            rows.append(BoardRow(state, exercise.id, exercise.title, len(hints)))
        boards.append((name.replace("-", " "), rows))
    return Board(boards, progress.note)
