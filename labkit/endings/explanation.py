"""What a learner reads of how a connection ended."""

from __future__ import annotations

import time
from collections.abc import Sequence

from labkit.clock import clock
from labkit.endings.ended_session import EndedSession
from labkit.endings.session import sessions
from labkit.endings.verdict import Verdict, decide
from labkit.front_end.joiner import join_styles
from labkit.loop.monitor import Block
from labkit.protocols.messages import Message
from labkit.trace.passage import NEVER_LEFT
from labkit.trace.rows import FATES, Row
from labkit.transports.contract import Client, LogEntry, Server
from labkit.transports.settings import HEARTBEAT
from labkit.untrusted import NOT_TEX, html_text, plain_text

STYLE = join_styles("front_end/tokens.css", "front_end/card.css", "endings/explanation.css")


class Explanation:
    """How a client's last connection ended.

    It prints as text that is the same in each run: it counts heartbeats, not seconds.

    Attributes
    ----------
    why
        What ended it, in a sentence or two.
    seen
        What the client saw and what the server's log says, a sentence each.
    rows
        The rows of the link's trace that prove it.
    """

    def __init__(
        self, verdict: Verdict, seen: Sequence[str] = (), session: EndedSession | None = None
    ) -> None:
        self._session = session
        self.why = verdict.why
        self.rows = list(verdict.rows)
        self.seen = list(seen)

    def __repr__(self) -> str:
        evidence = [f"  {self._line(row)}" for row in self.rows]
        proof = ["What proves it, on the link:", *evidence] if evidence else []
        return plain_text("\n".join([self.why, *self.seen, *proof]), lines=True)

    def _repr_html_(self) -> str:
        seen = _list("seen", [html_text(line) for line in self.seen])
        proof = _list("proof", [f"<code>{html_text(self._line(row))}</code>" for row in self.rows])
        title = '<p class="lk-proof-title">What proves it, on the link:</p>\n' if proof else ""
        return (
            f'<section class="lk-card lk-explanation lk-tokens {NOT_TEX}"><style>{STYLE}</style>'
            f'<p class="lk-why"><strong>{html_text(self.why)}</strong></p>\n'
            f"{seen}{title}{proof}</section>"
        )

    def _line(self, row: Row) -> str:
        """Return a row as evidence: no bytes of heartbeats, which differ; codes without meanings.

        What a code means is said where it is said who saw it. Here it would contradict the cause: a
        library that gives a silent peer up may close with 1000.
        """
        content = "" if row.is_heartbeat else row.content
        if isinstance(row.decoded, Message) and (code := row.decoded.close_code) is not None:
            content = f"{int(code)} {row.decoded.close_reason}".strip()
        fate = FATES[row.fate] if self._session is None else self._session.describe_fate(row)
        return " ".join(filter(None, [row.arrow, row.kind, content, f"({fate})" if fate else ""]))


def _list(kind: str, items: Sequence[str]) -> str:
    """Return items as an HTML list of a kind, nothing if there are none."""
    lines = "".join(f"<li>{item}</li>\n" for item in items)
    return f'<ul class="lk-{kind}">\n{lines}</ul>\n' if items else ""


def explain_ending(client: Client, server: Server | None, blocked: Sequence[Block]) -> Explanation:
    """Explain how the last connection of a client ended.

    Parameters
    ----------
    client
        Whose record is read: that of its link, which is its own.
    server
        The bench's server behind its link, None if somebody else's is there.
    blocked
        The times in which the event loop did not run.
    """
    found = sessions(client.link.trace.rows(), client.protocol)
    ended = [_session(client, server, rows, blocked) for rows in found[-2:]]
    is_open = client.state == "open"
    if is_open and len(ended) == 1:
        return _alive(client, found[-1], _server_saw(client, server, found[-1]))
    is_coming_back = client.state in ("connecting", "reconnecting")
    if len(ended) == 2 and (is_open or (is_coming_back and not ended[-1].has_ended)):
        del ended[-1]
    if not ended:
        why = f"{client.name} has not been connected over this link, so no connection has ended."
        return Explanation(Verdict(why))
    session = ended[-1]
    verdict = decide(session)
    seen = _client_saw(client, session, is_open)
    if session.server_saw_at is not None:
        seen.append(f"The server's log says: {session.server_saw}.")
    elif server is not None and server.running:
        seen.append("The server's log does not show an end yet.")
    missed = _missed(session) if verdict.by_heartbeat else []
    return Explanation(verdict, [*seen, *missed], session)


