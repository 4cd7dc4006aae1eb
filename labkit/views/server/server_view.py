"""The view of a server: who is connected and where, counts, what happened last; and who must go."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from labkit.exceptions import LabError
from labkit.front_end.joiner import join_modules
from labkit.transports.contract import Connection, LogEntry, Membership, Server
from labkit.untrusted import html_text, plain_text
from labkit.views.server.messages import (
    Disconnect,
    Move,
    ServerAction,
    ServerSnapshot,
    ShownConnection,
)
from labkit.views.shared.acting import ActingView
from labkit.views.shared.actions import Actions
from labkit.views.shared.clip import clip
from labkit.views.shared.widget import SnapshotWidget, box_styles

SHOWN = 20
"""Events that are shown."""

LONGEST = 500
"""Characters of an event or an error that are shown."""

MAX_CONNECTIONS_SHOWN = 100
"""Connections that are listed; of more, the number is told."""

PLACES = 12
"""Namespaces of a connection that are listed, and rooms in each; of more, the number is told."""

NAME = 60
"""Characters of a namespace's or a room's name that are shown."""


class _Widget(SnapshotWidget):
    _esm = join_modules("views/server/server_view.js")
    _css = box_styles("views/server/server_view.css")


_ACTIONS: Actions[ServerAction] = Actions(Disconnect, Move)


class ServerView(ActingView[ServerAction]):
    """Shows a server, and acts on its connections for the person at it.

    Parameters
    ----------
    server
        What is shown.
    errors
        Returns the background errors of the server, a sentence each.
    blocked
        Returns for how many seconds the loop was blocked, each time since the server was made.
    """

    def __init__(
        self,
        server: Server,
        errors: Callable[[], Sequence[str]],
        blocked: Callable[[], Sequence[float]],
    ) -> None:
        self.server = server
        self._errors = errors
        self._blocked = blocked
        self._noted: dict[str, int] = {}
        self._places: dict[int, tuple[Membership, ...]] = {}
        super().__init__(_Widget, _ACTIONS, server.changes)

    def _snapshot(self, following: bool) -> ServerSnapshot:
        server = self.server
        return {
            "following": following,
            "name": plain_text(server.name),
            "protocol": server.protocol,
            "running": server.running,
            "host": server.host,
            "port": server.port,
            "path": server.path,
            "hasRooms": server.has_rooms,
            "connections": [
                self._connection(each) for each in server.connections[:MAX_CONNECTIONS_SHOWN]
            ],
            "connected": server.connection_count,
            "counts": dict(server.log_counts),
            "events": [
                {"at": event.at, "text": _told(event), "kind": event.kind}
                for event in _newest(server.log_entries)
            ],
            "errors": [clip(error, LONGEST) for error in self._errors()[-5:]],
            "blocked": [round(seconds, 1) for seconds in self._blocked()[-5:]],
        }

    def _connection(self, connection: Connection) -> ShownConnection:
        places = self._places_of(connection)
        return {
            "number": connection.number,
            "name": plain_text(connection.name),
            "since": connection.since,
            "received": connection.received,
            "transport": connection.transport,
            "places": [
                {
                    "namespace": clip(place.namespace, LONGEST),
                    "shown": clip(place.namespace, NAME),
                    "sid": place.sid,
                    "rooms": _named(place.rooms),
                }
                for place in places[:PLACES]
            ],
            "morePlaces": len(places[PLACES:]),
        }

    def _places_of(self, connection: Connection) -> tuple[Membership, ...]:
        """Look once after each event: the library goes through all its rooms for each of them."""
        noted = {kind: times for kind, times in self.server.log_counts.items() if kind != "message"}
        if noted != self._noted:
            self._noted = noted
            self._places.clear()
        if connection.number not in self._places:
            self._places[connection.number] = connection.memberships
        return self._places[connection.number]

    async def _do(self, action: ServerAction) -> None:
        connection = self._find(action["connection"])
        if action["kind"] == "disconnect":
            await self.server.disconnect(connection)
        else:
            # it comes back as the page was told it
            shown = {clip(place.namespace, LONGEST): place for place in connection.memberships}
            place = shown.get(action["namespace"])
            namespace = action["namespace"] if place is None else place.namespace
            await self.server.move(connection, namespace, action["room"], into=action["into"])

    def _find(self, number: int) -> Connection:
        for connection in self.server.connections:
            if connection.number == number:
                return connection
        raise LabError(f"This connection to {self.server.name!r} has ended.")

    @property
    def _released(self) -> str:
        return (
            f"This box no longer follows {self.server.name!r}: run its cell again for a live one."
        )

    @property
    def line(self) -> str:
        """The text twin: one line, the same in each run."""
        state = "running" if self.server.running else "stopped"
        count = self.server.connection_count
        return f"server {plain_text(self.server.name)}: {state}, {count} connected"

    @property
    def heading(self) -> str:
        """Heading of the static twin, as HTML."""
        state = "● running" if self.server.running else "○ stopped"
        return f"server {html_text(self.server.name)} {state}"

    @property
    def body(self) -> str:
        """The static twin: who is connected and what happened, without times, as HTML."""
        events = [_steady(_told(event)) for event in _newest(self.server.log_entries)]
        errors = [
            f"<b>background error:</b> {_steady(clip(error, LONGEST))}" for error in self._errors()
        ]
        return "<br>\n".join([*self._present(), *events, *errors])

    def _present(self) -> list[str]:
        """Say who is connected, and where rooms are, each connection in a line."""
        server = self.server
        if not server.has_rooms or not server.connections:
            names = ", ".join(html_text(each.name) for each in server.connections) or "nobody"
            return [f"<b>connected:</b> {names}"]
        more = server.connection_count - MAX_CONNECTIONS_SHOWN
        return [
            "<b>connected:</b>",
            *(_placed(connection) for connection in server.connections[:MAX_CONNECTIONS_SHOWN]),
            *([f"<i>and {more} more</i>"] if more > 0 else []),
        ]


def _named(names: Sequence[str]) -> list[str]:
    more = len(names) - PLACES
    return [*(clip(name, NAME) for name in names[:PLACES]), *([f"{more} more"] if more > 0 else [])]


def _placed(connection: Connection) -> str:
    """Say how a connection's messages travel, and where it is, as HTML."""
    words = [
        connection.transport,
        *(
            clip(place.namespace, NAME)
            + (f" (rooms: {', '.join(_named(place.rooms))})" if place.rooms else "")
            for place in connection.memberships
        ),
    ]
    return f"<b>{html_text(connection.name)}:</b> {html_text(', '.join(words))}"


