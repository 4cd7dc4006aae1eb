"""Why a session ended, by its rows: rules in the order in which their evidence is the stronger.

What the bench did itself is certain. A close frame says who closed first, and why. Without one, the
record of the link shows whose FIN or RST came first, and no more: a process that died and a plug
that was pulled look the same from outside.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from labkit.endings.case import ENDS, KEEPALIVE, Case, code_and_reason
from labkit.endings.http_session import leaves, refuses
from labkit.protocols.close_codes import CloseCode
from labkit.trace.rows import Row

CANNOT_TELL = "Nobody at the other end can tell a process that died from a plug that was pulled."

SILENT = "A process that hangs and a network that lets nothing pass look the same from here."


@dataclass(frozen=True)
class Verdict:
    """Why a session ended.

    Attributes
    ----------
    why
        In a sentence or two.
    rows
        Those that prove it.
    by_heartbeat
        Whether it ended because a heartbeat was not answered in time.
    """

    why: str
    rows: tuple[Row, ...] = ()
    by_heartbeat: bool = False


def decide(case: Case) -> Verdict:
    """Return the verdict of the first rule that applies."""
    return next(verdict for rule in _RULES if (verdict := rule(case)) is not None)


def _acted(case: Case) -> Verdict | None:
    """The link itself ended the connection: somebody pulled the plug, or a fault did."""
    act = case.act
    over = case.closes[:1] + ([case.end] if case.end else [])
    if act is None or any(row.number < act.number for row in over):
        return None
    by = f" by {act.content}" if act.content else ""
    both = {"cut": "a FIN, as if a process had died", "reset": "an RST"}
    words = {
        "cut": f"The link was cut{by or ': its plug was pulled'}.",
        "reset": f"The link reset the connection{by}.",
        "closed": f"The link closed the connection{by}.",
    }
    missing = "" if case.is_over_http else ", and no close frame"
    saw = f" Both sides got {both[act.kind]}{missing}." if act.kind in both else ""
    return Verdict(words[act.kind] + saw, (act,))


def _dropped(case: Case) -> Verdict | None:
    """The server ended the connection of a client that did not read."""
    if not case.was_dropped:
        return None
    return Verdict(
        f"The server {case.server} dropped {case.client} as a slow reader, as its log says: more "
        f"was sent than {case.client}, or the network, took in."
    )


def _swallowed(case: Case) -> Verdict | None:
    """What was sent did not arrive in time, so a heartbeat stayed unanswered."""
    lost = case.missing
    is_silent = (
        bool(case.closes or case.unanswered)
        or case.server_saw.startswith("ping timeout")
        or _gave_up(case) is not None
    )
    if not lost or case.was_told or not is_silent:
        return None
    faults = case.faults_on(lost)
    noticed = "what did not come" if case.is_over_http else "heartbeats that stayed unanswered"
    told = f"No FIN and no RST told anybody; {noticed} did."
    shown = [*faults, *_one_of_each(row for row in lost if row.is_heartbeat)]
    # an answer to a close that came when all was over may have crossed, or not: it proves nothing
    closes = (row for row in case.closes if not case.entered_late(row))
    shown += sorted(closes, key=_by_direction)
    return Verdict(f"{_hindrance(case, faults, lost)}. {told}", tuple(shown), by_heartbeat=True)


def _blocked(case: Case) -> Verdict | None:
    """The loop stood still, so heartbeats were late for a reason that is no network's."""
    if case.was_told or not case.was_blocked or not (case.unanswered or case.closes):
        return None
    why = (
        "The kernel's event loop was blocked, so a heartbeat was too late, and a healthy "
        "connection was closed. Code that awaits lets heartbeats pass."
    )
    return Verdict(why, tuple(case.closes))  # whose heartbeat came first then is a race


