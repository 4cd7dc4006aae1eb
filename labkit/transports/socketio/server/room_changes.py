"""Changes of namespaces and rooms, logged and reported to the bench's clients.

The library has one room named None in each namespace, for all who have joined it or are about to.
"""

from __future__ import annotations

from typing import Any

from labkit.protocols.reasons import Reason
from labkit.transports.contract import Kind
from labkit.transports.http import Server
from labkit.transports.socketio.server.sessions import Session, Sessions


class RoomChanges:
    """The namespaces and rooms that the sessions of one server are in."""

    def __init__(self, host: Server, sessions: Sessions) -> None:
        self._host = host
        self._sessions = sessions
        self._library = sessions.library
        self._by_sid: dict[str, Session] = {}

    def find_session(self, sid: str) -> Session | None:
        """Return a session by its id in a namespace, None if there is none, or it has ended."""
        session = self._by_sid.get(sid)
        return None if session is None else self._sessions.get(session.raw)

    def note_join(self, session: Session, sid: str, namespace: str) -> None:
        """Log that a session has joined a namespace, once."""
        if sid in session.members:
            return
        session.members.add(sid)
        where = "" if namespace == "/" else f"namespace {namespace}"
        if session in self._host.connections:
            self._host.log("joined", session.name, where or "namespace /")
        else:
            self._host.connections.append(session)
            self._host.log("connected", session.name, where)

    def enter(
        self, original: Any, sid: str, namespace: str, room: Any, eio_sid: str | None = None
    ) -> None:
        """Let the library put a session id into a room."""
        before = self._library.is_in_room(sid, namespace, room)
        original(sid, namespace, room, eio_sid=eio_sid)
        if room is None and eio_sid is not None and eio_sid in self._sessions:
            self._by_sid[sid] = self._sessions[eio_sid]
        elif not before:
            self._note_room(sid, namespace, room, "joined")

    def leave(self, original: Any, sid: str, namespace: str, room: Any) -> None:
        """Let the library take a session id out of a room."""
        before = self._library.is_in_room(sid, namespace, room)
        original(sid, namespace, room)
        if room is None:
            session = self.find_session(sid)
            self._by_sid.pop(sid, None)
            if session is not None:
                self._note_leave(session, sid, namespace)
        elif before:
            self._note_room(sid, namespace, room, "left")

    def _note_room(self, sid: str, namespace: str, room: Any, kind: Kind) -> None:
        session = self.find_session(sid)
        if session is not None and room != sid and sid not in session.leaving:
            where = f"room {room}" if namespace == "/" else f"room {room} of {namespace}"
            self._report_rooms(session)
            self._host.log(kind, session.name, where)

    def _note_leave(self, session: Session, sid: str, namespace: str) -> None:
        if sid not in session.members:
            why = f"the connect handler refused it in namespace {namespace}"
            self._host.log("refused", session.name, why)
            return
        reasons = self._library.sio.reason
        refused = sid in session.entering  # it was let in before its connect handler ran
        own = reasons.SERVER_DISCONNECT if refused else reasons.CLIENT_DISCONNECT
        reason = session.leaving.pop(sid, Reason(own))
        session.members.discard(sid)
        session.entering.discard(sid)
        self._report_rooms(session)
        if session.members:
            self._host.log("left", session.name, f"namespace {namespace}")
            return
        code = self._host.open.code_of(session.request)
        abnormal = code not in (None, 1000, 1001)
        below = f"; the WebSocket below: {code}" if abnormal else ""
        self._host.remove_connection(session, f"{reason!s}{below}")

    def _report_rooms(self, session: Session) -> None:
        rooms = tuple(room for place in session.memberships for room in place.rooms)
        self._host.observer.on_rooms(session, rooms)
