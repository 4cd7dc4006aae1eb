"""Reconnection."""

from __future__ import annotations

from types import ModuleType

from labkit import bench
from labkit.measure.instruments.chat import open_chat
from labkit.measure.instruments.reconnection import EXPERIMENT, _join_a_room, _restored
from tests.support.experiments import measured


async def test_back_and_without_all_it_had(lab: ModuleType) -> None:
    """Python's Socket.IO client is back by itself, as somebody new; `websockets` is not."""
    await lab.fresh(timescale=0.2)
    nothing = {"websocket": 0, "socketio": 0}
    assert await measured(EXPERIMENT) == {
        "back by itself": {"websocket": 0, "socketio": 1},
        "id": nothing,
        "rooms": nothing,
        "messages in between": nothing,
    }


async def test_what_was_never_lost_is_there(lab: ModuleType) -> None:
    """Without a cut, id and room are what they were, and texts arrive."""
    chat = await open_chat(bench.current(), "socketio", "alice", "bob")
    alice, bob = await _join_a_room(chat)
    await bob.say("in between")
    assert await _restored(alice, bob, alice.sid) == {
        "id": True,
        "rooms": True,
        "messages in between": True,
    }
