"""A session that ended, and what its rows say of the end."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

from labkit.endings.http_session import PROTOCOLS, leaves, refuses
from labkit.protocols.messages import Message
from labkit.trace.passage import NEVER_LEFT
from labkit.trace.rows import FATES, Row

KEEPALIVE = "keepalive ping timeout"
"""The reason with which the library `websockets` closes when a heartbeat stays unanswered."""

ENDS = {"half-closed": "a FIN (half-closed)", "closed": "a FIN", "reset": "an RST"}
"""The kinds of rows in which one side ends a TCP connection, and with what."""


@dataclass
class EndedSession:
    """A session that ended, and what is known beside its rows.

    Attributes
    ----------
    rows
        Its rows, in order.
    client, server
        Names; "" for a server of somebody else's.
    protocol
        What they spoke: "websocket", "socketio", or one of those over HTTP.
    was_blocked
        Whether the event loop stood still while the session ended.
    server_saw
        What the server's log says of the end, "" if nothing.
    server_saw_at
        When the server saw it, in the time of the rows; None if it has not.
    was_dropped
        Whether the server's log says that the client was a slow reader.
    closes
        The close frames, the disconnect packets, and over HTTP the requests that leave and the
        answers that refuse.
    """

    rows: Sequence[Row]
    client: str
    server: str
    protocol: str = "websocket"
    was_blocked: bool = False
    server_saw: str = ""
    server_saw_at: float | None = None
    was_dropped: bool = False
    closes: list[Row] = field(init=False)

    def __post_init__(self) -> None:
        """Find who says that it closes."""
        self.closes = [row for row in self.rows if _closes(row)]

    @property
    def is_over_http(self) -> bool:
        """Whether it is a chat over HTTP, which knows no close frame."""
        return self.protocol in PROTOCOLS

    def sender(self, row: Row) -> str:
        """Return who sent a row."""
        return self.client if row.direction == "upstream" else f"server {self.server}".strip()

    @property
    def was_told(self) -> bool:
        """Whether the first close frame or packet gives another reason than silence."""
        if not self.closes:
            return False
        code, reason = code_and_reason(self.closes[0])
        silence = (self.protocol == "socketio" and code == 1000) or reason == KEEPALIVE
        return not (silence and self.closes[0].kind == "close")

    @property
    def act(self) -> Row | None:
        """The row in which the link itself ended a connection, by hand or by a fault."""
        return next((row for row in self.rows if _is_act(row)), None)

    @property
    def has_ended(self) -> bool:
        """Whether any row says so."""
        return bool(self.closes or self.act or self.end or self.refused)

    @property
    def refused(self) -> Row | None:
        """The first attempt to go on that the link refused, over HTTP."""
        return next((row for row in self.rows if row.kind == "refused"), None)

    @property
    def end(self) -> Row | None:
        """The first FIN or RST by one of the sides after which the server said nothing more."""
        said = [row for row in self.rows if row.direction == "downstream" and not row.is_fact]
        last = {row.connection: row.number for row in said}

        def goes_on(end: Row) -> bool:  # over another connection, as after an upgrade
            return any(last[other] > end.number for other in last if other != end.connection)

        ends = (row for row in self.rows if row.kind in ENDS and row.direction)
        return next((row for row in ends if not goes_on(row)), None)

    @property
    def missing(self) -> list[Row]:
        """What the link kept from the other side until the session was over."""
        return [row for row in self.rows if row.direction and not row.is_fact and self._misses(row)]

    def _misses(self, row: Row) -> bool:
        return row.fate in NEVER_LEFT or (self._left_late(row) and not self.entered_late(row))

    def entered_late(self, row: Row) -> bool:
        """Whether it entered the link when the server had ended the session."""
        return self.server_saw_at is not None and row.time >= self.server_saw_at

    def _left_late(self, row: Row) -> bool:
        """Whether it left the link when the server had ended the session."""
        seen_at = self.server_saw_at
        return seen_at is not None and row.left is not None and row.left > seen_at

    def faults_on(self, rows: Sequence[Row]) -> list[Row]:
        """Return the rows in which the faults that acted on some rows were added, each once."""
        facts = [row for row in self.rows if row.kind.startswith("fault ")]
        found: dict[tuple[str, str], Row] = {}
        for row in rows if facts else ():
            for fault in _active_at(row, facts):
                found.setdefault((fault.direction, fault.content), fault)
        return list(found.values())

    @property
    def unanswered(self) -> list[Row]:
        """The heartbeats to which no answer arrived in time."""
        pings = [row for row in self.rows if row.kind == "ping" and row.is_heartbeat]
        return [ping for ping in pings if not self._is_answered(ping)]

    def _is_answered(self, ping: Row) -> bool:
        answers = self._answers(ping)
        return any(not (row.fate in NEVER_LEFT or self._left_late(row)) for row in answers)

    def _answers(self, ping: Row) -> list[Row]:
        return [
            row
            for row in self.rows
            if row.kind == "pong" and row.number > ping.number and row.direction != ping.direction
        ]

    def describe_fate(self, row: Row) -> str:
        """Say what became of a row, as far as that is evidence; "" if it passed in time."""
        if FATES[row.fate]:
            return FATES[row.fate]
        if row.kind == "ping" and row.is_heartbeat and not self._is_answered(row):
            return "answered too late" if self._answers(row) else "unanswered"
        return "left the link too late" if self._misses(row) else ""


def _active_at(row: Row, facts: Sequence[Row]) -> list[Row]:
    """Return the faults that acted on a row when it entered the link, or came to act on it."""
    active: list[Row] = []
    gone = math.inf if row.left is None else row.left
    for fact in facts:
        if fact.connection != row.connection or fact.direction not in ("", row.direction):
            continue
        if fact.kind == "fault added" and fact.time <= gone:
            active.append(fact)
        elif fact.kind == "fault changed" and fact.time <= gone:
            kind = fact.content.partition("(")[0]
            active = [each for each in active if not each.content.startswith(f"{kind}(")]
            active.append(fact)
        elif fact.kind == "fault removed" and fact.number < row.number:
            active = [each for each in active if each.content != fact.content]
    return active


def code_and_reason(row: Row) -> tuple[int | None, str]:
    """Return the code and the reason of a close frame; of a packet there are none."""
    message = row.decoded
    if not isinstance(message, Message) or message.close_code is None:
        return None, ""
    return int(message.close_code), message.close_reason


def _closes(row: Row) -> bool:
    """Whether it is a close frame, has a packet that disconnects, or says the same over HTTP."""
    if leaves(row) or refuses(row):
        return True
    return any(kind in ("close", "disconnect") for kind in (row.kind, *row.packets))


def _is_act(row: Row) -> bool:
    return row.kind in ("cut", "reset", "closed") and (not row.direction or bool(row.content))
