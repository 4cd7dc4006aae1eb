"""What is no handler is named as what it is."""

from __future__ import annotations

import asyncio
import types
from collections.abc import Awaitable, Callable
from types import ModuleType
from typing import Any

import engineio
import pytest
import socketio
from websockets.asyncio.server import serve

from labkit.exceptions import LabError
from labkit.transports.frameworks import check_not_foreign, root_modules


def of(module: str, name: str) -> type:
    """Return a class as a framework would bring it."""

    async def call(self: object, scope: object, receive: object, send: object) -> None:
        """Serve a request."""

    return type(name, (), {"__module__": module, "__call__": call})


async def asgi(scope: object, receive: object, send: object) -> None:
    """Be an application of no framework."""


def wsgi(environ: object, start_response: object) -> list[bytes]:
    """Be an application of no framework, in the old style."""
    return []


async def handler(websocket: object) -> None:
    """Serve."""


@pytest.mark.parametrize(
    ("what", "words"),
    [
        (of("fastapi.applications", "FastAPI")(), "`FastAPI` belongs to FastAPI.*uvicorn"),
        (
            type("Mine", (of("starlette.applications", "Starlette"),), {})(),
            "`Mine` belongs to Star",
        ),
        (of("flask.app", "Flask")(), "belongs to Flask.*WSGI knows no WebSocket"),
        (of("tornado.web", "Application"), "`Application` belongs to Tornado.*own server"),
        (of("mine", "App")(), "an ASGI application"),
        (asgi, "an ASGI application.*uvicorn"),
        (wsgi, "a WSGI application"),
        (types.ModuleType("chat"), r"a module.*chat\.handler"),
        (
            engineio.AsyncServer(async_mode="aiohttp"),
            "belongs to Engine.IO.*`socketio.AsyncServer`",
        ),
    ],
)
def test_strangers_are_named(what: Any, words: str) -> None:
    """Each with what to do instead."""
    with pytest.raises(LabError, match=words):
        check_not_foreign(what)


async def test_results_of_calls_are_named(lab: ModuleType) -> None:
    """A server that runs, a task, and nothing at all are no handlers, and no finished chat."""
    task = asyncio.create_task(handler(None))
    listening = await asyncio.start_server(lambda reader, writer: None, "127.0.0.1", 0)
    for what, words in (
        (await lab.serve("websocket"), "is already a server"),
        (task, "result of a call"),
        (listening, "is an asyncio server"),
        (handler(None), "without brackets"),
        (serve(handler), "the library `websockets`.*only the handler"),
        (None, "None cannot be served"),
        (socketio.ASGIApp(socketio.AsyncServer(async_mode="asgi")), "`ASGIApp` cannot be served"),
    ):
        with pytest.raises(LabError, match=words):
            await lab.serve(what)
    await task
    listening.close()
    await listening.wait_closed()


@pytest.mark.parametrize("what", [handler, lambda websocket: handler(websocket), object()])
def test_a_handler_is_no_stranger(what: Callable[[Any], Awaitable[None]]) -> None:
    """What is not known to be something else passes."""
    check_not_foreign(what)


def test_whose_a_thing_is() -> None:
    """By the class, and by what it is made from."""
    assert "socketio" in root_modules(socketio.AsyncServer) & root_modules(socketio.AsyncClient)
    assert root_modules(7) == {"builtins"}
