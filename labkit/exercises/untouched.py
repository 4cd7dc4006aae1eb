"""Whether an answer is still the stub, judged by its bytecode.

The source cannot decide it: comments, docstrings, other names of local variables and a cell that
was run again change nothing, and a definition may have no source. So the instructions are compared,
on one interpreter, without what only serves debugging.
"""

from __future__ import annotations

import dis
import functools
import inspect
from bisect import bisect_left
from types import CodeType
from typing import Any

_NOTHING = """
def f(): ...
def f(): return
def f(): return ...
def f(): raise NotImplementedError
def f(): raise NotImplementedError()
def f(): raise NotImplementedError("why")
def f(): raise NotImplementedError from None
"""
_GENERATES = inspect.CO_COROUTINE | inspect.CO_GENERATOR | inspect.CO_ASYNC_GENERATOR
_JUMPS = frozenset({*dis.hasjrel, *dis.hasjabs})
_LEFT_OUT = frozenset({"NOP", "CACHE", "EXTENDED_ARG"})


def is_untouched(answer: object, stub: object) -> bool:
    """Return whether an answer does what the stub does, or nothing at all.

    Parameters
    ----------
    answer
        What the learner gave: a function, method, partial, callable object, class or value.
    stub
        What the stub's cell defines.

    Examples
    --------
    >>> is_untouched(lambda websocket: ..., stub)
    True
    """
    answer, stub = _unwrap(answer), _unwrap(stub)
    if inspect.isclass(answer):
        own, given = _methods(answer), _methods(stub) if inspect.isclass(stub) else {}
        attributes = inspect.isclass(stub) and _attributes(answer) != _attributes(stub)
        return not attributes and all(_is_same(code, given.get(name)) for name, code in own.items())
    code = _code(answer)
    if code is not None:
        return _is_same(code, _code(stub))
    return answer is ... or (type(answer) is type(stub) and answer == stub)


def _unwrap(thing: Any) -> Any:
    """Return the function inside partials, methods, decorators with `wraps`, callable objects."""
    for _ in range(100):  # a chain may lead back to itself
        if isinstance(thing, functools.partial | functools.partialmethod):
            thing = thing.func
        elif inspect.ismethod(thing) or isinstance(thing, staticmethod | classmethod):
            thing = thing.__func__
        elif "__wrapped__" in getattr(thing, "__dict__", {}) and not inspect.isclass(thing):
            thing = thing.__wrapped__
        elif not inspect.isroutine(thing) and not inspect.isclass(thing):
            method = inspect.getattr_static(type(thing), "__call__", None)
            if not inspect.isfunction(method):
                break
            thing = method
        else:
            break
    return thing


def _code(function: object) -> CodeType | None:
    code = getattr(function, "__code__", None)
    return code if isinstance(code, CodeType) else None


def _methods(kind: type) -> dict[str, CodeType]:
    """Return the code of a class's own methods and properties."""
    found = {}
    for name, value in vars(kind).items():
        functions = {"": value}
        if isinstance(value, property):
            functions = {".get": value.fget, ".set": value.fset, ".delete": value.fdel}
        for suffix, function in functions.items():
            code = _code(_unwrap(function))
            if code is not None and not name.startswith("__annotate"):
                found[name + suffix] = code
    return found


def _attributes(kind: type) -> set[tuple[str, str]]:
    """Return names and values of a class's other attributes of its own."""
    return {
        (name, repr(value))
        for name, value in vars(kind).items()
        if not name.startswith("__") and _code(_unwrap(value)) is None and not _is_slot(value)
    }


def _is_slot(value: object) -> bool:
    return inspect.isdatadescriptor(value)


def _is_same(code: CodeType, stub: CodeType | None) -> bool:
    if stub is not None and _normal(code) == _normal(stub):
        return True
    return _without_texts(_instructions(code)) in _empty_bodies(code.co_flags & _GENERATES)


@functools.cache
def _empty_bodies(kind: int) -> tuple[Any, ...]:
    """Return the instructions of bodies that do nothing, in a function of a kind."""
    before = "async " if kind & inspect.CO_COROUTINE else ""
    codes = []
    for line in _NOTHING.split("\n"):
        if line:
            names: dict[str, Any] = {}
            exec(before + line, names)
            codes.append(names["f"].__code__)
    return tuple(_without_texts(_instructions(code)) for code in codes)


def _normal(code: CodeType) -> tuple[Any, ...]:
    counts = (code.co_argcount, code.co_posonlyargcount, code.co_kwonlyargcount)
    variable = code.co_flags & (inspect.CO_VARARGS | inspect.CO_VARKEYWORDS | _GENERATES)
    return counts, variable, _instructions(code)


def _instructions(code: CodeType) -> tuple[Any, ...]:
    """Return what a function does: its instructions, with local names and jumps as numbers."""
    bytecode = dis.Bytecode(code)
    kept = [each for each in bytecode if each.opname not in _LEFT_OUT]
    starts = [each.offset for each in kept]
    local = {name: at for at, name in enumerate((*code.co_varnames, *code.co_cellvars))}
    done: list[Any] = []
    for each in kept:
        value = each.argval
        if each.opcode in _JUMPS:
            value = bisect_left(starts, value)
        elif each.opcode in dis.hasconst:
            value = _constant(value)
        elif any(part in each.opname for part in ("_FAST", "_DEREF", "_CLOSURE", "_CELL")):
            several = value if isinstance(value, tuple) else (value,)
            value = tuple(local.get(name, name) for name in several)
        done.append((each.opname, value))
    for region in bytecode.exception_entries:  # type: ignore[attr-defined]
        done.append(tuple(bisect_left(starts, at) for at in region[:3]))
    return tuple(done)


def _constant(value: object) -> object:
    """Return a constant as something that equals no other: 1 == True, and 0.0 == -0.0."""
    if isinstance(value, CodeType):
        return _normal(value)
    if isinstance(value, tuple | frozenset):
        kind = type(value)
        return kind.__name__, kind(_constant(each) for each in value)
    return type(value).__name__, repr(value)


def _without_texts(instructions: tuple[Any, ...]) -> tuple[Any, ...]:
    """Return instructions without what the text of an error says."""
    return tuple(
        ("LOAD_CONST", "text") if each[0] == "LOAD_CONST" and each[1][0] == "str" else each
        for each in instructions
    )
