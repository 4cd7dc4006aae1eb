"""What a learner reads of how a connection ended."""

from __future__ import annotations

import time
from collections.abc import Sequence

from labkit.clock import clock
from labkit.endings.session import NOT_THERE, sessions
from labkit.endings.verdict import Case, Verdict, decide
from labkit.front_end.joiner import join_styles
from labkit.loop.monitor import Block
from labkit.protocols.messages import Message
from labkit.trace.rows import FATES, Row
from labkit.transports.contract import Client, Server
from labkit.transports.settings import HEARTBEAT
from labkit.untrusted import NOT_TEX, html_text, plain_text

STYLE = join_styles("front_end/tokens.css", "endings/explanation.css")


class Explanation:
    """How a client's last connection ended.

    It prints as text that is the same in each run: it counts heartbeats, not seconds.

    Attributes
    ----------
    why
        What ended it, in a sentence or two.
    seen
        What each side saw, a sentence each.
    rows
        The rows of the link's trace that prove it.
    """

    def __init__(self, verdict: Verdict, seen: Sequence[str] = ()) -> None:
        self.why = verdict.why
        self.rows = list(verdict.rows)
        self.seen = list(seen)

    def __repr__(self) -> str:
        evidence = [f"  {_line(row)}" for row in self.rows]
        proof = ["What proves it, on the link:", *evidence] if evidence else []
        return plain_text("\n".join([self.why, *self.seen, *proof]), lines=True)

    def _repr_html_(self) -> str:
        seen = _list("seen", [html_text(line) for line in self.seen])
        proof = _list("proof", [f"<code>{html_text(_line(row))}</code>" for row in self.rows])
        title = '<p class="lk-proof-title">What proves it, on the link:</p>\n' if proof else ""
        return (
            f'<section class="lk-explanation lk-tokens {NOT_TEX}"><style>{STYLE}</style>'
            f'<p class="lk-why"><strong>{html_text(self.why)}</strong></p>\n'
            f"{seen}{title}{proof}</section>"
        )


def _list(kind: str, items: Sequence[str]) -> str:
    """Return items as an HTML list of a kind, nothing if there are none."""
    lines = "".join(f"<li>{item}</li>\n" for item in items)
    return f'<ul class="lk-{kind}">\n{lines}</ul>\n' if items else ""


def _line(row: Row) -> str:
    """Return a row as evidence: no bytes of heartbeats, which differ; a code without its meaning.

    What a code means is said where it is said who saw it. Here it would contradict the cause: a
    library that gives a silent peer up may close with 1000.
    """
    content = "" if row.is_heartbeat else row.content
    if isinstance(row.decoded, Message) and (code := row.decoded.close_code) is not None:
        content = f"{int(code)} {row.decoded.close_reason}".strip()
    fate = f"({FATES[row.fate]})" if FATES[row.fate] else ""
    return " ".join(filter(None, [row.arrow, row.kind, content, fate]))


def explain_ending(client: Client, server: Server | None, blocked: Sequence[Block]) -> Explanation:
    """Explain how the last connection of a client ended.

    Parameters
    ----------
    server
        The bench's server behind its link, None if somebody else's is there.
    blocked
        The times in which the event loop did not run.
    """
    found = sessions(client.link.trace.rows(), client.protocol)
    is_open = client.state == "open"
    if is_open and found:
        alive = found.pop()
        if not found:
            return _alive(client, alive, _server_saw(client, server, alive))
    if not found:
        why = f"{client.name} has not been connected over this link, so no connection has ended."
        return Explanation(Verdict(why))
    rows = found[-1]
    saw = _server_saw(client, server, rows)
    name = "" if server is None else server.name
    case = Case(rows, client.name, name, _was_blocked(rows, blocked), saw)
    seen = [*_client_saw(client, case, is_open), *([f"The server saw: {saw}."] if saw else [])]
    return Explanation(decide(case), [*seen, *_missed(case)])


def _alive(client: Client, rows: Sequence[Row], server_saw: str) -> Explanation:
    waiting = [row for row in rows if row.fate == "held"]
    if server_saw:
        why = (
            f"{client.name} believes that it is connected, and the server has ended the connection "
            f"already: {server_saw}. This is a half-open connection."
        )
    elif waiting:
        why = (
            f"{client.name} and the server believe that they are connected, and what is sent does "
            "not arrive: nobody has noticed yet. This is a half-open connection."
        )
    else:
        return Explanation(Verdict(f"{client.name} is connected."))
    return Explanation(Verdict(why, tuple(waiting[:5])))


def _client_saw(client: Client, case: Case, is_open: bool) -> list[str]:
    if is_open:
        return [f"{client.name} has come back since, over a new connection."]
    saw = [f"{client.name} saw: {client.ending!r}."]
    for row in case.closes:
        code = row.decoded.close_code if isinstance(row.decoded, Message) else None
        if code is not None and row.direction == "upstream" and row.fate in NOT_THERE:
            saw.append(f"{client.name} sent {int(code)}, and the server never got it.")
    return saw


def _server_saw(client: Client, server: Server | None, rows: Sequence[Row]) -> str:
    """Return the last end of this client's connection in the log, if it is not an earlier one's."""
    begin = rows[0].time + _epoch()
    for entry in reversed(server.log_entries if server is not None else ()):
        if (entry.kind, entry.who) == ("closed", client.name) and entry.at >= begin:
            return entry.text
    return ""


def _missed(case: Case) -> list[str]:
    """Say whose heartbeats stayed unanswered."""
    senders = [case.sender(ping) for ping in case.unanswered]
    return [
        f"Unanswered heartbeats of {who}: {senders.count(who)}." for who in dict.fromkeys(senders)
    ]


def _was_blocked(rows: Sequence[Row], blocked: Sequence[Block]) -> bool:
    """Whether the loop stood still within four heartbeats before the end."""
    end = rows[-1].time + _epoch()
    begin = end - clock.seconds(4 * HEARTBEAT)
    return any(block.at > begin and block.at - block.seconds < end for block in blocked)


def _epoch() -> float:
    """Return what to add to the time of a row to get seconds since 1970."""
    return time.time() - time.perf_counter()
