"""Which rows of a link belong to a client's last connection that ended.

On raw WebSocket that is one connection of the link. A Socket.IO session may use several: each
polling request can have its own, and an upgrade begins a new one. A session of a chat over HTTP is
open while its requests are answered (`http_session.py`).
"""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import parse_qs, urlsplit

from labkit.endings.http_session import PROTOCOLS, http_sessions
from labkit.protocols.http1 import HttpMessage
from labkit.trace.passage import NEVER_LEFT
from labkit.trace.rows import Row


def sessions(rows: Sequence[Row], protocol: str) -> list[list[Row]]:
    """Return the rows of each session that was open at some time, oldest first."""
    if protocol == "socketio":
        return _socketio_sessions(rows)
    if protocol in PROTOCOLS:
        return http_sessions(rows)
    opened = [row.connection for row in rows if _switches(row)]
    return [[row for row in rows if row.connection == number] for number in opened]


def _switches(row: Row) -> bool:
    """Whether it is the answer that opens a WebSocket, and arrived."""
    return (
        isinstance(row.decoded, HttpMessage) and row.decoded.switches and row.fate not in NEVER_LEFT
    )


def _socketio_sessions(rows: Sequence[Row]) -> list[list[Row]]:
    begins = [at for at, row in enumerate(rows) if _opens(row)]
    found = []
    for at, begin in enumerate(begins):
        end = begins[at + 1] if at + 1 < len(begins) else len(rows)
        span = rows[begin:end]
        used = {rows[begin].connection, *(row.connection for row in span if _continues(row))}
        found.append([row for row in span if row.connection in used])
    return found


def _opens(row: Row) -> bool:
    """Whether it is Engine.IO's open packet, by itself or in a poll's answer, and arrived."""
    if row.direction != "downstream" or row.fate in NEVER_LEFT:
        return False
    return "open" in (row.kind, *row.packets)


def _continues(row: Row) -> bool:
    """Whether it is a request of a session that is open already, which names the session."""
    message = row.decoded
    return isinstance(message, HttpMessage) and "sid" in parse_qs(urlsplit(message.target).query)
