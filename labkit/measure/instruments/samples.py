"""The two sample servers of the course's question: who hears one text.

They are the finished chats: the raw one relays a text to all others, Socket.IO's emits it to all.
"""

from __future__ import annotations

import asyncio

from labkit.bench import Bench
from labkit.measure.court.experiment import Figures
from labkit.measure.instruments.chat import open_chat, say_to
from labkit.measure.instruments.exact import exact

PEOPLE = ("alice", "bob", "carol")


async def _measure(bench: Bench) -> Figures:
    raw, socketio = await asyncio.gather(_hearers(bench, "websocket"), _hearers(bench, "socketio"))
    return {
        "people who hear a text": {"websocket": len(raw), "socketio": len(socketio)},
        "people for whom both do the same": {"both": len(PEOPLE) - len(raw ^ socketio)},
    }


async def _hearers(bench: Bench, subject: str) -> set[str]:
    """Return who of three hears what the first of them says."""
    people = (await open_chat(bench, subject, *PEOPLE)).people
    alice, bob, carol = people
    await say_to(alice, "hello", bob, carol)
    await say_to(bob, "the end", alice, carol)  # what was said before it has arrived by now
    heard = zip(PEOPLE, people, strict=True)
    return {name for name, client in heard if "hello" in client.inbox}


EXPERIMENT = exact(_measure)
