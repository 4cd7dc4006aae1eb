"""What a history shows: findings, each with its evidence, and the verdict on a promise."""

from __future__ import annotations

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
    excused
        Findings that the promise allows.
    """

    messages: int
    owed: int
    delivered: int
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
