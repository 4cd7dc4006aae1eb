"""Whether a history keeps a promise: what is owed to whom, and why.

It sounds simple: whoever was there should have heard it. But the sender, the server and a receiver
are never in the same place at the same time. A server adds a client to its own *after* the client's
`connect()` returned; a message is under way while a receiver joins or goes; a sender that is cut
off never learns how far its last words came. A checker that compares clocks, or that takes "is
connected" for "is a member", accuses servers that did nothing wrong. This one knows the log alone,
in which one event comes before another or after it, and speaks up only where the log leaves no
other reading. The rules, each with its reason:

**Two layers.** A finding is a fact, with its events as evidence. An excuse says why the promise
allows it. Only findings without an excuse break the promise, but all are shown: that a loss was
allowed is worth seeing.

**Who is owed a message.** Under at most once: the connections whose joining was proved before its
sending began. Between dialling and the proof a client may hear it or not; both are right. Under at
least once and exactly once it is owed to the client, whatever became of its connections: who joined
once and has not left should hear it in the end.

**When the server surely has it.** At its acknowledgement; or when anybody hears it; or, if order is
promised, when a later message of the same connection is heard. Before that it may have been lost on
its way to the server, together with the sender's connection.

**What excuses a loss.** Under at most once: the sender's connection ended before the server surely
had the message, or the call that sent it raised; the receiver's connection ended, and no later
message of the same sender's connection had come through on it (such a gap shows that the connection
was not the reason). Under at least once and exactly once only that somebody is away at the end: the
receiver, or the sender of what the server never had. And always: only if a fault or the client
itself ended the connection. What the server ends without a reason is a finding of its own,
"disconnected", and excuses nothing; otherwise a server that fails at the first error would have an
excuse for every message after it.

**Who may hear a message.** Whoever may have been a member at some moment between its sending and
the hearing, from dialling until the server took note of its leaving. The sender may not, if the
promise is to others; on another of its connections it is excused, since "all but this connection"
is what servers can know.

**Stale.** It was heard by somebody who began to connect when others had heard it already, so it
was replayed. That it was sent before somebody dialled proves nothing: it may have been under way.

**Twice.** By the same client. Under at most once a client may have two connections at once, if the
server has not noticed yet that the first is dead; once on each of them is excused.

**Order.** See `order.py`.

**Acknowledgements.** A missing one is excused as a loss is. It is always said whether the message
was heard: "made, and not acknowledged" is another fault than "lost".

**Nothing can be said.** If faults excuse nearly everything, a server that loses all is not caught,
and so none is praised. That is so where less than half of what was sent, counted for each client
that stayed all the time, was owed. One client of a run is therefore never cut off.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable

from labkit.delivery.event import Event
from labkit.delivery.finding import Counts, Finding, Verdict
from labkit.delivery.hearings import (
    find_duplicates,
    find_misdelivered,
    find_stale,
    find_unknown,
)
from labkit.delivery.losses import find_disconnections, find_losses, find_unacknowledged
from labkit.delivery.order import find_reordered
from labkit.delivery.promise import Promise
from labkit.delivery.record import Record
from labkit.delivery.sentence import verdict_sentence

_FINDERS = (
    find_losses,
    find_duplicates,
    find_reordered,
    find_stale,
    find_unacknowledged,
    find_misdelivered,
    find_disconnections,
    find_unknown,
)


def judge(history: Iterable[Event], promise: Promise) -> Verdict:
    """Return what a history shows, and whether it keeps a promise.

    Parameters
    ----------
    history
        A `History`, or its events in order. It should end when all is quiet: what is still on its
        way is missing.
    promise
        What was promised for this leg of the messages' way.

    Raises
    ------
    LabError
        If more than a million deliveries are owed.

    Examples
    --------
    >>> from labkit.delivery import History
    >>> history = History()
    >>> for name in "alice", "bob":
    ...     history.join(name, history.dial(name))
    >>> history.send("alice", 1, "alice#1")
    >>> history.sent("alice", 1, "alice#1")
    >>> print(judge(history, Promise()))
    Broken: 1 of 1 message was lost.
    """
    record = Record(history, promise)
    findings = tuple(finding for find in _FINDERS for finding in find(record))
    counts = _count(record, findings)
    kept: bool | None = True
    if any(finding.excuse is None for finding in findings):
        kept = False
    elif counts.owed == 0 or 2 * counts.owed < counts.possible:
        kept = None
    return Verdict(promise, findings, counts, kept, verdict_sentence(kept, findings, counts))


def _count(record: Record, findings: tuple[Finding, ...]) -> Counts:
    messages = record.messages.values()
    pairs = sum(len(record.audience(message)) for message in messages)
    losses = [finding for finding in findings if finding.kind == "lost"]
    excused = sum(finding.excuse is not None for finding in losses)
    return Counts(
        messages=len(messages),
        owed=pairs - excused,
        delivered=pairs - len(losses),
        possible=_count_possible(record),
        excused=sum(finding.excuse is not None for finding in findings),
    )


def _count_possible(record: Record) -> int:
    """Return the pairs of a message and one of its audience that was there all the time."""
    steady = {
        name: connections[0].dial.position
        for name, connections in record.of_client.items()
        if all(one.is_whole and one.leave is None for one in connections)
    }
    dialled: dict[str, list[int]] = {}
    possible = 0
    for message in record.messages.values():
        sender = message.sender
        if sender not in dialled:
            is_for = record.promise.is_for
            dialled[sender] = sorted(steady[name] for name in steady if is_for(sender, name))
        possible += bisect_left(dialled[sender], message.sends[0].position)
    return possible
