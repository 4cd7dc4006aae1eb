"""Checks of a learner's handler before it is hosted: at `serve`, not at the first client.

The library `websockets` hosts whatever can be called with a connection and gives something to
await: coroutine functions, but also lambdas, partial functions, objects and wrappers that hand on
what another function returned. So nothing is refused for its looks, only what is certain to fail;
what a call really gave is seen when it was made.
"""

from __future__ import annotations

import dis
import functools
import inspect
from collections.abc import Awaitable, Callable
from typing import Any

from labkit.exceptions import LabError


def handler_name(handler: Callable[..., Any]) -> str:
    """Return the name under which a handler is hosted; a lambda, which has none, is `handler`."""
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
    """Raise LabError if `handler` cannot be one: whatever it is called with, it would fail.

    Parameters
    ----------
    handler
        What a learner wants to be hosted by `websockets`.
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
            f"`{name}` is not a coroutine function, so it could await no message. "
            f"Write `async def {name}(websocket):`."
        )
    _check_arguments(handler, name)


def _check_arguments(handler: Callable[..., Any], name: str) -> None:
    try:
        signature = inspect.signature(handler, follow_wrapped=False)
    except ValueError:  # some callables of other languages have none
        return
    try:
        signature.bind(object())
    except TypeError:
        if next(iter(signature.parameters), "") == "self":
            raise LabError(
                f"`{name}` is a method, called without its object: serve that of an object, "
                f"`room = ...`, `await lab.serve(room.{name})`."
            ) from None
        raise LabError(
            f"`{name}{signature}` does not take exactly one argument. The library `websockets` "
            f"calls a handler with the connection alone: `async def {name}(websocket):`. "
            "(Handlers with a second argument, `path`, are from before version 11: "
            "the path is `websocket.request.path`.)"
        ) from None


def _is_plain_generator(function: Any) -> bool:
    """Whether calling it gives a generator that is not a coroutine in the old style."""
    code = getattr(function, "__code__", None)
    is_old_coroutine = code is not None and code.co_flags & inspect.CO_ITERABLE_COROUTINE
    return inspect.isgeneratorfunction(function) and not is_old_coroutine


def _returns_nothing(function: Any) -> bool:
    """Whether an ordinary function gives None on every way out, and so nothing to await."""
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
    """Call a handler, and return what is to be awaited. Raises LabError if it gave nothing such."""
    result = handler(connection)
    if inspect.isawaitable(result):
        return result
    name = handler_name(handler)
    if inspect.isasyncgen(result) or inspect.isgenerator(result):
        raise LabError(f"`{name}` returned a generator: what it calls contains `yield`.")
    raise LabError(
        f"`{name}` returned {result!r}, and the library awaits what a handler returns. "
        f"Write `async def {name}(websocket):`, or return what such a function gives."
    )
