"""Whether an answer is of the kind that its stub is: a function, a coroutine function, a class."""

from __future__ import annotations

import inspect
from typing import Any

from labkit.exercises.exercise import Exercise


def wrong_kind(exercise: Exercise, answer: Any, stub: Any) -> str:
    """Return what is wrong with the kind of an answer, as a sentence; "" if nothing is.

    Parameters
    ----------
    exercise
        The exercise.
    answer
        What the learner gave. A coroutine is closed.
    stub
        What the stub's cell defines.
    """
    name = exercise.answer_name
    if not callable(stub):
        return f"`{name}` is not a function; give the value." if inspect.isroutine(answer) else ""
    if inspect.iscoroutine(answer) or inspect.isasyncgen(answer) or inspect.isgenerator(answer):
        if not inspect.isasyncgen(answer):
            answer.close()
        called = answer.__name__
        return (
            f"`{called}()` was called; the check needs the function itself: "
            f'`await lab.check("{exercise.id}", {called})`, without brackets.'
        )
    if inspect.isclass(stub):
        return "" if inspect.isclass(answer) else f"{_named(answer)} is not a class: give `{name}`."
    if inspect.isclass(answer):
        return f"`{answer.__name__}` is a class; the check needs a function, such as `{name}`."
    if not callable(answer):
        return f"{_named(answer)} is not a function: give `{name}`."
    return _wrong_function(answer, stub)


def _wrong_function(answer: Any, stub: Any) -> str:
    name = getattr(answer, "__name__", type(answer).__name__)
    name = "it" if name == "<lambda>" else f"`{name}`"
    call = answer if inspect.isroutine(answer) else getattr(answer, "__call__", answer)  # noqa: B004
    if inspect.isasyncgenfunction(call) and not inspect.isasyncgenfunction(stub):
        return f"{name} contains `yield`, so it is a generator, which cannot be awaited."
    if inspect.iscoroutinefunction(call) and not inspect.iscoroutinefunction(stub):
        return f"{name} begins with `async def`, and the check calls it without `await`: use `def`."
    if inspect.isbuiltin(call):
        return f"{name} is a function of Python's own, and not what the exercise asks for."
    return _wrong_arguments(name, answer, stub)


def _wrong_arguments(name: str, answer: Any, stub: Any) -> str:
    wanted = inspect.signature(stub)
    try:
        given = inspect.signature(answer)
        given.bind(*wanted.parameters)
    except ValueError:  # some callables written in C have no signature
        return ""
    except TypeError:
        takes = str(given).replace("self, ", "")
        return f"{name} takes {takes}, and the check calls it with {wanted}."
    return ""


def _named(answer: Any) -> str:
    """Return what a wrong answer is, without an address."""
    text = repr(answer)
    return f"an object of `{type(answer).__name__}`" if " at 0x" in text else f"{text:.80}"
