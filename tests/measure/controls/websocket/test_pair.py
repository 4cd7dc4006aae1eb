"""A client and a server of `websockets`."""

from __future__ import annotations

from labkit.measure.controls.websocket.pair import pair


async def test_both_ends_are_of_one_connection() -> None:
    """What the client says arrives at the server's end."""
    async with pair() as (near, far):
        await near.send("text")
        assert await far.recv() == "text"


async def test_options_go_to_their_sides() -> None:
    """Those of the client first, those of the server by name."""
    async with pair({"max_size": 7}, compression=None) as (near, far):
        assert near.protocol.max_message_size == 7
        assert far.protocol.extensions == []