def _protocol(client: Client) -> str:
    """Return what a client spoke last: of a chain, that is its way."""
    return client.transport if client.protocol == "chain" else client.protocol


def _session(
    client: Client, server: Server | None, rows: Sequence[Row], blocked: Sequence[Block]
) -> EndedSession:
    saw = _server_saw(client, server, rows)
    return EndedSession(
        rows,
        client.name,
        "" if server is None else server.name,
        _protocol(client),
        was_blocked=_was_blocked(rows, blocked),
        server_saw="" if saw is None else saw.text,
        server_saw_at=None if saw is None else saw.at - _epoch(),
        was_dropped=_was_dropped(client, server, rows, saw),
    )


def _alive(client: Client, rows: Sequence[Row], saw: LogEntry | None) -> Explanation:
    waiting = [row for row in rows if row.fate == "held"]
    if saw is not None:
        why = (
            f"{client.name} believes that it is connected, and the server has ended the connection "
            f"already: {saw.text}. This is a half-open connection."
        )
    elif waiting:
        why = (
            f"{client.name} and the server believe that they are connected, and what is sent does "
            "not arrive: nobody has noticed yet. This is a half-open connection."
        )
    else:
        return Explanation(Verdict(f"{client.name} is connected."))
    return Explanation(Verdict(why, tuple(waiting[:5])))


def _client_saw(client: Client, session: EndedSession, is_open: bool) -> list[str]:
    if is_open:
        return [f"{client.name} has come back since, over a new connection."]
    saw = [f"{client.name} saw: {client.ending!r}."] if client.ending is not None else []
    for row in session.closes:
        code = row.decoded.close_code if isinstance(row.decoded, Message) else None
        if code is not None and row.direction == "upstream" and row.fate in NEVER_LEFT:
            saw.append(f"{client.name} sent {int(code)}, and the server never got it.")
    return saw


def _server_saw(client: Client, server: Server | None, rows: Sequence[Row]) -> LogEntry | None:
    """Return what the server's log says of the end of a session.

    A server may notice the end of an earlier session of that client when this one has begun. Over
    HTTP it may not have noticed at all, and goes on with the connection that it knows.
    """
    begin = rows[0].time + _epoch()
    entries = server.log_entries if server is not None else ()
    own = [entry for entry in entries if entry.who == client.name]
    connected = [entry.at for entry in own if entry.kind == "connected"]
    closed = [entry for entry in own if entry.kind == "closed"]
    earlier = sum(at < begin for at in connected)
    late = max(0, earlier - sum(entry.at < begin for entry in closed))
    if earlier == len(connected):  # the server knows of no connection that this session has begun
        late = 0
    return next(iter([entry for entry in closed if entry.at >= begin][late:]), None)


def _was_dropped(
    client: Client, server: Server | None, rows: Sequence[Row], saw: LogEntry | None
) -> bool:
    """Whether the server ended a session since its client was a slow reader."""
    begin = rows[0].time + _epoch()
    return (
        server is not None
        and saw is not None
        and any(
            (entry.kind, entry.who) == ("dropped", client.name) and begin <= entry.at <= saw.at
            for entry in server.log_entries
        )
    )


def _missed(session: EndedSession) -> list[str]:
    """Say whose heartbeats were not answered in time."""
    pings = sorted(session.unanswered, key=lambda ping: ping.direction)
    senders = [session.sender(ping) for ping in pings]
    return [
        f"Heartbeats of {who} that were not answered in time: {senders.count(who)}."
        for who in dict.fromkeys(senders)
    ]


def _was_blocked(rows: Sequence[Row], blocked: Sequence[Block]) -> bool:
    """Whether the loop stood still within four heartbeats before the end."""
    end = rows[-1].time + _epoch()
    begin = end - clock.seconds(4 * HEARTBEAT)
    return any(block.at > begin and block.at - block.seconds < end for block in blocked)


def _epoch() -> float:
    """Return what to add to the time of a row to get seconds since 1970."""
    return time.time() - time.perf_counter()
