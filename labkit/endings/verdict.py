"""Why a session ended, by its rows: rules in the order in which their evidence is the stronger.

What the bench did itself is certain. A close frame says who closed first, and why. Without one, the
record of the link shows whose FIN or RST came first, and no more: a process that died and a plug
that was pulled look the same from outside.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from labkit.endings.session import NOT_THERE
from labkit.protocols.close_codes import CloseCode
from labkit.protocols.messages import Message
from labkit.trace.rows import Row

KEEPALIVE = "keepalive ping timeout"
"""The reason with which the library `websockets` closes when a heartbeat stays unanswered."""

CANNOT_TELL = "Nobody at the other end can tell a process that died from a plug that was pulled."


@dataclass(frozen=True)
class Verdict:
    """Why a session ended.

    Attributes
    ----------
    why
        In a sentence or two.
    rows
        Those that prove it.
    """

    why: str
    rows: tuple[Row, ...] = ()


@dataclass
class Case:
    """A session that ended, and what is known beside its rows.

    Attributes
    ----------
    rows
        Its rows, in order.
    client, server
        Names; "" for a server of somebody else's.
    was_blocked
        Whether the event loop stood still while the session ended.
    server_saw
        What the server's log says of the end, "" if nothing.
    """

    rows: Sequence[Row]
    client: str
    server: str
    was_blocked: bool = False
    server_saw: str = ""
    closes: list[Row] = field(init=False)

    def __post_init__(self) -> None:
        """Find the close frames and the disconnect packets."""
        self.closes = [row for row in self.rows if _closes(row)]

    def sender(self, row: Row) -> str:
        """Return who sent a row."""
        return self.client if row.direction == "upstream" else f"server {self.server}".strip()

    @property
    def unanswered(self) -> list[Row]:
        """The heartbeats behind which no answer arrived."""
        return [
            row
            for row in self.rows
            if row.kind == "ping" and row.is_heartbeat and not self._is_answered(row)
        ]

    def _is_answered(self, ping: Row) -> bool:
        return any(
            row.kind == "pong"
            and row.number > ping.number
            and row.direction != ping.direction
            and row.fate not in NOT_THERE
            for row in self.rows
        )


def decide(case: Case) -> Verdict:
    """Return the verdict of the first rule that applies."""
    return next(verdict for rule in _RULES if (verdict := rule(case)) is not None)


def _acted(case: Case) -> Verdict | None:
    """The link itself ended the connection: somebody pulled the plug, or a fault did."""
    act = next((row for row in case.rows if _is_act(row)), None)
    if act is None or (case.closes and case.closes[0].number < act.number):
        return None
    by = f" by {act.content}" if act.content else ""
    both = {"cut": "a FIN, as if a process had died", "reset": "an RST"}
    words = {
        "cut": f"The link was cut{by or ': its plug was pulled'}.",
        "reset": f"The link reset the connection{by}.",
        "closed": f"The link closed the connection{by}.",
    }
    saw = f" Both sides got {both[act.kind]}, and no close frame." if act.kind in both else ""
    return Verdict(words[act.kind] + saw, (act,))


def _swallowed(case: Case) -> Verdict | None:
    """What was sent never arrived, so a heartbeat stayed unanswered."""
    lost = [row for row in case.rows if row.direction and row.fate in NOT_THERE]
    if not lost:
        return None
    faults = {row.content: row for row in case.rows if row.kind == "fault added"}
    by = " and ".join(faults) or "The link"
    ways = {row.direction for row in list(faults.values()) or lost}
    where = "in both directions"
    if ways == {"upstream"}:
        where = f"from {case.client} to the server"
    elif ways == {"downstream"}:
        where = f"from the server to {case.client}"
    kept = "let nothing pass" if by.startswith("BlackHole") else "held up what was sent"
    told = " No FIN and no RST told anybody; heartbeats that stayed unanswered did."
    shown = [*faults.values(), *[row for row in lost if row.is_heartbeat][:2], *case.closes]
    return Verdict(f"{by} {kept} {where}.{told}", tuple(shown))


def _blocked(case: Case) -> Verdict | None:
    """The loop stood still, so heartbeats were late for a reason that is no network's."""
    if not (case.was_blocked and case.unanswered):
        return None
    why = (
        "The kernel's event loop was blocked, so a heartbeat was not answered in time, and a "
        "healthy connection was closed. `await` instead of blocking."
    )
    return Verdict(why, tuple(case.closes))


def _closed(case: Case) -> Verdict | None:
    """Somebody said that it closes."""
    if not case.closes:
        return None
    first = case.closes[0]
    who = _capital(case.sender(first))
    message = first.decoded
    if not isinstance(message, Message) or message.close_code is None:
        return Verdict(f"{who} disconnected, and said so in a packet.", (first,))
    code, reason = CloseCode(message.close_code), message.close_reason
    if reason == KEEPALIVE:
        why = f"{who} got no answer to a heartbeat, and closed with {int(code)}."
    elif code == 1011:
        why = f"{who} closed with 1011: its handler failed. `lab.errors()` has the error."
    else:
        said = f", {reason!r}" if reason else ""
        why = f"{who} closed first, with a close frame: {code!r}{said}."
    return Verdict(why, tuple(case.closes))


def _by_server(case: Case) -> Verdict | None:
    """The server ended a Socket.IO session without a packet that says so: only its log knows."""
    if not case.server_saw.startswith("server disconnect"):
        return None
    return Verdict(f"The server {case.server} ended the session, as its log says; no packet did.")


def _ended(case: Case) -> Verdict | None:
    """Somebody's side ended the TCP connection without a word."""
    kinds = {"half-closed": "a FIN", "closed": "a FIN", "reset": "an RST"}
    end = next((row for row in case.rows if row.kind in kinds and row.direction), None)
    if end is None:
        return None
    who = _capital(case.sender(end))
    return Verdict(
        f"{who} ended the connection first, with {kinds[end.kind]} and no close frame. "
        f"{CANNOT_TELL}",
        (end,),
    )


def _unknown(case: Case) -> Verdict:
    return Verdict("The record of the link does not show why.")


_RULES: tuple[Callable[[Case], Verdict | None], ...] = (
    _acted,
    _swallowed,
    _blocked,
    _closed,
    _by_server,
    _ended,
    _unknown,
)


def _closes(row: Row) -> bool:
    packets = "[disconnect" in row.content or "; disconnect" in row.content
    return row.kind in ("close", "disconnect") or (row.kind in ("request", "response") and packets)


def _is_act(row: Row) -> bool:
    return row.kind in ("cut", "reset", "closed") and (not row.direction or bool(row.content))


def _capital(name: str) -> str:
    return f"The {name}" if name.startswith("server") else name
