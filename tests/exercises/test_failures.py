"""What an outcome says of an answer that failed."""

from __future__ import annotations

from labkit.exceptions import LabError, LoopBlocked, TaskExited
from labkit.exercises.catalogue import all_exercises
from labkit.exercises.failures import explain_failure, steady_text
from labkit.exercises.outcome import Outcome
from labkit.exercises.tried import Tried
from labkit.source_lines import SourceLine

EXERCISE = next(iter(all_exercises().values()))


def explain(error: BaseException) -> Outcome:
    """Explain an exception of an answer whose judge did not say what it tried."""
    return explain_failure(EXERCISE, error, Tried())


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
    outcome = explain(fail(KeyError("alice")))
    assert outcome.happened == "It raised KeyError: 'alice'"
    assert outcome.where.splitlines() == [
        "in fail: `list(map(helper, [error]))`",
        "in helper: `raise error`",
    ]


def test_what_was_tried_is_shown() -> None:
    """What was wanted and the smallest case are the judge's; without them, no exception is."""
    tried = Tried("bob hears it.", ["alice connects", "alice says 'hi'"])
    outcome = explain_failure(EXERCISE, fail(KeyError("alice")), tried)
    assert (outcome.expected, outcome.case) == ("bob hears it.", tried.case)
    for error in (LoopBlocked("blocked"), TaskExited("It left.")):
        outcome = explain_failure(EXERCISE, fail(error), tried)
        assert outcome.case == tried.case and "in helper: `raise error`" in outcome.where
    assert explain(fail(KeyError("alice"))).expected == "It raises no exception."


def test_only_the_nearest_lines_are_shown() -> None:
    """Of a recursion without an end, the last five; of a long text, its beginning."""

    def deeper(depth: int) -> None:
        if not depth:
            raise ValueError("x" * 10_000)
        deeper(depth - 1)

    try:
        deeper(50)
    except ValueError as error:
        outcome = explain(error)
    assert len(outcome.where.splitlines()) == 5 and len(outcome.happened) < 600


def test_what_ended_the_answer_is_said() -> None:
    """An exit, a block, a group of one, and what `serve` says of a handler."""
    block = explain(fail(LoopBlocked("blocked")))
    assert "was stopped at `raise error` in test_failures.py" in block.happened
    caught = LoopBlocked("blocked")  # by a library, above the learner's line
    caught.source_line = SourceLine("people = set()", "await websocket.send(text)")
    text = "at `await websocket.send(text)` in the cell that begins with `people = set()`."
    assert text in explain(caught).happened
    assert explain(fail(TaskExited("It left."))).happened == "It left."
    group = explain(ExceptionGroup("one", [ValueError("inside")]))
    assert group.happened == "It raised ValueError: inside"
    assert explain(LabError("It is a class.")).happened == "It is a class."


def test_what_varies_is_left_out() -> None:
    """Addresses in memory, and ports; other numbers stay."""
    text = "<Room object at 0x7f3a> ws://127.0.0.1:43211/ ('127.0.0.1', 43211) 1011"
    assert steady_text(text) == "<Room object> ws://127.0.0.1:.../ ('127.0.0.1', ...) 1011"
