"""The open WebSockets of an application."""

from __future__ import annotations

from types import ModuleType

from aiohttp import web

from tests.conftest import soon
from tests.support.applications import an_app
from tests.support.servers import names_of


async def test_who_hosts_an_application_is_told(lab: ModuleType) -> None:
    """By its present server, also after it was hosted before."""
    app = an_app()
    for _ in range(2):
        server = await lab.serve(app)
        alice = await lab.connect(f"ws://127.0.0.1:{server.port}/ws", "alice")
        assert names_of(server) == ["alice"]
        await alice.close()
        await soon(lambda now=server: not now.connections)  # type: ignore[misc]
        await server.stop()


async def test_pages_are_not_announced(lab: ModuleType) -> None:
    """Only WebSockets are guests."""
    server = await lab.serve(an_app())
    alice = await lab.connect(f"ws://127.0.0.1:{server.port}/ws", "alice")
    assert server.log_counts == {"connected": 1}
    assert isinstance(server.connections[0].raw, web.WebSocketResponse)
    await alice.close()
