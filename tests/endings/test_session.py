"""Which rows belong to which session."""

from __future__ import annotations

from types import ModuleType

import pytest

from labkit.endings.session import sessions
from labkit.faults import BlackHole, RefuseUpgrade
from tests.conftest import soon


async def test_on_websocket_a_session_is_a_connection(lab: ModuleType) -> None:
    """Connections that were refused are no session."""
    server = await lab.serve("websocket")
    alice = await lab.connect(server, "alice")
    alice.link.cut()
    await alice.ends()
    with pytest.raises(lab.LabError):
        await alice.open()
    alice.link.restore()
    await alice.open()
    found = sessions(alice.link.trace.rows(), "websocket")
    assert [{row.connection for row in rows} for rows in found] == [{1}, {3}]
    assert [row.kind for row in found[0]][:4] == ["opened", "request", "response", "text"]


async def test_a_handshake_without_an_answer_is_no_session(lab: ModuleType) -> None:
    """The server has answered, and the link keeps the answer."""
    link = await lab.link(await lab.serve("websocket"))
    link.add(BlackHole(), "downstream")
    with pytest.raises(lab.LabError):
        await lab.connect(link, "alice", open_timeout=0.1)
    assert link.trace.rows(kind="response")[0].fate == "held"
    assert sessions(link.trace.rows(), "websocket") == []


@pytest.mark.parametrize("transports", [["websocket"], ["polling"], ["polling", "websocket"]])
async def test_on_socketio_a_session_may_use_several_connections(
    lab: ModuleType, transports: list[str]
) -> None:
    """It begins with Engine.IO's open packet and has all that belongs to it, upgrades too."""
    server = await lab.serve("socketio")
    alice = await lab.connect(server, "alice", transports=transports)
    await soon(lambda: alice.transport == transports[-1])
    await alice.say("first")
    await alice.hears("first")
    await alice.close()
    await alice.open()
    await alice.say("second")
    await alice.hears("second")
    first, second = (
        " ".join(row.content for row in rows)
        for rows in sessions(alice.link.trace.rows(), "socketio")
    )
    assert "first" in first and "second" not in first
    assert "second" in second and "first" not in second


@pytest.mark.parametrize("protocol", ["sse", "longpoll", "poll"])
async def test_over_plain_http_a_session_has_what_its_requests_brought(
    lab: ModuleType, protocol: str
) -> None:
    """Whatever the connections are that they use, until the client leaves."""
    alice = await lab.connect(await lab.serve(protocol), "alice")
    await alice.close()
    rows = alice.link.trace.rows()
    (found,) = sessions(rows, protocol)
    assert [row for row in found if row.size] == [row for row in rows if row.size]
    assert sessions([], protocol) == []


async def test_a_chain_that_changes_its_way_has_a_session_on_each(lab: ModuleType) -> None:
    """One ends with its WebSocket, the next has the stream and the attempts before it."""
    server = await lab.serve("chain")
    alice = await lab.connect(server, "alice")
    with alice.link.add(RefuseUpgrade()):
        alice.link.reset()
        await soon(lambda: (alice.state, alice.transport) == ("open", "sse"))
    first, second = sessions(alice.link.trace.rows(), "chain")
    assert any("GET /ws" in row.content for row in first) and first[0].kind == "request"
    assert any("GET /events" in row.content for row in second)
    assert {row.kind for row in first} >= {"text", "reset"}
