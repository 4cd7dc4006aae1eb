"""The request that is being answered, which the library passes to nothing that it calls."""

from __future__ import annotations

from collections.abc import Mapping
from contextvars import ContextVar
from dataclasses import dataclass

from labkit.transports.socketio.server.sessions import Session


@dataclass(slots=True, eq=False)
class CurrentRequest:
    """A request that is being answered, or the listening of a client manager.

    Attributes
    ----------
    who, sid
        The name of its connection, and the id of its session, "" if it has none yet.
    sessions
        The sessions of the server that answers.
    is_unreadable
        Whether the library could not read it, which it only logs.
    is_listening
        Whether this is no request, but the task in which a client manager listens for other
        processes.
    """

    who: str
    sid: str
    sessions: Mapping[str, Session]
    is_unreadable: bool = False
    is_listening: bool = False

    @property
    def session(self) -> Session | None:
        """Its session, None if it has none yet, or any more.

        It is not kept here: what begins in a request's context may keep that context for long.
        """
        return self.sessions.get(self.sid)


current_request: ContextVar[CurrentRequest | None] = ContextVar("current_request", default=None)
"""The request that is being answered, also in tasks that were started for it."""
