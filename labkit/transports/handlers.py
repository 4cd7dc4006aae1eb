"""Checks of a learner's handler before it is hosted: at `serve`, not at the first client."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

from labkit.exceptions import LabError


def name_of(handler: Callable[..., Any]) -> str:
    """Return the name under which a handler is hosted."""
    function = inspect.unwrap(getattr(handler, "func", handler))
    return getattr(function, "__name__", type(handler).__name__)


def check_handler(handler: object) -> None:
    """Raise LabError unless `handler` is a coroutine function of one argument.

    Parameters
    ----------
    handler
        What a learner wants to be hosted by `websockets`.
    """
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
    name = name_of(handler)
    if inspect.isclass(handler):
        raise LabError(
            f"`{name}` is a class; serve needs a handler: perhaps an object of it, "
            f"`await lab.serve({name}())`."
        )
    call = handler if inspect.isroutine(handler) else getattr(handler, "func", handler.__call__)
    if inspect.isasyncgenfunction(call):
        raise LabError(
            f"`{name}` contains `yield`, so it is an asynchronous generator and no handler. "
            "A handler sends with `await websocket.send(...)`."
        )
    if not inspect.iscoroutinefunction(call):
        raise LabError(
            f"`{name}` is not a coroutine function, so it could await no message. "
            f"Write `async def {name}(websocket):`."
        )
    signature = inspect.signature(handler)
    try:
        signature.bind(object())
    except TypeError:
        raise LabError(
            f"`{name}{signature}` does not take exactly one argument. The library `websockets` "
            f"calls a handler with the connection alone: `async def {name}(websocket):`. "
            "(Handlers with a second argument, `path`, are from before version 11: "
            "the path is `websocket.request.path`.)"
        ) from None
