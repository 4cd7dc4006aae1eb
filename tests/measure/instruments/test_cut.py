"""A line that is cut."""

from __future__ import annotations

from types import ModuleType

import pytest

from labkit import bench
from labkit.measure.instruments.chat import open_chat
from labkit.measure.instruments.cut import cut_first


@pytest.mark.parametrize("subject", ["websocket", "socketio", "socketio polling"])
async def test_both_ends_know(lab: ModuleType, subject: str) -> None:
    """The server has one connection less, and the client is not open."""
    chat = await open_chat(bench.current(), subject, "alice", "bob")
    await cut_first(chat)
    assert [client.state == "open" for client in chat.people] == [False, True]
    assert chat.server.connection_count == 1
