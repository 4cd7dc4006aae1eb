"""Checks of a learner's handler when it is served, not only at the first client.

The library `websockets` hosts everything that can be called with a connection and returns something
to await: coroutine functions, but also lambdas, partial functions, objects and wrappers that return
the result of another function. So only what is certain to fail is refused; what a call really
returned is checked when it is made.
"""

from __future__ import annotations

import dis
import functools
import inspect
from collections.abc import Awaitable, Callable
from typing import Any

from labkit.exceptions import LabError


def handler_name(handler: Callable[..., Any]) -> str:
    """Return the name under which a handler is hosted; a lambda has none and becomes `handler`."""
    name = getattr(inspect.unwrap(_inner(handler)), "__name__", None)
    if not isinstance(name, str):
        return type(handler).__name__
    return "handler" if name == "<lambda>" else name


def _inner(handler: Any) -> Any:
    """Return the function within partial functions."""
    while isinstance(handler, functools.partial):
        handler = handler.func
    return handler


def check_handler(handler: object) -> None:
    """Raise LabError if `handler` would fail with each connection.

    Parameters
    ----------
    handler
        The object that a learner wants to serve.
    """
    if inspect.iscoroutine(handler) or inspect.isasyncgen(handler) or inspect.isgenerator(handler):
        if inspect.iscoroutine(handler):
            handler.close()
        raise LabError(
            f"`{handler.__name__}()` was called; serve needs the function itself: "
            f"`await lab.serve({handler.__name__})`, without brackets."
        )
    if not callable(handler):
        raise LabError(
            f"{handler!r} cannot be served. Give a handler, `async def handler(websocket): ...`, "
            'or the name of a finished chat: "websocket".'
        )
    name, inner = handler_name(handler), _inner(handler)
    if inspect.isclass(inner) and not hasattr(inner, "__await__"):
        raise LabError(
            f"`{name}` is a class; serve needs a handler: perhaps an object of it, "
            f"`await lab.serve({name}())`."
        )
    function = inner if inspect.isroutine(inner) or inspect.isclass(inner) else inner.__call__
    if inspect.isasyncgenfunction(function) or _is_plain_generator(function):
        raise LabError(
            f"`{name}` contains `yield`, so it is a generator, which cannot be awaited. "
            "A handler sends with `await websocket.send(...)`."
        )
    if inspect.isbuiltin(function) or _returns_nothing(function):
        raise LabError(
            f"`{name}` is not a coroutine function, so it cannot await messages. "
            f"Write `async def {name}(websocket):`."
        )
    _check_arguments(handler, name)


def _check_arguments(handler: Callable[..., Any], name: str) -> None:
    try:
        signature = inspect.signature(handler, follow_wrapped=False)
    except ValueError:  # some callables written in C have no signature
        return
    try:
        signature.bind(object())
    except TypeError:
        if next(iter(signature.parameters), "") == "self":
            raise LabError(
                f"`{name}` is a method without its object. Serve the method of an object: "
                f"`room = ...`, `await lab.serve(room.{name})`."
            ) from None
        raise LabError(
            f"`{name}{signature}` does not take exactly one argument. The library `websockets` "
            f"calls a handler with the connection alone: `async def {name}(websocket):`. "
            "(Handlers with a second argument, `path`, are from before version 11: "
            "the path is `websocket.request.path`.)"
        ) from None


def can_take(function: Callable[..., Any], *arguments: Any) -> bool:
    """Return whether a function can be called with these arguments, as far as one can know."""
    try:
        inspect.signature(function).bind(*arguments)
    except TypeError:
        return False
    except ValueError:  # some callables written in C have no signature
        return True
    return True


def _is_plain_generator(function: Any) -> bool:
    """Return whether calling a function returns a generator, except an old-style coroutine."""
    code = getattr(function, "__code__", None)
    is_old_coroutine = code is not None and code.co_flags & inspect.CO_ITERABLE_COROUTINE
    return inspect.isgeneratorfunction(function) and not is_old_coroutine


def _returns_nothing(function: Any) -> bool:
    """Return whether an ordinary function always returns None, and so nothing to await."""
    code = getattr(function, "__code__", None)
    if code is None or code.co_flags & (inspect.CO_COROUTINE | inspect.CO_GENERATOR):
        return False
    before: dis.Instruction | None = None
    for step in dis.get_instructions(code):
        if step.opname == "RETURN_CONST" and step.argval is not None:
            return False
        loaded = before is not None and before.opname == "LOAD_CONST" and before.argval is None
        if step.opname == "RETURN_VALUE" and (step.is_jump_target or not loaded):
            return False
        before = step
    return True


def call_handler(handler: Callable[[Any], Any], connection: Any) -> Awaitable[Any]:
    """Call a handler and return its awaitable. Raises LabError if it returns anything else."""
    result = handler(connection)
    if inspect.isawaitable(result):
        return result
    name = handler_name(handler)
    if inspect.isasyncgen(result) or inspect.isgenerator(result):
        raise LabError(f"`{name}` returned a generator: what it calls contains `yield`.")
    raise LabError(
        f"`{name}` returned {result!r}, and the library awaits what a handler returns. "
        f"Write `async def {name}(websocket):`, or return the coroutine of another function."
    )
