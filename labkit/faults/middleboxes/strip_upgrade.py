"""A proxy that does not know WebSocket, and removes what asks for it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from labkit.faults.fault import Live
from labkit.faults.http_fault import HttpFault, HttpLive, UpgradeLive
from labkit.protocols.directions import Direction
from labkit.protocols.http_parts import HttpPart, rewrite_head


@dataclass(frozen=True, repr=False)
class StripUpgrade(HttpFault):
    """Removes from each request what asks for an upgrade, so the server sees a plain request.

    ``Upgrade`` is a hop-by-hop header, so a proxy that has not been told about WebSocket does not
    pass it on: nginx by default ("WebSocket proxying" in its manual), and Broadcom's CacheFlow
    (knowledge base, article 165436). The server then answers as it does to any other request.
    """

    @property
    def effect(self) -> str:
        """What it does, in words."""
        return "removes Upgrade from requests"

    def make_live(self, directions: Sequence[Direction]) -> Mapping[Direction, Live]:
        """Return live parts that strip."""
        return {"upstream": _Stripping(), "downstream": HttpLive()}


class _Stripping(UpgradeLive):
    def change(self, part: HttpPart) -> HttpPart:
        return part if part.head is None else part.altered(rewrite_head(part.data, _strip))


def _strip(line: str) -> str | None:
    """Return a line of a head without what asks for an upgrade, None if nothing is left of it."""
    name, colon, value = line.partition(":")
    if not colon or name.strip().lower() not in ("upgrade", "connection"):
        return line
    if name.strip().lower() == "upgrade":
        return None
    kept = [each.strip() for each in value.split(",") if each.strip().lower() != "upgrade"]
    return f"{name}: {', '.join(kept)}" if kept else None
