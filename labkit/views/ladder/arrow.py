"""An arrow of a ladder: one row, between a client's life line and its server's."""

from __future__ import annotations

from dataclasses import dataclass

from labkit.protocols.messages import Message
from labkit.trace.layers import hide_ids
from labkit.trace.passage import Fate
from labkit.trace.rows import FATES, Row
from labkit.untrusted import plain_text

MAX_PACKET_SHOWN = 20
"""Characters of a packet that stand on an arrow, beside what it means."""

CONTROL = ("ping", "pong", "close", "heartbeat", "comment", "retry", "cursor", "end")
"""Kinds that carry no message, and are drawn as what controls a connection."""

SPEAK_FOR_THEMSELVES = ("text", "event", "ack", "attachment")
"""Kinds that are not told on an arrow, for their content tells as much."""


@dataclass(frozen=True)
class Arrow:
    """One row of a ladder, between the life lines of a client and of its server.

    Attributes
    ----------
    row
        The row.
    client, server
        Names on the life lines.
    fate, left
        What had become of the row in the link when the ladder was drawn, and when it had left.
    """

    row: Row
    client: str
    server: str
    fate: Fate
    left: float | None

    @property
    def pattern(self) -> str:
        """How it is drawn: as "http", "control", "broken", "held", "fact" or plain ("data")."""
        if self.row.is_fact:
            return "fact"
        if self.row.kind == "garbage" or self.fate in ("dropped", "lost"):
            return "broken"
        if self.fate == "held":
            return "held"
        if self.row.kind in ("request", "response"):
            return "http"
        return "control" if self.row.kind in CONTROL else "data"

    @property
    def ends(self) -> tuple[str, str]:
        """From whom to whom."""
        if self.row.direction == "downstream":
            return self.server, self.client
        return self.client, self.server

    @property
    def label(self) -> str:
        """What stands on it."""
        fate = FATES[self.fate]
        return f"{self._words} ({fate})" if fate else self._words

    @property
    def _words(self) -> str:
        content = self.row.content
        if isinstance(self.row.decoded, Message) and self.row.decoded.close_code is not None:
            content = f"{int(self.row.decoded.close_code)} {self.row.decoded.close_reason}".strip()
        if packet := self._packet:
            words = f"{self.row.kind} {content.removeprefix('Engine.IO').strip()}".strip()
            return plain_text(f"{packet} ({words})")
        if self.pattern == "http" or self.row.kind in SPEAK_FOR_THEMSELVES:
            return plain_text(content)
        return plain_text(f"{self.row.kind} {content}".strip())

    @property
    def _packet(self) -> str:
        """An Engine.IO packet as it crossed, for example "2probe"; "" for events and all else."""
        message = self.row.decoded
        if not isinstance(message, Message) or message.kind != "text":
            return ""
        if self.row.kind in SPEAK_FOR_THEMSELVES or self.row.kind == "garbage":
            return ""
        text = hide_ids(message.text)
        return text if len(text) <= MAX_PACKET_SHOWN else f"{text[:MAX_PACKET_SHOWN]}…"

    def __str__(self) -> str:
        if self.row.is_fact:
            why = f": {self.row.content}" if self.row.content else ""
            return plain_text(f"· {self.row.kind}{why} ({self.client})")
        source, target = self.ends
        wrong = f" ! {self.row.problem}" if self.row.problem else ""
        fate = f" ({FATES[self.fate]})" if FATES[self.fate] else ""
        arrow = {"broken": "-x", "held": "-|"}.get(self.pattern, "->")
        told = f"{source} {arrow} {target}: {self.row.kind} {self.row.content}{wrong}{fate}"
        return plain_text(told.rstrip())
