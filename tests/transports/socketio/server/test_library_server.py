"""What labkit asks of the library's server."""

from __future__ import annotations

from types import ModuleType

import pytest
import socketio
from aiohttp import web

from labkit.exceptions import LabError
from labkit.transports.socketio.server.library_server import (
    LibraryServer,
    check_framework,
    find_attached_servers,
)


async def test_servers_are_found_while_they_are_hosted(lab: ModuleType) -> None:
    """By their paths, before they are hosted, meanwhile, and afterwards."""

    async def page(request: web.Request) -> web.Response:
        return web.Response()

    app = web.Application()
    first, second = (socketio.AsyncServer(async_mode="aiohttp") for _ in range(2))
    first.attach(app)
    second.attach(app, "other")
    app.router.add_get("/page", page)
    both = {"/socket.io/": first, "/other/": second}
    assert find_attached_servers(app) == both
    server = await lab.serve(app)
    assert find_attached_servers(app) == both
    await server.stop()
    assert find_attached_servers(app) == both


def test_a_server_for_another_framework() -> None:
    """It is refused with the option that makes one for aiohttp."""
    with pytest.raises(LabError, match="was made for 'asgi', but labkit hosts with aiohttp"):
        check_framework(socketio.AsyncServer(async_mode="asgi"))


@pytest.mark.parametrize(
    ("event", "namespace", "handled"),
    [
        ("read", "/", True),
        ("write", "/", False),
        ("write", "/all", True),
        ("read", "/news", True),
        ("write", "/news", False),
        ("read", "/nowhere", False),
    ],
)
def test_which_events_have_a_handler(
    sio: socketio.AsyncServer, event: str, namespace: str, handled: bool
) -> None:
    """Functions count, methods of namespaces, and catch-all handlers."""

    class News(socketio.AsyncNamespace):  # type: ignore[misc]
        async def on_read(self, sid: str) -> None:
            """Handle an event."""

    sio.on("read", lambda sid: None)
    sio.on("*", lambda event, sid: None, namespace="/all")
    sio.register_namespace(News("/news"))
    library = LibraryServer(sio)
    assert library.handles(event, namespace) == handled
    assert library.has_namespace(namespace) == (namespace != "/nowhere")