def _closed(case: Case) -> Verdict | None:
    """Somebody said that it closes."""
    if not case.closes:
        return None
    first = case.closes[0]
    who = _capital(case.sender(first))
    code, reason = code_and_reason(first)
    if reason == KEEPALIVE:
        pings = [row for row in case.unanswered if row.direction == first.direction]
        why = f"{who} got no answer to a heartbeat, and closed with {code}. {SILENT}"
        return Verdict(why, (*pings[:1], *case.closes), by_heartbeat=True)
    shown = case.closes
    if code == 1011:
        why = f"{who} closed with 1011: its handler failed. `lab.errors()` has the error."
    elif code is not None:
        said = f", {reason!r}" if reason else ""
        why = f"{who} closed first, with a close frame: {CloseCode(code)!r}{said}."
    elif first.kind == "end":
        why, shown = f"{who} ended its event stream, and said so.", [first]
    elif refuses(first):
        why, shown = f"{who} refused to go on: {first.content}.", [first]
    elif leaves(first):
        why, shown = f"{who} disconnected, and said so in a request.", [first]
    else:
        why, shown = f"{who} disconnected, and said so in a packet.", [first]
    faults = case.faults_on([first]) if first in case.missing else []
    if faults:
        why += f" It did not arrive: {_hindrance(case, faults)}."
    return Verdict(why, (*faults, *shown))


def _by_server(case: Case) -> Verdict | None:
    """The server ended a Socket.IO session without a packet that says so: only its log knows."""
    if not case.server_saw.startswith("server disconnect"):
        return None
    return Verdict(f"The server {case.server} ended the session, as its log says; no packet did.")


def _ended(case: Case) -> Verdict | None:
    """Somebody's side ended the TCP connection without a word."""
    end = case.end
    if end is None:
        return None
    if end is _gave_up(case):
        why = f"{case.client} gave up: nothing had come from the server for too long. {SILENT}"
        return Verdict(why, (end,))
    who = _capital(case.sender(end))
    missing = "" if case.is_over_http else " and no close frame"
    why = f"{who} ended the connection first, with {ENDS[end.kind]}{missing}."
    return Verdict(f"{why} {CANNOT_TELL}", (end,))


def _gave_up(case: Case) -> Row | None:
    """Return the FIN of a client that says nothing: its server had been silent.

    When it is told to disconnect, a packet says so on Socket.IO, and a request over HTTP.
    """
    end = case.end
    is_silent = case.protocol != "websocket" and not case.closes
    return end if end is not None and end.direction == "upstream" and is_silent else None


def _refused(case: Case) -> Verdict | None:
    """The next request over HTTP did not get through."""
    row = case.refused
    if row is None:
        return None
    why = f"{case.client} could not send its next request: {row.content}. Nothing ended before it."
    return Verdict(why, (row,))


def _unknown(case: Case) -> Verdict:
    return Verdict("The record of the link does not show why.")


_RULES: tuple[Callable[[Case], Verdict | None], ...] = (
    _acted,
    _dropped,
    _swallowed,
    _blocked,
    _closed,
    _by_server,
    _ended,
    _refused,
    _unknown,
)


def _hindrance(case: Case, faults: Sequence[Row], lost: Sequence[Row] = ()) -> str:
    """Say what faults did to what was sent, and in which direction."""
    by = " and ".join(dict.fromkeys(fault.content for fault in faults)) or "The link"
    ways = {row.direction for row in faults or lost}
    where = "in both directions"
    if ways == {"upstream"}:
        where = f"from {case.client} to the server"
    elif ways == {"downstream"}:
        where = f"from the server to {case.client}"
    kept = "held up what was sent"
    if by.startswith("BlackHole"):
        kept = "let nothing pass"
    elif lost and all(row.fate == "dropped" for row in lost):
        kept = "dropped some of what was sent"
    return f"{by} {kept} {where}"


def _one_of_each(rows: Iterable[Row]) -> list[Row]:
    """Return one row of each direction and kind, in an order that does not depend on timing."""
    first: dict[tuple[str, str], Row] = {}
    for row in rows:
        first.setdefault((row.direction, row.kind), row)
    return [first[key] for key in sorted(first)]


def _by_direction(row: Row) -> str:
    return row.direction


def _capital(name: str) -> str:
    return f"The {name}" if name.startswith("server") else name