def _newest(events: list[LogEntry]) -> list[LogEntry]:
    """Pick what is shown: the newest of all, but messages do not push out all else."""
    others = [event for event in events if event.kind != "message"]
    messages = [event for event in events if event.kind == "message"]
    messages = messages[-max(SHOWN // 2, SHOWN - len(others)) :]
    picked = {id(event) for event in (*others[len(messages) - SHOWN :], *messages)}
    return [event for event in events if id(event) in picked]


def _steady(text: str) -> str:
    """Return a text as HTML and hide ports and durations, which are others in each run."""
    masked = re.sub(r"(?<=:)\d{4,5}\b|\b\d+\.\d+(?= s\b)", "…", text)
    return html_text(masked)


def _told(event: LogEntry) -> str:
    """Say an event in a few words."""
    detail = f": {event.text}" if event.text else ""
    told = {
        "message": f"{event.who} sent {event.text}",
        "closed": f"{event.who} left{detail}",
        "error": f"the handler that served {event.who} failed{detail}",
        "connected": f"{event.who} connected{detail}",
        "refused": f"{event.who} was refused{detail}",
        "dropped": f"{event.who} was dropped as a slow reader{detail}",
        "joined": f"{event.who} joined {event.text}",
        "left": f"{event.who} left {event.text}",
        "ignored": f"{event.who} was ignored{detail}",
    }
    times = f" ({event.times} times)" if event.times > 1 else ""
    return clip(told[event.kind], LONGEST) + times
