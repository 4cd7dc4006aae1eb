"""What tests ask a server."""

from __future__ import annotations

from labkit.transports.contract import Server


def names_of(server: Server) -> list[str]:
    """Return the names of who is connected, in the order of arrival."""
    return [connection.name for connection in server.connections]


def notes(server: Server, *kinds: str) -> list[str]:
    """Return what a server noted of some kinds, as "who: text"."""
    return [f"{e.who}: {e.text}" for e in server.log_entries if not kinds or e.kind in kinds]
