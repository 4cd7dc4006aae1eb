"""A proxy that refuses to let WebSockets through, and says so."""

from __future__ import annotations

from types import ModuleType

import pytest

from labkit.exceptions import ConnectError, LabError
from labkit.faults import RefuseUpgrade
from labkit.links.message_lanes import IN_PLACE
from tests.support.http_texts import UPGRADE, get, ok, post
from tests.support.turned_connection import TurnedConnection


@pytest.mark.parametrize(
    ("status", "line"),
    [
        (400, b"HTTP/1.1 400 Bad Request\r\n"),
        (403, b"HTTP/1.1 403 Forbidden\r\n"),
        (426, b"HTTP/1.1 426 Upgrade Required\r\n"),
        (502, b"HTTP/1.1 502 Bad Gateway\r\n"),
        (599, b"HTTP/1.1 599 \r\n"),
    ],
)
def test_it_answers_in_the_server_s_place(status: int, line: bytes) -> None:
    """The server sees nothing, the record has request and answer, and says so."""
    connection = TurnedConnection(RefuseUpgrade(status))
    connection.send(UPGRADE)
    assert connection.server.written == b""
    assert connection.client.written.startswith(line)
    request, response = connection.rows()[:2]
    assert (request.kind, request.fate) == ("request", "dropped")
    assert (response.kind, response.fate) == ("response", "passed")
    assert connection.notes == [IN_PLACE]


def test_every_request_of_a_connection_is_seen() -> None:
    """Polling passes, an upgrade that comes behind it is refused, and the connection goes on."""
    connection = TurnedConnection(RefuseUpgrade())
    for n in range(3):
        connection.send(get(f"/{n}"))
        connection.answer(ok())
        connection.send(UPGRADE)
    assert connection.server.written == b"".join(get(f"/{n}") for n in range(3))
    assert connection.client.written.count(b"200 OK") == 3
    assert connection.client.written.count(b"403 Forbidden") == 3
    assert [row.fate for row in connection.rows() if row.kind == "request"] == [
        *("passed", "dropped") * 3
    ]


def test_the_answer_waits_for_those_before_it() -> None:
    """Requests in a pipeline are answered in their order (RFC 9112 section 9.3.2)."""
    connection = TurnedConnection(RefuseUpgrade())
    connection.send(get("/1") + get("/2") + UPGRADE + get("/3") + UPGRADE + get("/4"))
    assert connection.server.written == get("/1") + get("/2")
    assert connection.client.written == b""
    connection.answer(ok(b"one") + ok(b"two")[:-1])
    assert connection.client.written == ok(b"one") + ok(b"two")[:-1]
    connection.answer(b"o")
    assert connection.server.written == get("/1") + get("/2") + get("/3")
    connection.answer(ok(b"three"))
    connection.answer(ok(b"four"))
    parts = connection.client.written.split(b"HTTP/1.1 ")
    assert [part[:3] for part in parts[1:]] == [b"200", b"200", b"403", b"200", b"403", b"200"]
    assert connection.server.written.endswith(get("/3") + get("/4"))


def test_a_body_of_what_is_refused_is_lost_with_it() -> None:
    """The answer comes when the request is whole."""
    connection = TurnedConnection(RefuseUpgrade())
    head, body = UPGRADE[:-2] + b"Content-Length: 4\r\n\r\n", b"body"
    connection.send(head + body[:2])
    assert connection.client.written == b""
    connection.send(body[2:] + post(b"next"))
    assert connection.client.written.startswith(b"HTTP/1.1 403")
    assert connection.server.written == post(b"next")


def test_removed_while_an_answer_waits() -> None:
    """The refused request still gets its answer in its turn."""
    fault = RefuseUpgrade()
    connection = TurnedConnection(fault)
    connection.send(get() + UPGRADE)
    connection.remove(fault)
    connection.answer(ok())
    assert [part[:3] for part in connection.client.written.split(b"HTTP/1.1 ")[1:]] == [
        b"200",
        b"403",
    ]
    assert connection.pipes["upstream"].enter is None is connection.pipes["downstream"].enter


@pytest.mark.parametrize("status", [200, 399, 600, 403.0, True, "403"])
def test_bad_values(status: int) -> None:
    """The status is one of an error."""
    with pytest.raises(LabError, match=r"^status must be "):
        RefuseUpgrade(status)


async def test_a_client_of_each_kind(lab: ModuleType) -> None:
    """A raw client is refused, and Socket.IO goes on polling, on the connection that it has."""
    raw = await lab.serve("websocket")
    raw.faults.add(RefuseUpgrade())
    with pytest.raises(ConnectError, match="403"):
        await lab.connect(raw, "alice")
    server = await lab.serve("socketio")
    server.faults.add(RefuseUpgrade())
    bob = await lab.connect(server, "bob")
    carol = await lab.connect(server, "carol")
    await bob.say("hello")
    await carol.hears("hello")
    assert (bob.transport, carol.transport) == ("polling", "polling")
    refused = [row for row in bob.link.trace.rows(kind="request") if row.fate == "dropped"]
    assert len(refused) == 1 and "websocket" in refused[0].content
