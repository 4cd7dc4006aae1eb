"""The library's server: hooks, and what labkit asks of it."""

from __future__ import annotations

import logging
from types import ModuleType
from typing import Any

import pytest
import socketio
from aiohttp import web

from labkit.exceptions import LabError
from labkit.transports.socketio.server.async_server import (
    AsyncServer,
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


def add_hooks(library: AsyncServer, **hooks: Any) -> None:
    """Add hooks that do nothing, except those that are given."""
    names = "opened message ended background_task join_request event handler acknowledgement"
    nothing: Any = lambda *arguments: print  # noqa: E731
    all_hooks = dict.fromkeys([*names.split(), "entering", "leaving"], nothing)
    library.add_hooks(**{**all_hooks, **hooks}, log=logging.Filter("nobody's"))


def test_hooks_are_removed(sio: socketio.AsyncServer) -> None:
    """Each object is as it was before, and so are the filters of its loggers; also after twice."""
    objects = [sio, sio.eio, sio.manager]
    filters = [sio.logger.filters, sio.eio.logger.filters]

    def state() -> list[Any]:
        handlers = dict(sio.eio.handlers)
        return [*(dict(vars(each)) for each in objects), *map(list, filters), handlers]

    def louder(original: Any, target: Any) -> str:
        return str(original(target)).upper()

    sio.eio.start_background_task = str  # a learner's own
    before = state()
    library = AsyncServer(sio)
    for _ in range(2):
        add_hooks(library, background_task=louder)
        assert sio.start_background_task("hello") == "HELLO"
        assert [len(each) for each in filters] == [1, 1]
        library.remove_hooks()
        assert sio.start_background_task("hello") == "hello"
        assert state() == before
        library.remove_hooks()


def test_eight_methods_are_replaced(sio: socketio.AsyncServer) -> None:
    """Besides the driver for aiohttp and the manager's logger; the list may only get shorter."""
    objects = {"sio": sio, "eio": sio.eio, "manager": sio.manager}
    before = {name: dict(vars(each)) for name, each in objects.items()}
    library = AsyncServer(sio)
    add_hooks(library)
    changed = {
        f"{owner}.{name}"
        for owner, each in objects.items()
        for name, value in vars(each).items()
        if before[owner].get(name) is not value
    }
    library.remove_hooks()
    assert changed == {
        "eio._async",
        "eio.create_queue",
        "eio.start_background_task",
        "manager.basic_enter_room",
        "manager.basic_leave_room",
        "manager.logger",
        "manager.trigger_callback",
        "sio._handle_connect",
        "sio._handle_event_internal",
        "sio._trigger_event",
    }


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
    library = AsyncServer(sio)
    assert library.handles(event, namespace) == handled
    assert library.has_namespace(namespace) == (namespace != "/nowhere")
