"""A firewall that loses requests for a WebSocket, and says nothing."""

from __future__ import annotations

from types import ModuleType

import pytest

from labkit.exceptions import ConnectError
from labkit.faults import DropUpgrade
from labkit.faults.fault import Act
from labkit.protocols.stream import FIN
from tests.support.http_texts import UPGRADE, get, ok
from tests.support.turned_connection import TurnedConnection


def test_the_upgrade_is_lost_and_nobody_is_told() -> None:
    """Requests before it are answered, and nothing comes behind it."""
    connection = TurnedConnection(DropUpgrade())
    connection.send(get() + UPGRADE)
    connection.send(get("/later"))
    connection.answer(ok())
    assert connection.server.written == get()
    assert connection.client.written == ok()
    assert [row.fate for row in connection.rows() if row.kind == "request"] == ["passed", "dropped"]
    connection.answer(FIN)
    assert connection.ends == []


def test_a_client_that_has_waited_long_enough_ends_it() -> None:
    """Also if the server has given up before."""
    connection = TurnedConnection(DropUpgrade())
    connection.send(UPGRADE)
    connection.answer(FIN)
    connection.send(FIN)
    connection.loop.turn_to(1)
    assert connection.acts == [(0, Act.CUT)]


def test_other_connections_end_as_ever() -> None:
    """Those on which no upgrade was lost."""
    connection = TurnedConnection(DropUpgrade())
    connection.send(get(), FIN)
    connection.answer(ok(), FIN)
    assert connection.ends == [("upstream", FIN), ("downstream", FIN)]


def test_what_comes_behind_it_is_not_kept() -> None:
    """However much a client sends that does not wait."""
    connection = TurnedConnection(DropUpgrade())
    connection.send(UPGRADE)
    for _ in range(100):
        connection.send(bytes(10_000))
    assert connection.server.written == b"" and connection.held == 0
    assert connection.client.is_read


async def test_the_bench_bounds_the_wait(lab: ModuleType) -> None:
    """Neither client gets an answer, and the error says which fault acts."""
    await lab.fresh(timescale=0.1)
    for protocol in ("websocket", "socketio"):
        server = await lab.serve(protocol)
        server.faults.add(DropUpgrade())
        with pytest.raises(ConnectError, match=r"Faults act on the link \(DropUpgrade"):
            await lab.connect(server, "alice")
