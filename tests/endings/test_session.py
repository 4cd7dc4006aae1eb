"""Which rows belong to which session."""

from __future__ import annotations

from types import ModuleType

import pytest

from labkit.endings.session import sessions
from labkit.faults import BlackHole
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
async def test_over_plain_http_everything_is_one_session(lab: ModuleType, protocol: str) -> None:
    """No request depends on a connection."""
    alice = await lab.connect(await lab.serve(protocol), "alice")
    await alice.close()
    rows = alice.link.trace.rows()
    assert sessions(rows, protocol) == [list(rows)] and sessions([], protocol) == []
