"""A copy of an answer that shares nothing with the learner's notebook that changes or is alive.

A handler in a cell uses the notebook's variables. If a check ran it over them, the learner's own
clients would hear the check's messages, and one check would see what another had left. So the
answer runs over a copy of those that it names, with containers copied and live connections taken
out of them; its helpers are copied in the same way. Its code is the same, so errors still name the
learner's lines.
"""

from __future__ import annotations

import asyncio
import functools
import inspect
import sys
import types
from collections import deque
from collections.abc import Iterable
from types import CellType, CodeType, FunctionType, MethodType
from typing import Any

from labkit.source_lines import is_learner_file
from labkit.transports.live import is_live


def isolate(answer: Any) -> Any:
    """Return a copy of a function, method, partial or object; classes and values are themselves.

    Parameters
    ----------
    answer
        What the learner gave.
    """
    return _Copies().copy(answer)


class _Copies:
    """The copies that were made so far: what is one thing for the answer remains one."""

    def __init__(self) -> None:
        self._copies: dict[int, Any] = {}
        self._originals: list[Any] = []  # an id is of use as long as its object is alive
        self._globals: dict[int, dict[str, Any]] = {}

    def copy(self, thing: Any) -> Any:
        if id(thing) in self._copies:
            return self._copies[id(thing)]
        match thing:
            case FunctionType():
                return self._copy_function(thing)
            case MethodType():
                return MethodType(self.copy(thing.__func__), self.copy(thing.__self__))
            case functools.partial():
                options = {name: self.copy(value) for name, value in thing.keywords.items()}
                return functools.partial(
                    self.copy(thing.func), *map(self.copy, thing.args), **options
                )
            case list() | set() | deque() | dict():
                return self._copy_container(thing)
            case tuple() if type(thing) is tuple:
                return tuple(self.copy(each) for each in thing)
            case asyncio.Queue():
                return self._keep(thing, type(thing)(thing.maxsize))
            case asyncio.Lock() | asyncio.Event() | asyncio.Condition():
                return self._keep(thing, type(thing)())
            case _ if _is_learners_object(thing):
                return self._copy_object(thing)
        return thing

    def _keep(self, original: Any, copy: Any) -> Any:
        self._originals.append(original)
        self._copies[id(original)] = copy
        return copy

    def _copy_function(self, function: FunctionType) -> FunctionType:
        if not _is_learners_function(inspect.unwrap(function)):
            return function
        copied = self._keep(
            function,
            FunctionType(
                function.__code__,
                self._copy_globals(function),
                function.__name__,
                None,
                tuple(CellType() for _ in function.__closure__ or ()) or None,
            ),
        )
        for new, old in zip(copied.__closure__ or (), function.__closure__ or (), strict=True):
            if _is_filled(old):
                new.cell_contents = self.copy(old.cell_contents)
        copied.__dict__.update({name: self.copy(each) for name, each in vars(function).items()})
        copied.__defaults__ = self.copy(function.__defaults__)
        copied.__kwdefaults__ = self.copy(function.__kwdefaults__)
        copied.__qualname__, copied.__doc__ = function.__qualname__, function.__doc__
        copied.__module__, copied.__annotations__ = function.__module__, function.__annotations__
        result: FunctionType = copied
        return result

    def _copy_globals(self, function: FunctionType) -> dict[str, Any]:
        """Return the copy of a namespace, in which the names that a function uses are copies."""
        own = function.__globals__
        if not _is_learners_function(function):
            return own  # a library's decorator around a function of the learner's
        copied = self._globals.setdefault(id(own), dict(own))
        for name in _names_in(function.__code__):
            if name in own and copied[name] is own[name]:
                copied[name] = self.copy(own[name])
        return copied

    def _copy_container(self, container: Any) -> Any:
        """Return a copy of a container without what is live."""
        copied = self._keep(container, _emptied(container))
        if isinstance(container, dict):
            pairs = ((key, self.copy(each)) for key, each in container.items() if _stays(key, each))
            copied.update((self.copy(key), each) for key, each in pairs)
        else:
            kept = [self.copy(each) for each in container if _stays(each)]
            copied.update(kept) if isinstance(container, set) else copied.extend(kept)
        return copied

    def _copy_object(self, thing: Any) -> Any:
        try:
            copied = self._keep(thing, object.__new__(type(thing)))
        except TypeError:  # of a class that cannot be made without its own arguments
            return thing
        vars(copied).update({name: self.copy(each) for name, each in vars(thing).items()})
        return copied


def _is_learners_function(function: Any) -> bool:
    code = getattr(function, "__code__", None)
    return isinstance(code, CodeType) and is_learner_file(code.co_filename)


def _is_learners_object(thing: Any) -> bool:
    """Return whether a thing is an object, with attributes, of a class that the learner wrote."""
    if isinstance(thing, type) or not isinstance(getattr(thing, "__dict__", None), dict):
        return False
    module = type(thing).__module__
    filename = getattr(sys.modules.get(module), "__file__", None)
    is_own = module == "__main__" or (filename is not None and is_learner_file(filename))
    return is_own and not is_live(thing)


def _stays(*things: Any) -> bool:
    """Return whether an item of a container has nothing live in it."""
    for thing in things:
        parts = thing if type(thing) is tuple else (thing,)
        if _is_learners_object(thing):
            parts = vars(thing).values()
        if any(map(is_live, parts)):
            return False
    return True


def _emptied(container: Any) -> Any:
    """Return an empty container of the same kind."""
    match container:
        case deque():
            return deque(maxlen=container.maxlen)
        case _ if hasattr(container, "default_factory"):
            return type(container)(container.default_factory)
        case _:
            return type(container)()


def _is_filled(cell: types.CellType) -> bool:
    try:
        cell.cell_contents  # noqa: B018
    except ValueError:
        return False
    return True


def _names_in(code: CodeType) -> Iterable[str]:
    """Yield the global names that a function may use, in the functions inside it, too."""
    yield from code.co_names
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _names_in(constant)
