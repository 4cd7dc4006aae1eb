"""Pairs of servers and clients, and their turns."""

from __future__ import annotations

import pytest

from labkit.measure.instruments.pairs import Turns, run_pairs
from labkit.measure.subject import DEFLATE, SOCKETIO, SOCKETIO_WEBSOCKET, WEBSOCKET


def test_turns() -> None:
    """The order turns round from block to block, and each repeat begins with another one."""
    turns = Turns("ab")
    assert ["".join(turns.take()) for _ in range(2)] == ["abbaabba", "baabbaab"]
    assert "".join(Turns("abc").take(2)) == "abccba"
    three = Turns("abc")
    assert ["".join(three.take(1)) for _ in range(4)] == ["abc", "bca", "cab", "abc"]


@pytest.mark.exhaustive
async def test_processes_are_shared() -> None:
    """Subjects of one library share its clients, and those with the same settings the server."""
    subjects = (WEBSOCKET, DEFLATE, SOCKETIO, SOCKETIO_WEBSOCKET)
    async with run_pairs(subjects) as (plain, deflate, default, forced):
        assert len({pair.server.port for pair in (plain, deflate, default)}) == 3
        assert default.server is forced.server
        assert plain.clients is deflate.clients is not default.clients
        assert default.clients is forced.clients
        for pair in (plain, deflate, default, forced):
            assert 0 < await pair.connect() < 5
        for pair in (plain, deflate, default, forced):  # each has kept its own client
            assert len(await pair.echo(3, "hello")) == 3
            await pair.close()
