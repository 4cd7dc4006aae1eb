"""An exercise as data: what the learner reads, and how an answer is judged."""

from __future__ import annotations

import ast
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from labkit.bench.bench import Bench
from labkit.exercises.outcome import Outcome

Judge = Callable[[Any, Bench], Awaitable[Outcome | None]]
"""Judges an answer, on a child bench that the runner makes and closes.

It returns `not_yet(...)`, or None if the answer is right. The runner finds the untouched stub,
exceptions of the answer, and what it leaves behind.
"""


@dataclass(frozen=True)
class Mistake:
    """A wrong answer that is tempting, and what the check says of it.

    Parameters
    ----------
    source
        The wrong answer, as the learner would write it into the stub's cell.
    message
        What `expected` or `happened` of its outcome contains. Each mistake of an exercise has its
        own.
    """

    source: str
    message: str


@dataclass(frozen=True)
class Exercise:
    """An exercise of a notebook.

    Parameters
    ----------
    id
        The name of its module and its own, such as "raw_chat.skips_the_sender".
    title
        What the heading in the notebook says behind "Exercise: ".
    task
        What to do, as Markdown.
    stub
        The code of the cell to fill in. It imports what it uses, and its last definition is the
        answer.
    hints
        Two to four, each more open than the one before, as Markdown.
    solution
        The stub's cell, filled in.
    mistakes
        One to four tempting wrong answers.
    judge
        Judges an answer; see `Judge`.
    next
        What to think about when it is done, as plain text.
    """

    id: str
    title: str
    task: str
    stub: str
    hints: tuple[str, ...]
    solution: str
    mistakes: tuple[Mistake, ...]
    judge: Judge
    next: str

    @cached_property
    def answer_name(self) -> str:
        """The name of the answer: what the stub defines last."""
        for statement in reversed(ast.parse(self.stub).body):
            match statement:
                case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                    return statement.name
                case ast.Assign(targets=[ast.Name(id=name)]):
                    return name
        raise ValueError(f"The stub of {self.id} defines nothing.")

    def answer_of(self, source: str) -> Any:
        """Run the code of a filled-in cell in a namespace of its own, and return the answer."""
        names: dict[str, Any] = {"__name__": "__main__"}
        exec(compile(source, f"<{self.id}>", "exec"), names)
        return names[self.answer_name]
