"""Checks for objects that can be called but are not handlers, such as a framework's application.

The library would host them, and fail at the first connection with an error about arguments.
"""

from __future__ import annotations

import asyncio
import inspect
from types import ModuleType
from typing import Any

from labkit.exceptions import LabError

_ELSEWHERE = (
    "in another process, and connect with its address: "
    '`await lab.connect("ws://127.0.0.1:8000/...")`.'
)

_ASGI = f"Run it with an ASGI server, for example `uvicorn`, {_ELSEWHERE}"
_WSGI = f"WSGI knows no WebSocket; run it with the framework's own server {_ELSEWHERE}"
_OWN = f"Run it with the framework's own server {_ELSEWHERE}"

FRAMEWORKS = {
    "fastapi": ("FastAPI", _ASGI),
    "starlette": ("Starlette", _ASGI),
    "quart": ("Quart", _ASGI),
    "litestar": ("Litestar", _ASGI),
    "channels": ("Django Channels", _ASGI),
    "django": ("Django", _OWN),
    "flask": ("Flask", _WSGI),
    "flask_socketio": ("Flask-SocketIO", _OWN),
    "bottle": ("Bottle", _WSGI),
    "falcon": ("Falcon", _OWN),
    "sanic": ("Sanic", _OWN),
    "tornado": ("Tornado", _OWN),
    "engineio": ("Engine.IO", "labkit hosts a `socketio.AsyncServer` on top of it."),
    "websockets": (
        "the library `websockets`",
        "labkit makes this object itself: give only the handler, `await lab.serve(handler)`.",
    ),
}
"""By the top module of a class: the framework's name, and what to do with its objects."""


def root_modules(thing: Any) -> set[str]:
    """Return the top modules of a class, or of an object's class, and of its bases."""
    kind = thing if isinstance(thing, type) else type(thing)
    return {base.__module__.partition(".")[0] for base in kind.__mro__}


def describe_kind(what: Any) -> str:
    """Return a description of an object: "an `AsyncServer`", "the class `Chat`"."""
    name = what.__name__ if isinstance(what, type) else type(what).__name__
    kind = "the class " if isinstance(what, type) else "an " if name[0] in "AEIOU" else "a "
    return f"{kind}`{name}`"


def check_not_foreign(what: Any) -> None:
    """Raise LabError for an object that is certainly not a handler."""
    if isinstance(what, ModuleType):
        raise LabError(
            f"`{what.__name__}` is a module; serve the handler in it: "
            f"`await lab.serve({what.__name__}.handler)`."
        )
    if isinstance(what, asyncio.Future):
        raise LabError(
            f"{what!r} is the result of a call that is already running; serve needs the function "
            "itself, without brackets."
        )
    if isinstance(what, asyncio.AbstractServer):
        raise LabError(
            "This is an asyncio server, which listens already. Connect to its address instead."
        )
    if inspect.isroutine(what):
        _check_interface(what)
        return
    for root in sorted(root_modules(what)):
        if root in FRAMEWORKS:
            whose, instead = FRAMEWORKS[root]
            kind = what if isinstance(what, type) else type(what)
            raise LabError(f"`{kind.__name__}` belongs to {whose}; it is not a handler. {instead}")
    if callable(what) and not isinstance(what, type):
        _check_interface(what)


def _check_interface(what: Any) -> None:
    """Raise LabError for an ASGI or WSGI application, recognized by its arguments."""
    try:
        parameters = tuple(inspect.signature(what).parameters)
    except (TypeError, ValueError):
        return
    for names, interface, instead in (
        (("scope", "receive", "send"), "an ASGI", _ASGI),
        (("environ", "start_response"), "a WSGI", _WSGI),
    ):
        if parameters == names:
            raise LabError(
                f"This is {interface} application, which takes {', '.join(names)}, "
                f"not a handler, which takes a connection. {instead}"
            )
