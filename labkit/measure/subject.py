"""What is measured: a server in a process of its own, and the clients that speak to it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from labkit.measure.child import module_command
from labkit.measure.process import Process

PROGRAMS = "labkit.measure.programs"

TITLES = {"websocket": "WebSocket", "socketio": "Socket.IO"}


@dataclass(frozen=True)
class Subject:
    """A server and the settings of both sides.

    Attributes
    ----------
    name
        As figures and claims have it.
    protocol
        What it speaks.
    server
        The settings of the server: parameters of the program's `main`.
    client
        Those of its clients: parameters of `connect` of the clients' program.
    command
        What runs the server, if it is none of labkit's own programs.
    """

    name: str
    protocol: Literal["websocket", "socketio"]
    server: Mapping[str, Any] = field(default_factory=dict)
    client: Mapping[str, Any] = field(default_factory=dict)
    command: tuple[str, ...] = ()

    def make_server(self) -> Process:
        """Return the process of its server, which does not run yet."""
        own = module_command(f"{PROGRAMS}.{self.protocol}_server")
        return Process(f"The server of {self.name!r}", self.command or own, self.server)

    def make_clients(self) -> Process:
        """Return the process of its library's clients, which does not run yet."""
        command = module_command(f"{PROGRAMS}.{self.protocol}_clients")
        return Process(f"The process of the {TITLES[self.protocol]} clients", command, {})

    def burdened(self, name: str, **burden: float) -> Subject:
        """Return the same under another name, and worse by a known amount: see `Burden`."""
        return replace(self, name=name, server={**self.server, **burden})


def make_light_clients() -> Process:
    """Return the process of the light clients, which does not run yet."""
    return Process(
        "The process of the light clients", module_command(f"{PROGRAMS}.light_clients"), {}
    )


WEBSOCKET = Subject("websocket", "websocket", {"compression": None}, {"compression": None})
DEFLATE = Subject("websocket deflate", "websocket", {}, {"compression": "deflate"})
SOCKETIO = Subject("socketio", "socketio")
SOCKETIO_WEBSOCKET = Subject("socketio websocket", "socketio", {}, {"transports": ["websocket"]})
