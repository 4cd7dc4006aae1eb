"""What a server reports, whoever observes it."""

from __future__ import annotations

from typing import Any

import pytest
from websockets.asyncio.client import connect

from labkit.transports.contract import Connection, ServerSettings
from labkit.transports.websocket import Server


class Witness:
    """An observer that has nothing to do with a bench."""

    def __init__(self) -> None:
        self.seen: list[tuple[Any, ...]] = []

    def find_name(self, port: int) -> str | None:
        """Return a name for everybody."""
        return "somebody"

    def find_link_ports(self, server: str) -> list[int]:
        """Return no links."""
        return []

    def on_connected(self, connection: Connection, port: int) -> None:
        """Write it down."""
        self.seen.append(("connected", connection.name, port))

    def on_error(
        self,
        error: BaseException | None,
        where: str,
        what: str | None = None,
        server: object = None,
    ) -> None:
        """Write it down."""
        self.seen.append(("error", repr(error), where))

    def on_rooms(self, connection: Connection, rooms: tuple[str, ...]) -> None:
        """Write nothing: raw WebSocket has no rooms."""

    def on_upgraded(self, connection: Connection) -> None:
        """Write nothing: raw WebSocket has one transport."""

    def on_handler_failed(
        self, connection: Connection, namespace: str, number: int | None, why: str
    ) -> None:
        """Write nothing: raw WebSocket has no acknowledgements."""


@pytest.mark.usefixtures("lab")
async def test_a_server_works_without_a_bench() -> None:
    """It takes names from its observer and reports connections and errors to it."""

    async def fragile(websocket: Any) -> None:
        raise KeyError(await websocket.recv())

    witness = Witness()
    server = Server(fragile, ServerSettings(name="alone", observer=witness))
    async with server, connect(server.url, proxy=None) as websocket:
        port = websocket.local_address[1]
        await websocket.send("oops")
        await websocket.wait_closed()
    assert witness.seen == [
        ("connected", "somebody", port),
        ("error", "KeyError('oops')", "handler of 'alone', serving somebody"),
    ]
