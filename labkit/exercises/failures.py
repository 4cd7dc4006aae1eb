"""What an outcome says of an answer that failed: the learner's lines, and nothing that varies."""

from __future__ import annotations

import re
import traceback
from dataclasses import replace

from labkit.exceptions import LabError, LoopBlocked, LoopStillBlocked, TaskExited
from labkit.exercises.exercise import Exercise
from labkit.exercises.outcome import Outcome, not_yet
from labkit.exercises.tried import Tried
from labkit.loop.exception_groups import describe_exception, leaf_exceptions
from labkit.source_lines import is_learner_file, source_line_at, source_line_of_traceback

_MAX_LINES = 5
"""Of the learner's lines on the way to an exception, those nearest to it are shown."""

_MAX_TEXT = 500
"""Characters of an exception's text that are shown."""

_ADDRESS = re.compile(r" at 0x[0-9a-fA-F]+")
_PORT = re.compile(r"((?:127\.0\.0\.1|localhost|::1\]?)(?::|['\"], ))\d+")


def explain_failure(exercise: Exercise, error: BaseException, tried: Tried) -> Outcome:
    """Return the outcome of an answer, or of the check of it, that raised an exception.

    Parameters
    ----------
    exercise
        The exercise.
    error
        The exception.
    tried
        What the judge tried.
    """
    error = leaf_exceptions(error)[0]
    if isinstance(error, LoopBlocked | LoopStillBlocked):
        return explain_blocked(error, tried)
    lines = _learner_lines(error)
    if isinstance(error, TaskExited):
        return replace(not_yet("It returns.", str(error), tried.case), where=lines)
    if isinstance(error, LabError) and not lines:  # such as what `serve` says of a handler
        return not_yet(
            f"`{exercise.answer_name}` works as the stub's would.", str(error), tried.case
        )
    text = describe_exception(error)
    short = text if len(text) <= _MAX_TEXT else f"{text[:_MAX_TEXT]}..."
    expected = tried.expected or "It raises no exception."
    return replace(not_yet(expected, f"It raised {short}", tried.case), where=lines)


def explain_blocked(error: LoopBlocked | LoopStillBlocked, tried: Tried) -> Outcome:
    """Return the outcome of an answer that kept the loop from running."""
    at = error.source_line or source_line_of_traceback(error.__traceback__)
    told = not_yet(
        "It lets the loop run: it ends, or awaits something.",
        "It kept the loop from running, so nothing else could happen, and was stopped"
        + (f" at {at}." if at else "."),
        tried.case,
    )
    return replace(told, where=_learner_lines(error))


def steady_text(text: str) -> str:
    """Return a text without what differs in each run: addresses in memory, and ports."""
    return _PORT.sub(r"\1...", _ADDRESS.sub("", text))


def _learner_lines(error: BaseException) -> str:
    """Return the learner's lines that led to an exception, a line each, the nearest last."""
    frames = traceback.walk_tb(error.__traceback__)
    own = [
        (frame.f_code, line) for frame, line in frames if is_learner_file(frame.f_code.co_filename)
    ]
    return "\n".join(
        f"in {code.co_name}: `{source_line_at(code.co_filename, line).line}`".removesuffix(": ``")
        for code, line in own[-_MAX_LINES:]
    )
