"""Buffering: texts that are given to a library while it is offline, and arrive later by themselves.

The texts are given to the libraries' own objects, which refuse them both in Python. JavaScript's
client keeps what is emitted offline, and sends it when it is back.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from typing import Any

from labkit.bench import Bench
from labkit.exceptions import LabError
from labkit.measure.court.experiment import Figures
from labkit.measure.instruments.chat import open_chat, say_to
from labkit.measure.instruments.cut import cut_first
from labkit.measure.instruments.exact import exact
from labkit.transports.contract import Client

TEXTS = ("first", "second", "third")

BACK = 5.0
"""Seconds (scaled) in which a client should be back."""

SOON: Mapping[str, Any] = {"reconnection_delay": 0.05, "randomization_factor": 0}
"""Options of a Socket.IO client that comes back sooner than by default."""

Send = Callable[[Any, str], Awaitable[None]]
"""Sends a text with a library's own object."""


async def _measure(bench: Bench) -> Figures:
    raw, socketio = await asyncio.gather(
        _arrived(bench, "websocket", lambda library, text: library.send(text), {}),
        _arrived(bench, "socketio", lambda library, text: library.emit("chat message", text), SOON),
    )
    return {"texts that arrive later": {"websocket": raw, "socketio": socketio}}


async def _arrived(bench: Bench, subject: str, send: Send, options: Mapping[str, Any]) -> int:
    """Return how many of the texts arrive that were sent without a connection."""
    chat = await open_chat(bench, subject, "alice", "bob", connect=options)
    alice: Any = chat.people[0]
    bob = chat.people[1]
    await cut_first(chat)
    for text in TEXTS:
        with suppress(Exception):  # each library has its own, and only what arrives counts
            await send(alice.raw, text)
    alice.link.restore()
    await _come_back(alice)
    await say_to(alice, "the end", bob)
    return sum(text in bob.inbox for text in TEXTS)


async def _come_back(client: Client) -> None:
    """Wait until a client is back, or connect it again if it does not come back by itself."""
    await client.changes.until(lambda: client.state in ("open", "closed"), BACK)
    if client.state == "closed":
        await client.open()
    if client.state != "open":
        raise LabError(f"{client.name} did not come back within {BACK:g} s.")


EXPERIMENT = exact(_measure)
