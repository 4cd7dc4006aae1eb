"""The finished Socket.IO chat: the usual first program, with rooms and namespaces.

It relays each `chat message` to everyone in the namespace, **including its sender**, as in most
tutorials (the raw chat skips the sender; compare with care). It greets nobody, as theirs do not: a
greeting would be a `chat message`, which a plain client takes for somebody's words.

===============  =====================  =====================  ====================================
event            arguments              acknowledged with      what happens
===============  =====================  =====================  ====================================
`chat message`   a text                 nothing                everyone gets it
`join`           a room                 the sender's rooms     the sender enters the room
`leave`          a room                 the sender's rooms     the sender leaves it
`room message`   a room, a text         nothing                everyone in the room gets it; only
                                                               its members may send to it
===============  =====================  =====================  ====================================
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

import socketio

from labkit.transports.rate_limit import RateLimit
from labkit.transports.settings import CHAT_MESSAGE, MAX_ROOM_NAME, MAX_ROOMS, ROOM_MESSAGE

NAMESPACES = ("/", "/lounge", "/kitchen")
"""The namespaces, each a separate chat on the same connection."""


class Chat:
    """The chat of one namespace.

    Parameters
    ----------
    sio, namespace
        The server of the chat, and its namespace.
    on_message
        Called with sid and text of each message.
    limit
        Limits the rate at which each connection sends, enters rooms and leaves them.
    find_session
        Returns the connection of a sid.
    """

    def __init__(
        self,
        sio: socketio.AsyncServer,
        namespace: str,
        on_message: Callable[[str, Any], None],
        limit: RateLimit,
        find_session: Callable[[str], object],
    ) -> None:
        self._sio = sio
        self._namespace = namespace
        self._emit = partial(sio.emit, namespace=namespace)
        self._on_message = on_message
        self._limit = limit
        self._find_session = find_session
        sio.on(CHAT_MESSAGE, self._limited(self._chat_message), namespace)
        sio.on("join", self._limited(self._join), namespace)
        sio.on("leave", self._limited(self._leave), namespace)
        sio.on(ROOM_MESSAGE, self._limited(self._room_message), namespace)

    def _limited(self, handler: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
        async def handle(sid: str, *arguments: Any) -> Any:
            refused = self._limit.count_refused(self._find_session(sid))
            if refused == 1:
                await self._emit(CHAT_MESSAGE, f"Not passed on: {self._limit.words}.", to=sid)
            if refused:
                raise ValueError(self._limit.words)
            return await handler(sid, *arguments)

        return handle

    async def _chat_message(self, sid: str, text: Any) -> None:
        self._on_message(sid, text)
        await self._emit(CHAT_MESSAGE, (text,))

    async def _join(self, sid: str, room: Any) -> list[str]:
        name, own = _named(room), self._rooms_of(sid)
        if name not in own and len(own) >= MAX_ROOMS:
            raise ValueError(f"a client may be in at most {MAX_ROOMS} rooms")
        await self._sio.enter_room(sid, name, namespace=self._namespace)
        return self._rooms_of(sid)

    async def _leave(self, sid: str, room: Any) -> list[str]:
        await self._sio.leave_room(sid, _named(room), namespace=self._namespace)
        return self._rooms_of(sid)

    async def _room_message(self, sid: str, room: Any, text: Any) -> None:
        if _named(room) not in self._sio.rooms(sid, namespace=self._namespace):
            raise ValueError(f"only members of the room {room!r} may send to it")
        self._on_message(sid, text)
        await self._emit(ROOM_MESSAGE, (room, text), to=room)

    def _rooms_of(self, sid: str) -> list[str]:
        return sorted({*self._sio.rooms(sid, namespace=self._namespace)} - {sid})


def _named(room: Any) -> str:
    if not isinstance(room, str) or not room:
        raise TypeError(f"room must be a non-empty string, not {room!r}")
    if len(room) > MAX_ROOM_NAME:
        raise ValueError(f"a room's name may have at most {MAX_ROOM_NAME} characters")
    return room
