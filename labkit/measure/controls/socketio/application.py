"""What `python-socketio` has above the protocol: a check for each item, on real sockets."""

from __future__ import annotations

from labkit.measure.controls.socketio.pair import pair, watch

WITHIN = 5.0
"""Seconds in which something has to happen; it takes milliseconds."""


async def acknowledgement() -> bool:
    async with pair() as (near, _, _):
        return bool(await near.call("say", "text", timeout=WITHIN) == "stored")


async def broadcasting() -> bool:
    async with watch() as (witness, served, _):
        await served.sio.emit("text", "all")
        return await witness.recv() == '42["text","all"]'


async def rooms() -> bool:
    async with watch() as (witness, served, sid):
        await served.sio.enter_room(sid, "red")
        await served.sio.emit("text", "in", room="red")
        return await witness.recv() == '42["text","in"]' and "red" in served.sio.rooms(sid)


async def namespaces() -> bool:
    names = ["/", "/chat"]
    async with pair(arguments={"namespaces": names}, namespaces=names) as (near, _, _):
        return set(near.namespaces) == set(names)


async def named_events() -> bool:
    async with pair() as (near, served, _):
        await near.emit("other", "lost")
        await near.call("say", "text", timeout=WITHIN)
        return served.heard == ["text"]


async def transport() -> bool:
    async with pair() as (near, served, sid):
        return bool(near.transport() == served.sio.transport(sid) == "websocket")


async def credentials() -> bool:
    async with pair(arguments={"auth": {"token": "secret"}}) as (_, served, _):
        return bool(served.auth == {"token": "secret"})


async def session_data() -> bool:
    async with pair() as (_, served, sid):
        await served.sio.save_session(sid, {"name": "alice"})
        return bool(await served.sio.get_session(sid) == {"name": "alice"})
