"""What a history shows: findings, each with its evidence, and the verdict on a promise."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from labkit.delivery.event import Event
from labkit.delivery.promise import Promise

FindingKind = Literal[
    "lost",
    "duplicated",
    "reordered",
    "stale",
    "never acknowledged",
    "misdelivered",
    "disconnected",
    "unknown",
]


@dataclass(frozen=True, slots=True)
class Finding:
    """One fact about a message, or about a connection.

    Attributes
    ----------
    kind
        ``lost``: a receiver that was owed a message did not hear it. ``duplicated``: somebody heard
        it more than once. ``reordered``: it was heard in another order than promised. ``stale``: it
        was heard by somebody who came when it was over, or too late. ``never acknowledged``: its
        sender got no acknowledgement. ``misdelivered``: somebody heard it who should not.
        ``disconnected``: the server ended a connection, without a fault and unasked. ``unknown``:
        it was heard, and never sent in this run.
    message
        The id of the message; "" if the finding is about a connection.
    sender, receiver
        Who sent it, and whom it did or did not reach; "" where nobody is concerned. Of a
        ``disconnected`` finding, the receiver is whose connection it was.
    rows
        The events that prove it, in order.
    excuse
        Why the promise allows it; None if nothing does.
    """

    kind: FindingKind
    message: str
    sender: str
    receiver: str
    rows: tuple[Event, ...]
    excuse: str | None = None

    @property
    def sentence(self) -> str:
        """What happened, in a sentence without the excuse."""
        return _SENTENCES[self.kind](self)

    def __str__(self) -> str:
        excuse = f" (excused: {self.excuse})" if self.excuse else ""
        return f"{self.kind}: {self.sentence}{excuse}"


@dataclass(frozen=True, slots=True)
class Counts:
    """How much of what was owed arrived.

    Attributes
    ----------
    messages
        Messages that somebody began to send.
    owed
        Deliveries that the promise demands: pairs of a message and a receiver. Without those whose
        loss is excused.
    delivered
        Those among them that arrived.
    possible
        Pairs of a message and one of its audience that was there all the time. If less than half
        as many are owed, nothing can be said.
    excused
        Findings that the promise allows.
    """

    messages: int
    owed: int
    delivered: int
    possible: int
    excused: int


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a history keeps a promise.

    Attributes
    ----------
    promise
        What was promised.
    findings
        All facts that were found, also those that the promise allows.
    counts
        How much of what was owed arrived.
    kept
        Whether the promise was kept; None if nothing can be said, because too little was owed.
    sentence
        The verdict in one sentence.
    """

    promise: Promise
    findings: tuple[Finding, ...]
    counts: Counts
    kept: bool | None
    sentence: str

    @property
    def broken(self) -> tuple[Finding, ...]:
        """The findings without an excuse: only these break the promise."""
        return tuple(finding for finding in self.findings if finding.excuse is None)

    def __str__(self) -> str:
        return self.sentence


def _lost(finding: Finding) -> str:
    return f"{finding.receiver} never heard {finding.message}."


def _duplicated(finding: Finding) -> str:
    times = len(finding.rows)
    how_often = "twice" if times == 2 else f"{times} times"
    return f"{finding.receiver} heard {finding.message} {how_often}."


def _reordered(finding: Finding) -> str:
    hears = [row for row in finding.rows if row.kind == "hear"]
    if not finding.receiver:  # one order for all: two hearings of each receiver in a row
        pairs = zip(hears[::2], hears[1::2], strict=True)
        parts = [f"{one.client} heard {one.message} before {two.message}" for one, two in pairs]
        return f"{', '.join(parts[:-1])}, and {parts[-1]}."
    one, two = hears
    if two.message == finding.message:
        return f"{two.client} heard {two.message} after {one.message}, which was sent later."
    return f"{one.client} heard {one.message} before {two.message}, which was sent earlier."


def _stale(finding: Finding) -> str:
    what = f"{finding.receiver} heard {finding.message}"
    if any(row.kind == "dial" for row in finding.rows):
        return f"{what}, which others had heard before {finding.receiver} connected."
    return f"{what} after {finding.sender} had sent more later messages than the promise allows."


def _never_acknowledged(finding: Finding) -> str:
    heard = next((row.client for row in finding.rows if row.kind == "hear"), "")
    but = f"although {heard} heard it" if heard else "and nobody heard it"
    return f"{finding.sender} got no acknowledgement of {finding.message}, {but}."


def _misdelivered(finding: Finding) -> str:
    if finding.sender == finding.receiver:
        return f"{finding.message} came back to {finding.sender}, who sent it."
    if any(row.kind == "left" for row in finding.rows):
        return f"{finding.receiver} had left, and heard {finding.message}, which was sent later."
    return f"{finding.receiver} heard {finding.message}, which was for others only."


def _disconnected(finding: Finding) -> str:
    return f"The server closed {finding.receiver}'s connection, without a fault."


def _unknown(finding: Finding) -> str:
    return f"{finding.receiver} heard {finding.message}, which nobody had sent in this run."


_SENTENCES: dict[FindingKind, Callable[[Finding], str]] = {
    "lost": _lost,
    "duplicated": _duplicated,
    "reordered": _reordered,
    "stale": _stale,
    "never acknowledged": _never_acknowledged,
    "misdelivered": _misdelivered,
    "disconnected": _disconnected,
    "unknown": _unknown,
}
