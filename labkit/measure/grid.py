"""The grid: which transport survives which middlebox."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any, TypeVar

from labkit.exceptions import LabError
from labkit.faults import (
    BufferResponses,
    DropUpgrade,
    IdleForget,
    IdleKill,
    LimitConnections,
    LimitLife,
    RefuseUpgrade,
    RequireProxy,
    RotateConnections,
    StripUpgrade,
    SwallowFrames,
)
from labkit.measure.cell import Cell
from labkit.measure.trial import Middlebox, try_behind
from labkit.transports.contract import Server


@dataclass(frozen=True)
class Column:
    """A transport: a finished chat, and how its client connects.

    Attributes
    ----------
    protocol, options
        Of the chat, and of the client.
    transport
        How messages travel if nothing is in the way.
    """

    protocol: str
    transport: str
    options: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Row:
    """A middlebox.

    Attributes
    ----------
    middlebox
        The fault, or what makes it for two servers.
    idle
        Seconds (scaled) of silence in which it shows what it does.
    """

    middlebox: Middlebox
    idle: float = 0.0


COLUMNS = {
    "websocket": Column("websocket", "websocket"),
    "socketio": Column("socketio", "websocket"),
    "socketio websocket": Column("socketio", "websocket", {"transports": ["websocket"]}),
    "socketio polling": Column("socketio", "polling", {"transports": ["polling"]}),
    "socketio websocket, polling": Column(
        "socketio", "websocket", {"transports": ["websocket", "polling"]}
    ),
    "longpoll": Column("longpoll", "long polling"),
    "sse": Column("sse", "event stream"),
    "poll": Column("poll", "polling"),
    "chain": Column("chain", "websocket"),
}
"""The transports, by name."""


def _rotate(servers: Sequence[Server]) -> RotateConnections:
    return RotateConnections(tuple(server.url for server in servers))


ROWS = {
    "nothing": Row(None),
    "strip upgrade": Row(StripUpgrade()),
    "refuse upgrade": Row(RefuseUpgrade()),
    "drop upgrade": Row(DropUpgrade()),
    "swallow frames": Row(SwallowFrames()),
    "buffer responses": Row(BufferResponses()),
    "buffer bodies": Row(BufferResponses(headers_pass=True)),
    "buffer 4096 bytes": Row(BufferResponses(4096)),
    "idle kill 3 s": Row(IdleKill(3), idle=5.5),  # back after the first kill, before the next
    "idle kill 8 s": Row(IdleKill(8), idle=12),
    "idle forget 3 s": Row(IdleForget(3), idle=4.5),
    "limit life 3.5 s": Row(LimitLife(3.5), idle=12),  # between two polls, one comes each second
    "limit connections 1": Row(LimitConnections(1)),
    "require proxy": Row(RequireProxy()),
    "rotate connections": Row(_rotate),
}
"""The middleboxes, by name."""


async def try_cell(row: str, column: str) -> Cell:
    """Return what becomes of a transport behind a middlebox, by their names in `ROWS`, `COLUMNS`.

    It takes at most 40 s (scaled), with servers and clients of its own, which are closed then.

    Raises
    ------
    LabError
        If there is no such middlebox or transport; the text suggests the nearest, and lists all.
    """
    box, way = _find("middlebox", row, ROWS), _find("transport", column, COLUMNS)
    return await try_behind(
        box.middlebox, way.protocol, way.options, wanted=way.transport, idle=box.idle
    )


_Found = TypeVar("_Found", Row, Column)


def _find(what: str, name: Any, known: dict[str, _Found]) -> _Found:
    """Return the row or the column of a name; raise LabError if there is none."""
    if isinstance(name, str) and name in known:
        return known[name]
    near = get_close_matches(str(name), known, n=1)
    advice = f" Did you mean {near[0]!r}?" if near else ""
    names = ", ".join(map(repr, known))
    raise LabError(f"There is no {what} {name!r:.80}.{advice} There are {names}.")
