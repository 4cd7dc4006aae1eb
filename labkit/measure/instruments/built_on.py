"""What Socket.IO has of WebSocket: its frames, and what a client without Socket.IO meets.

A plain WebSocket client is tried at a Socket.IO server twice: at the address that it would be
given, and at the one that Engine.IO has for WebSockets. It sends a text to those who chat there.
"""

from __future__ import annotations

import asyncio

from labkit.bench import Bench
from labkit.bench.starting import open_client
from labkit.exceptions import ConnectError, Disconnected
from labkit.measure.court.experiment import Figures
from labkit.measure.instruments.chat import Chat, open_chat, say_to
from labkit.measure.instruments.exact import exact
from labkit.measure.instruments.recorded import find_text
from labkit.protocols.addresses import with_scheme
from labkit.protocols.messages import Message
from labkit.transports.contract import Client

ENDPOINT = "socket.io/?EIO=4&transport=websocket"
"""Where Engine.IO accepts WebSockets, behind a server's ``/``."""

PLAIN = "from a plain client"
"""What the plain client says."""

MISSING = 0.5
"""Seconds (scaled) after which a text that was not heard is missing."""

SUBJECTS = ("websocket", "socketio", "socketio websocket", "socketio polling")


async def _measure(bench: Bench) -> Figures:
    chats = await asyncio.gather(*(_chat(bench, subject) for subject in SUBJECTS))
    raw, socketio = chats[:2]
    at = {"websocket": "", "socketio": "", "socketio endpoint": ENDPOINT}
    opened, heard = {}, {}
    for subject, path in at.items():
        chat = raw if subject == "websocket" else socketio
        plain = await _open_plain(bench, chat, path, f"plain client at {subject}")
        opened[subject] = int(plain is not None)
        heard[subject] = int(await _is_heard(chat, plain))
    return {
        "texts in WebSocket frames": {
            subject: _in_frames(chat) for subject, chat in zip(SUBJECTS, chats, strict=True)
        },
        "a plain client connects": opened,
        "a plain client is heard": heard,
    }


async def _chat(bench: Bench, subject: str) -> Chat:
    """Let two people say a text each."""
    chat = await open_chat(bench, subject, "alice", "bob")
    alice, bob = chat.people
    await say_to(alice, "from alice", bob)
    await say_to(bob, "from bob", alice)
    return chat


def _in_frames(chat: Chat) -> float:
    """Return the share of alice's two texts that crossed in a WebSocket's whole frames."""
    rows = chat.people[0].link.trace.rows()
    found = find_text(rows, "from alice", "upstream"), find_text(rows, "from bob", "downstream")
    return sum(
        row is not None and isinstance(row.decoded, Message) and not row.problem for row in found
    ) / len(found)


async def _open_plain(bench: Bench, chat: Chat, path: str, name: str) -> Client | None:
    """Return a client that knows only WebSocket, None if it cannot connect."""
    address = with_scheme(chat.server.url, "ws") + path
    try:
        return await open_client(bench, address, name)
    except ConnectError:
        return None


async def _is_heard(chat: Chat, plain: Client | None) -> bool:
    """Return whether somebody who chats hears a plain client."""
    if plain is None:
        return False
    bob = chat.people[1]
    try:
        await plain.say(PLAIN)
    except Disconnected:
        return False
    await bob.changes.until(lambda: PLAIN in bob.inbox, MISSING)
    return PLAIN in bob.inbox


EXPERIMENT = exact(_measure)
