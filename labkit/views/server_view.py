"""The view of a server: who is connected since when, counts, and what happened last."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from html import escape
from typing import Any

import anywidget
import traitlets

from labkit.transports.contract import Event, Server
from labkit.views.clip import clip
from labkit.views.front import front
from labkit.views.publisher import Publisher

SHOWN = 20
"""Events that are shown."""

LONGEST = 500
"""Characters of an event or an error that are shown."""

GUESTS = 100
"""Connections that are listed; of more, the number is told."""


class _Widget(anywidget.AnyWidget):
    """The front end's half. It has one trait, the whole state."""

    _esm = front("dom.js", "server_view.js")
    _css = front("box.css", "server_view.css")
    state = traitlets.Dict().tag(sync=True)


class ServerView:
    """Shows a server.

    Parameters
    ----------
    server
        What is shown.
    errors
        Returns the background errors of the bench, a sentence each.
    blocked
        Returns for how many seconds the loop was blocked, each time.
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
        self.widget = _Widget(state=self._look(following=True))
        self._publisher = Publisher(
            self.widget, lambda: self._look(self._publisher.following), server.changes
        )

    def _look(self, following: bool) -> dict[str, Any]:
        server = self.server
        return {
            "following": following,
            "name": server.name,
            "transport": server.transport,
            "running": server.running,
            "host": server.host,
            "port": server.port,
            "guests": [
                {"name": guest.name, "since": guest.since, "received": guest.received}
                for guest in server.guests[:GUESTS]
            ],
            "connected": len(server.guests),
            "counts": dict(server.counts),
            "events": [
                {"at": event.at, "text": _told(event), "kind": event.kind}
                for event in _newest(server.events)
            ],
            "errors": [clip(error, LONGEST) for error in self._errors()[-5:]],
            "blocked": [round(seconds, 1) for seconds in self._blocked()[-5:]],
        }

    def close(self) -> None:
        """Show the last state and follow the server no longer."""
        self._publisher.close()

    @property
    def line(self) -> str:
        """The text twin: one line, the same in each run."""
        state = "running" if self.server.running else "stopped"
        return f"server {self.server.name}: {state}, {len(self.server.guests)} connected"

    @property
    def heading(self) -> str:
        """Heading of the static twin, as HTML."""
        state = "● running" if self.server.running else "○ stopped"
        return f"server {escape(self.server.name)} {state}"

    @property
    def body(self) -> str:
        """The static twin: who is connected and what happened, without times, as HTML."""
        names = ", ".join(escape(name) for name in self.server.connections) or "nobody"
        events = [_steady(_told(event)) for event in _newest(self.server.events)]
        errors = [
            f"<b>background error:</b> {_steady(clip(error, LONGEST))}" for error in self._errors()
        ]
        return "<br>\n".join([f"<b>connected:</b> {names}", *events, *errors])


def _newest(events: list[Event]) -> list[Event]:
    """Pick what is shown: the newest of all, but messages do not push out all else."""
    others = [event for event in events if event.kind != "message"]
    messages = [event for event in events if event.kind == "message"]
    messages = messages[-max(SHOWN // 2, SHOWN - len(others)) :]
    picked = {id(event) for event in (*others[len(messages) - SHOWN :], *messages)}
    return [event for event in events if id(event) in picked]


def _steady(text: str) -> str:
    """Escape a text and hide ports and durations, which are others in each run."""
    masked = re.sub(r"(?<=:)\d{4,5}\b|\b\d+\.\d+(?= s\b)", "…", text)
    return escape(masked).replace("\n", " ")


def _told(event: Event) -> str:
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
