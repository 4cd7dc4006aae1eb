"""Reconnection: whether a client is back by itself after a cut, and what it gets back.

The clients are the libraries' own as they come. `connect` of `websockets` makes one connection;
``async for websocket in connect(...)`` makes one after the other, in a loop that one writes.
python-socketio's server keeps nothing of a session that has ended. Connection state recovery, which
would restore it, is of Socket.IO's server for Node alone, where it has to be asked for.
"""

from __future__ import annotations

import asyncio
from typing import Any

from labkit.bench import Bench
from labkit.measure.court.experiment import Figures
from labkit.measure.instruments.chat import Chat, open_chat, say_to
from labkit.measure.instruments.cut import cut_first
from labkit.measure.instruments.exact import exact

BACK = 15.0
"""Seconds (scaled) in which a client should be back. python-socketio's first attempt is made after
0.5 to 1.5 s by default, and one that fails is followed by others."""

SUBJECTS = ("websocket", "socketio")

RESTORED = ("id", "rooms", "messages in between")
"""What a client that is back would like to have back."""


async def _measure(bench: Bench) -> Figures:
    raw, socketio = await asyncio.gather(*(_open(bench, subject) for subject in SUBJECTS))
    alice, bob, _ = await _join_a_room(socketio)
    before = alice.sid
    await asyncio.gather(*(_miss_a_text(chat) for chat in (raw, socketio)))
    await alice.changes.until(lambda: alice.state == "open", BACK)
    found = {
        "websocket": {"back by itself": raw.people[0].state == "open"},
        "socketio": {"back by itself": alice.state == "open"},
    }
    if alice.state == "open":
        found["socketio"] |= await _restored(alice, bob, before)
    figures = ("back by itself", *RESTORED)
    return {
        figure: {subject: int(found[subject].get(figure, False)) for subject in SUBJECTS}
        for figure in figures
    }


async def _open(bench: Bench, subject: str) -> Chat:
    return await open_chat(bench, subject, "alice", "bob", "carol")


async def _join_a_room(chat: Chat) -> tuple[Any, ...]:
    """Let all people enter a room, and return them, who are clients of Socket.IO."""
    people: tuple[Any, ...] = chat.people
    for client in people:
        await client.call("join", "room")
    return people


async def _miss_a_text(chat: Chat) -> None:
    """Cut alice's line, let bob say something, and put the plug back."""
    alice, bob, carol = chat.people
    await cut_first(chat)
    await say_to(bob, "in between", carol)
    alice.link.restore()


async def _restored(alice: Any, bob: Any, before: str | None) -> dict[str, bool]:
    """Return what of a session is there again."""
    await bob.say("to the room", room="room")
    await say_to(bob, "the end", bob, alice)
    heard = [str(message) for message in alice.inbox]
    return {
        "id": alice.sid == before,
        "rooms": any("to the room" in each for each in heard),
        "messages in between": "in between" in heard,
    }


EXPERIMENT = exact(_measure)
