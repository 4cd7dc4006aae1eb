"""What `websockets` has above the protocol: a check for each item."""

from __future__ import annotations

import inspect

from websockets.asyncio.client import ClientConnection, connect
from websockets.asyncio.server import Server, ServerConnection, basic_auth, broadcast, serve

from labkit.measure.controls.websocket.pair import pair


def has_name(word: str) -> bool:
    """Return whether a public method, attribute or argument has a word in its name."""
    names = {name for each in (ClientConnection, ServerConnection, Server) for name in dir(each)}
    for function in (connect, serve):
        names |= set(inspect.signature(function).parameters)
    return any(word in name for name in names if not name.startswith("_"))


async def acknowledgement() -> bool:
    async with pair() as (near, _):
        answer: object = await near.send("text")  # type: ignore[func-returns-value]
        return answer is not None


async def broadcasting() -> bool:
    async with pair() as (near, far):
        broadcast([far], "text")
        return await near.recv() == "text"


async def rooms() -> bool:
    return has_name("room")


async def namespaces() -> bool:
    return has_name("namespace")


async def named_events() -> bool:
    return has_name("emit")


async def transport() -> bool:
    return has_name("polling")


async def credentials() -> bool:
    check = basic_auth(credentials=("alice", "secret"))
    async with pair(login="alice:secret@", process_request=check) as (_, far):
        return far.username == "alice"


async def session_data() -> bool:
    return has_name("session")
