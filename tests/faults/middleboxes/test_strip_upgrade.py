"""A proxy that does not know WebSocket, and removes what asks for it."""

from __future__ import annotations

from types import ModuleType

import pytest

from labkit.exceptions import ConnectError
from labkit.faults import StripUpgrade
from tests.support.http_texts import UPGRADE, get, ok
from tests.support.turned_connection import TurnedConnection

STRIPPED = UPGRADE.replace(b"Connection: Upgrade\r\nUpgrade: websocket\r\n", b"")


def test_the_server_sees_a_plain_request() -> None:
    """The record has what entered, and the row says that something else left."""
    connection = TurnedConnection(StripUpgrade())
    connection.send(get() + UPGRADE + get("/2"))
    connection.answer(ok(b"1"))
    assert connection.server.written == get() + STRIPPED
    connection.answer(ok(b"an ordinary page"))
    assert connection.server.written == get() + STRIPPED + get("/2")
    assert connection.client.written == ok(b"1") + ok(b"an ordinary page")
    assert connection.trace.bytes("upstream") == get() + UPGRADE + get("/2")
    requests = [row for row in connection.rows() if row.kind == "request"]
    assert [row.fate for row in requests] == ["passed", "altered", "passed"]
    assert all(row.left is not None for row in requests)


@pytest.mark.parametrize(
    ("connection", "kept"),
    [
        ("Upgrade", ""),
        ("upgrade, keep-alive", "Connection: keep-alive\r\n"),
        ("keep-alive , UPGRADE,x", "Connection: keep-alive, x\r\n"),
    ],
)
def test_other_words_of_connection_stay(connection: str, kept: str) -> None:
    """Only what asks for the upgrade goes."""
    asked = get("/", "UPGRADE: WebSocket", f"connection: {connection}", "A: b")
    line = TurnedConnection(StripUpgrade())
    line.send(asked)
    expected = f"GET / HTTP/1.1\r\nHost: a\r\n{kept.replace('C', 'c', 1)}A: b\r\n\r\n"
    assert line.server.written == expected.encode()


async def test_a_client_of_each_kind(lab: ModuleType) -> None:
    """A raw client gets an ordinary page, and Socket.IO goes on polling."""
    raw = await lab.serve("websocket")
    raw.faults.add(StripUpgrade())
    with pytest.raises(ConnectError, match="HTTP 200"):
        await lab.connect(raw, "alice")
    server = await lab.serve("socketio")
    server.faults.add(StripUpgrade())
    bob = await lab.connect(server, "bob")
    assert bob.transport == "polling"
    await bob.say("hello")
