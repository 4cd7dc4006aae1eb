"""Why a session ended, by its rows: rules in the order in which their evidence is the stronger.

What the bench did itself is certain. A close frame says who closed first, and why. Without one, the
record of the link shows whose FIN or RST came first, and no more: a process that died and a plug
that was pulled look the same from outside.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from labkit.endings.ended_session import ENDS, KEEPALIVE, EndedSession, code_and_reason
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


def decide(session: EndedSession) -> Verdict:
    """Return the verdict of the first rule that applies."""
    return next(verdict for rule in _RULES if (verdict := rule(session)) is not None)


def _acted(session: EndedSession) -> Verdict | None:
    """The link itself ended the connection: somebody pulled the plug, or a fault did."""
    act = session.act
    over = session.closes[:1] + ([session.end] if session.end else [])
    if act is None or any(row.number < act.number for row in over):
        return None
    by = f" by {act.content}" if act.content else ""
    both = {"cut": "a FIN, as if a process had died", "reset": "an RST"}
    words = {
        "cut": f"The link was cut{by or ': its plug was pulled'}.",
        "reset": f"The link reset the connection{by}.",
        "closed": f"The link closed the connection{by}.",
    }
    missing = "" if session.is_over_http else ", and no close frame"
    saw = f" Both sides got {both[act.kind]}{missing}." if act.kind in both else ""
    return Verdict(words[act.kind] + saw, (act,))


def _dropped(session: EndedSession) -> Verdict | None:
    """The server ended the connection of a client that did not read."""
    if not session.was_dropped:
        return None
    return Verdict(
        f"The server {session.server} dropped {session.client} as a slow reader, as its log says: "
        f"more was sent than {session.client}, or the network, took in."
    )


def _swallowed(session: EndedSession) -> Verdict | None:
    """What was sent did not arrive in time, so a heartbeat was not answered in time."""
    lost = session.missing
    is_silent = (
        bool(session.closes or session.unanswered)
        or session.server_saw.startswith("ping timeout")
        or _gave_up(session) is not None
    )
    if not lost or session.was_told or not is_silent:
        return None
    faults = session.faults_on(lost)
    sign = "what was due did not come"
    if not session.is_over_http:
        sign = "heartbeats were not answered in time"
    told = f"There was no FIN and no RST: the connection ended because {sign}."
    shown = [*faults, *_one_of_each(row for row in lost if row.is_heartbeat)]
    # an answer to a close that came when all was over may have crossed, or not: it proves nothing
    closes = (row for row in session.closes if not session.entered_late(row))
    shown += sorted(closes, key=_by_direction)
    return Verdict(f"{_hindrance(session, faults, lost)}. {told}", tuple(shown), by_heartbeat=True)


def _blocked(session: EndedSession) -> Verdict | None:
    """The loop stood still, so heartbeats were late for a reason that is no network's."""
    if session.was_told or not session.was_blocked or not (session.unanswered or session.closes):
        return None
    shown = [*session.closes[:1], *filter(None, [_gave_up(session)])]
    who = " and ".join(_with_article(session.sender(row)) for row in shown)
    ended = f"{who} gave up a healthy connection" if who else "a healthy connection ended"
    why = (
        "The kernel's event loop was blocked, and a heartbeat was too late: "
        f"{ended}. Code that awaits lets heartbeats pass."
    )
    # whose heartbeat came first after the block, and whether one came at all, is a race
    return Verdict(why, tuple(dict.fromkeys([*session.closes, *shown])))


def _closed(session: EndedSession) -> Verdict | None:
    """Somebody said that it closes."""
    if not session.closes:
        return None
    first = session.closes[0]
    who = _capital(session.sender(first))
    code, reason = code_and_reason(first)
    if reason == KEEPALIVE:
        pings = [row for row in session.unanswered if row.direction == first.direction]
        why = f"{who} got no answer to a heartbeat, and closed with {code}. {SILENT}"
        return Verdict(why, (*pings[:1], *session.closes), by_heartbeat=True)
    shown = session.closes
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
    faults = session.faults_on([first]) if first in session.missing else []
    if faults:
        why += f" It did not arrive: {_hindrance(session, faults)}."
    return Verdict(why, (*faults, *shown))


def _by_server(session: EndedSession) -> Verdict | None:
    """The server ended a Socket.IO session without a packet that says so: only its log knows."""
    if not session.server_saw.startswith("server disconnect"):
        return None
    why = f"The server {session.server} ended the session, as its log says; no packet did."
    return Verdict(why)


def _ended(session: EndedSession) -> Verdict | None:
    """Somebody's side ended the TCP connection without a word."""
    end = session.end
    if end is None:
        return None
    if end is _gave_up(session):
        why = f"{session.client} gave up: nothing had come from the server for too long. {SILENT}"
        return Verdict(why, (end,))
    who = _capital(session.sender(end))
    missing = "" if session.is_over_http else " and no close frame"
    why = f"{who} ended the connection first, with {ENDS[end.kind]}{missing}."
    return Verdict(f"{why} {CANNOT_TELL}", (end,))


def _gave_up(session: EndedSession) -> Row | None:
    """Return the FIN or RST of a client that says nothing: its server had been silent.

    When it is told to disconnect, a packet says so on Socket.IO, and a request over HTTP.
    """
    end = session.end
    said = any(row.direction == "upstream" for row in session.closes)
    is_silent = session.protocol != "websocket" and not said
    return end if end is not None and end.direction == "upstream" and is_silent else None


def _refused(session: EndedSession) -> Verdict | None:
    """The next request over HTTP did not get through."""
    row = session.refused
    if row is None:
        return None
    why = f"{session.client} could not send its next request: {row.content}."
    return Verdict(f"{why} Nothing ended before it.", (row,))


def _unknown(session: EndedSession) -> Verdict:
    return Verdict("The record of the link does not show why.")


_RULES: tuple[Callable[[EndedSession], Verdict | None], ...] = (
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


def _hindrance(session: EndedSession, faults: Sequence[Row], lost: Sequence[Row] = ()) -> str:
    """Say what faults did to what was sent, and in which direction."""
    by = " and ".join(dict.fromkeys(fault.content for fault in faults)) or "The link"
    ways = {row.direction for row in faults or lost}
    where = "in both directions"
    if ways == {"upstream"}:
        where = f"from {session.client} to the server"
    elif ways == {"downstream"}:
        where = f"from the server to {session.client}"
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


def _with_article(name: str) -> str:
    return f"the {name}" if name.startswith("server") else name
