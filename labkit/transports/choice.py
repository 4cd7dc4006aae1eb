"""Which transport serves what, and which client speaks at an address.

The libraries are imported when they are needed: a lesson on raw WebSocket loads no Socket.IO.
"""

from __future__ import annotations

import inspect
from collections.abc import Collection
from typing import Any

from labkit.exceptions import LabError
from labkit.links import Link
from labkit.loop.background_errors import BackgroundErrors
from labkit.shadows import shadows_named
from labkit.transports.contract import Client, Server
from labkit.transports.frameworks import check_that_it_is_no_stranger, roots
from labkit.transports.handlers import check_handler, name_of
from labkit.transports.rate_limit import checked_rate

FINISHED = ("websocket", "socketio")
"""The finished chats, by name."""


def default_name(what: Any) -> str:
    """Return under which name something is served if none is given."""
    if isinstance(what, str):
        return what
    return {"socketio": "socketio", "aiohttp": "app"}.get(_library_of(what)) or name_of(what)


@shadows_named()
def new_server(
    what: Any,
    name: str,
    background_errors: BackgroundErrors,
    *,
    host: str | None,
    port: int,
    hosts: Collection[str],
    token: str = "",
    drop_slow_readers: bool,
    max_connections: int,
    messages_per_second: float | None,
    options: dict[str, Any],
) -> Server:
    """Return a server for what a learner wants to serve.

    Parameters
    ----------
    what
        A handler of `websockets`, a `socketio.AsyncServer`, an `aiohttp.web.Application`, or the
        name of a finished chat.
    options
        Passed to the library, where labkit makes its server.

    Raises
    ------
    LabError
        If it cannot be served; the text says why.
    """
    if isinstance(what, Server):
        raise LabError(f"{what!r} is a server already. `await lab.connect(...)` connects to it.")
    if isinstance(what, str) and what not in FINISHED:
        raise LabError(
            f"There is no finished chat named {what!r}. There is: {', '.join(FINISHED)}."
        )
    rate = checked_rate(messages_per_second)
    if rate is not None and not isinstance(what, str):
        raise LabError(
            f"`messages_per_second` is for the finished chats ({', '.join(FINISHED)}). What you "
            "serve decides for itself what it passes on."
        )
    where: dict[str, Any] = {
        "host": host,
        "port": port,
        "hosts": hosts,
        "token": token,
        "drop_slow_readers": drop_slow_readers,
        "max_connections": max_connections,
    }
    library = _library_of(what)
    if what == "websocket" or (
        not isinstance(what, str) and library not in ("socketio", "aiohttp")
    ):
        from labkit.transports import websocket

        if isinstance(what, str):
            return websocket.Server(
                None, name, background_errors, messages_per_second=rate, **where, **options
            )
        check_that_it_is_no_stranger(what)
        check_handler(what)
        return websocket.Server(what, name, background_errors, **where, **options)
    if options and not isinstance(what, str):
        raise LabError(
            f"`serve` hosts {_a(what)} as it is, so {', '.join(options)} cannot be set here: "
            "give it where that is made."
        )
    if library == "aiohttp":
        return _web_server(what, name, background_errors, where)
    from labkit.transports import socketio

    if not isinstance(what, str):
        _check_socketio(what)
    chat = None if isinstance(what, str) else what
    return socketio.Server(
        chat, name, background_errors, options=options, messages_per_second=rate, **where
    )


def _web_server(
    what: Any, name: str, background_errors: BackgroundErrors, where: dict[str, Any]
) -> Server:
    from aiohttp import web as aiohttp

    if not isinstance(what, aiohttp.Application):
        raise LabError(f"{_a(what)} cannot be served; an `aiohttp.web.Application` can.")
    from labkit.transports import socketio, web

    if socketio.attached(what):
        return socketio.Server(what, name, background_errors, **where)
    return web.Server(what, name, background_errors, **where)


def _check_socketio(what: Any) -> None:
    import socketio

    if isinstance(what, type):
        raise LabError(f"`{what.__name__}` is a class: serve an object of it, `{what.__name__}()`.")
    if isinstance(what, socketio.Server):
        raise LabError(
            "`socketio.Server` is for programs with threads; a notebook has an event loop. "
            'Make it with `socketio.AsyncServer(async_mode="aiohttp")`.'
        )
    if not isinstance(what, socketio.AsyncServer):
        raise LabError(f"{_a(what)} cannot be served; the `socketio.AsyncServer` itself can.")


@shadows_named()
def new_client(scheme: str, name: str, link: Link, uri: str, options: dict[str, Any]) -> Client:
    """Return a client that speaks what is spoken at an address, not connected yet.

    Parameters
    ----------
    scheme
        "ws" for raw WebSocket, "http" for Socket.IO.
    options
        Passed to the library.
    """
    if scheme == "http":
        from labkit.transports import socketio

        return socketio.Client(name, link, uri, **options)
    from labkit.transports import websocket

    return websocket.Client(name, link, uri, **options)


def _library_of(what: Any) -> str:
    """Return the library of `socketio` and `aiohttp` from which an object is, "" if from none."""
    if inspect.isroutine(what):
        return ""
    return next((name for name in ("socketio", "aiohttp") if name in roots(what)), "")


def _a(what: Any) -> str:
    name = what.__name__ if isinstance(what, type) else type(what).__name__
    kind = "the class " if isinstance(what, type) else "an " if name[0] in "AEIOU" else "a "
    return f"{kind}`{name}`"
