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
from typing import Any

import socketio

from labkit.transports.rate_limit import RateLimit
from labkit.transports.settings import CHAT_MESSAGE, MAX_ROOM_NAME, MAX_ROOMS, ROOM_MESSAGE

NAMESPACES = ("/", "/lounge", "/kitchen")
"""The namespaces, each a separate chat on the same connection."""


class Chat:
    """One chat in each namespace.

    Parameters
    ----------
    sio
        The server of the chats.
    on_message
        Called with namespace, sid and text of each message.
    limit
        Limits the rate at which each connection sends, enters rooms and leaves them.
    find_session
        Returns the connection, by namespace and sid.
    """

    def __init__(
        self,
        sio: socketio.AsyncServer,
        on_message: Callable[[str, str, Any], None],
        limit: RateLimit,
        find_session: Callable[[str, str], object],
    ) -> None:
        for namespace in NAMESPACES:
            sio.register_namespace(_Hall(namespace, on_message, limit, find_session))


class _Hall(socketio.AsyncNamespace):  # type: ignore[misc]
    """The chat of one namespace."""

    def __init__(
        self,
        namespace: str,
        on_message: Callable[[str, str, Any], None],
        limit: RateLimit,
        find_session: Callable[[str, str], object],
    ) -> None:
        super().__init__(namespace)
        self._name = namespace
        self._on_message = on_message
        self._limit = limit
        self._find_session = find_session
        self._handlers: dict[str, Callable[..., Awaitable[Any]]] = {
            CHAT_MESSAGE: self._chat_message,
            "join": self._join,
            "leave": self._leave,
            ROOM_MESSAGE: self._room_message,
        }

    def handles(self, event: str) -> bool:
        """Return whether there is a handler for an event."""
        return event in self._handlers

    async def trigger_event(self, event: str, *arguments: Any) -> Any:
        """Call the handler of an event; its name may contain a space, which a method's cannot."""
        if not self.handles(event):
            return await super().trigger_event(event, *arguments)  # as an unknown event
        await self._check_rate(arguments[0])
        return await self._handlers[event](*arguments)

    async def _check_rate(self, sid: str) -> None:
        refused = self._limit.count_refused(self._find_session(self._name, sid))
        if refused == 1:
            await self.emit(CHAT_MESSAGE, f"Not passed on: {self._limit.words}.", to=sid)
        if refused:
            raise ValueError(self._limit.words)

    async def _chat_message(self, sid: str, text: Any) -> None:
        self._on_message(self._name, sid, text)
        await self.emit(CHAT_MESSAGE, (text,))

    async def _join(self, sid: str, room: Any) -> list[str]:
        name, own = _named(room), self._rooms_of(sid)
        if name not in own and len(own) >= MAX_ROOMS:
            raise ValueError(f"a client may be in at most {MAX_ROOMS} rooms")
        await self.enter_room(sid, name)
        return self._rooms_of(sid)

    async def _leave(self, sid: str, room: Any) -> list[str]:
        await self.leave_room(sid, _named(room))
        return self._rooms_of(sid)

    async def _room_message(self, sid: str, room: Any, text: Any) -> None:
        if _named(room) not in self.rooms(sid):
            raise ValueError(f"only members of the room {room!r} may send to it")
        self._on_message(self._name, sid, text)
        await self.emit(ROOM_MESSAGE, (room, text), room=room)

    def _rooms_of(self, sid: str) -> list[str]:
        return sorted(room for room in self.rooms(sid) if room != sid)


def _named(room: Any) -> str:
    if not isinstance(room, str) or not room:
        raise TypeError(f"room must be a non-empty string, not {room!r}")
    if len(room) > MAX_ROOM_NAME:
        raise ValueError(f"a room's name may have at most {MAX_ROOM_NAME} characters")
    return room
