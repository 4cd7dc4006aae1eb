"""Browsers: what a page needs for each stack, and who gets through without WebSocket.

Every browser of today has WebSocket: https://caniuse.com/websockets, and "widely available since
July 2015" in https://developer.mozilla.org/docs/Web/API/WebSocket. What the page of a raw chat
needs is in the browser (https://websockets.spec.whatwg.org/), while Socket.IO's page loads its
client. A client that has no WebSocket is one that only speaks HTTP: Socket.IO's over polling.
"""

from __future__ import annotations

import asyncio

from labkit.bench import Bench
from labkit.bench.starting import open_client
from labkit.exceptions import ConnectError
from labkit.measure.court.experiment import Figures
from labkit.measure.instruments.chat import Chat, open_chat, say_to
from labkit.measure.instruments.exact import exact
from labkit.protocols.addresses import with_scheme

LIBRARY = 47_295
"""Bytes of `socket.io.min.js` in `socket.io-client` 4.8.4, for where npm has not installed it."""

SUBJECTS = ("websocket", "socketio")


async def _measure(bench: Bench) -> Figures:
    chats = await asyncio.gather(*(open_chat(bench, subject, "alice") for subject in SUBJECTS))
    today, without = [], []
    for chat in chats:
        today.append(await _chats(bench, chat, chat.server.protocol))
        without.append(await _chats(bench, chat, "socketio", transports=["polling"]))
    return {
        "a browser of today chats": dict(zip(SUBJECTS, today, strict=True)),
        "a browser without WebSocket chats": dict(zip(SUBJECTS, without, strict=True)),
        "bytes of client library": {"websocket": 0, "socketio": _library_bytes()},
    }


async def _chats(bench: Bench, chat: Chat, protocol: str, **options: object) -> int:
    """Return 1 if a client that speaks a protocol chats on a server, 0 if it cannot connect."""
    scheme = "ws" if protocol == "websocket" else "http"
    name = f"{protocol} {options} at {chat.server.name}"
    alice = chat.people[0]
    try:
        client = await open_client(bench, with_scheme(chat.server.url, scheme), name, **options)
    except ConnectError:
        return 0
    await say_to(client, "from a browser", alice)
    await say_to(alice, "to a browser", client)
    return 1


def _library_bytes() -> int:
    """Return the size of the script that the page of a Socket.IO chat loads."""
    # it imports Socket.IO, which the list of all experiments does without
    from labkit.transports.socketio.page.page import BUNDLE

    return BUNDLE.stat().st_size if BUNDLE.exists() else LIBRARY


EXPERIMENT = exact(_measure)
