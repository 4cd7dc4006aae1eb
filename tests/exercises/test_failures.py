"""What an outcome says of an answer that failed."""

from __future__ import annotations

from labkit.exceptions import LabError, LoopBlocked, TaskExited
from labkit.exercises.catalogue import all_exercises
from labkit.exercises.failures import explain_failure, steady_text
from labkit.source_lines import SourceLine

EXERCISE = next(iter(all_exercises().values()))


def fail(error: BaseException) -> BaseException:
    """Return an exception that was raised on a line of this file, inside a library's call."""
    try:
        list(map(helper, [error]))
    except BaseException as caught:
        return caught
    raise AssertionError


def helper(error: BaseException) -> None:
    """Raise it."""
    raise error


def test_an_exception_is_shown_with_the_learners_lines() -> None:
    """Class, text and the lines that led to it, nothing of labkit's."""
    outcome = explain_failure(EXERCISE, fail(KeyError("alice")))
    assert outcome.happened == "It raised KeyError: 'alice'"
    assert outcome.case.splitlines() == [
        "in fail: list(map(helper, [error]))",
        "in helper: raise error",
    ]


def test_only_the_nearest_lines_are_shown() -> None:
    """Of a recursion without an end, the last five; of a long text, its beginning."""

    def deeper(depth: int) -> None:
        if not depth:
            raise ValueError("x" * 10_000)
        deeper(depth - 1)

    try:
        deeper(50)
    except ValueError as error:
        outcome = explain_failure(EXERCISE, error)
    assert len(outcome.case.splitlines()) == 5 and len(outcome.happened) < 600


def test_what_ended_the_answer_is_said() -> None:
    """An exit, a block, a group of one, and what `serve` says of a handler."""
    block = explain_failure(EXERCISE, fail(LoopBlocked("blocked")))
    assert "was stopped at `raise error` in test_failures.py" in block.happened
    caught = LoopBlocked("blocked")  # by a library, above the learner's line
    caught.source_line = SourceLine("people = set()", "await websocket.send(text)")
    text = "at `await websocket.send(text)` in the cell that begins with `people = set()`."
    assert text in explain_failure(EXERCISE, caught).happened
    assert explain_failure(EXERCISE, fail(TaskExited("It left."))).happened == "It left."
    group = explain_failure(EXERCISE, ExceptionGroup("one", [ValueError("inside")]))
    assert group.happened == "It raised ValueError: inside"
    assert explain_failure(EXERCISE, LabError("It is a class.")).happened == "It is a class."


def test_what_varies_is_left_out() -> None:
    """Addresses in memory, and ports; other numbers stay."""
    text = "<Room object at 0x7f3a> ws://127.0.0.1:43211/ ('127.0.0.1', 43211) 1011"
    assert steady_text(text) == "<Room object> ws://127.0.0.1:.../ ('127.0.0.1', ...) 1011"
