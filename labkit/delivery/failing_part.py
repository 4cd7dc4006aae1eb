"""The smallest failing part of a history: what proves findings, and what happened around it.

It is the same in each run in which the same thing goes wrong, so it has no positions: between two
of its events there may be more or fewer others.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Literal

from labkit.delivery.event import STORE, Event
from labkit.delivery.finding import Finding

MAX_EVENTS = 16
"""Events of a part: with more, it has only those that prove what was found."""

MAX_FINDINGS = 4
"""Findings of a part."""

Way = Literal["arrives", "may be lost", "waits"]
"""What became of a message on its way to the server: it arrives, as far as anybody can tell; or a
fault cut its connection, and nothing shows that it arrived; or there was no connection yet, or no
more, when it was said."""

_REMARKS: dict[Way, str] = {
    "arrives": "",
    "may be lost": " (nothing shows that it arrived)",
    "waits": " (while not connected)",
}


@dataclass(frozen=True)
class Missing:
    """What somebody did not get.

    Attributes
    ----------
    client
        Who.
    words
        What, as "does not hear alice#1".
    is_on_the_way_back
        Whether the server had the message, as far as anybody can tell, so that it is missing on the
        way from there.
    """

    client: str
    words: str
    is_on_the_way_back: bool


class FailingPart:
    """Findings of one kind, with the events that prove them and, in a small run, the others.

    Parameters
    ----------
    broken
        Findings, at least one; those that are of another kind than the first are left out.
    history
        The events of the run, or at least those that prove the findings.

    Attributes
    ----------
    findings
        Those that are told, at most `MAX_FINDINGS`.
    events
        In order.

    Examples
    --------
    >>> events = Event("joined", "bob", 1), Event("send", "alice", 1, "alice#3", position=1)
    >>> print(FailingPart([Finding("lost", "alice#3", "alice", "bob", events)], events))
    lost: bob never heard alice#3.
      bob    has joined
      alice  says alice#3
      bob    does not hear alice#3
    """

    def __init__(self, broken: Sequence[Finding], history: Iterable[Event]) -> None:
        alike = [each for each in broken if each.kind == broken[0].kind]
        self.findings = tuple(alike[:MAX_FINDINGS])
        self._unshown = len(alike) - len(self.findings)
        history = tuple(history)
        self._known = {each.message for each in history if each.kind in ("hear", "ack")}
        self._ends: dict[tuple[str, int], Event] = {}
        for each in history:
            if each.kind == "ended":
                self._ends.setdefault((each.client, each.connection), each)
        self.events = self._choose(history)

    def _choose(self, history: Sequence[Event]) -> tuple[Event, ...]:
        """Return the events that are shown: all that tell something, if these are few.

        Of receivers that contradict each other, what they heard tells all, receiver by receiver.
        """
        first = self.findings[0]
        if first.kind == "reordered" and not first.receiver:
            return first.rows
        proof = {each.position: each for finding in self.findings for each in finding.rows}
        around = {each.position: each for each in history if self._tells(each)}
        chosen = proof | around if len(proof | around) <= MAX_EVENTS else proof
        events = [
            chosen[position]
            for position in sorted(chosen)
            if chosen[position].client != STORE or chosen[position].kind not in ("dial", "joined")
        ]  # a store is always there
        return tuple(_by_client(events))

    def _tells(self, event: Event) -> bool:
        """Return whether an event tells something about what went wrong, in the same way always."""
        if event.kind == "hear":
            return any(event.client == each.receiver for each in self.findings)
        if event.kind == "ack":
            return any(event.message == each.message for each in self.findings)
        if event.kind == "ended":
            return event.cause != "client"
        if event.kind == "dial":  # it comes back
            return any(
                each.client == event.client and each.cause != "client"
                for each in self._ends.values()
                if each.position < event.position
            )
        return event.kind in ("send", "failed")

    def way(self, sent: Event) -> Way:
        """Return what became of a message on its way to the server, by the event of its sending."""
        end = self._ends.get((sent.client, sent.connection))
        if end is not None and end.position < sent.position:
            return "waits"
        if sent.message in self._known:
            return "arrives"
        if not sent.connection:
            return "waits"
        return "may be lost" if end is not None and end.cause == "fault" else "arrives"

    @property
    def missing(self) -> tuple[Missing, ...]:
        """What did not come in the end."""
        found = []
        for each in self.findings:
            arrives = all(
                self.way(event) == "arrives"
                for event in each.rows
                if event.kind == "send" and event.message not in self._known
            )
            if each.kind == "lost":
                found.append(Missing(each.receiver, f"does not hear {each.message}", arrives))
            elif each.kind == "never acknowledged":
                words = f"gets no acknowledgement of {each.message}"
                found.append(Missing(each.sender, words, arrives))
        return tuple(found)

    def words(self, event: Event) -> str:
        """Return what happened, with what is known of where it led."""
        return event.words + (_REMARKS[self.way(event)] if event.kind == "send" else "")

    @property
    def said(self) -> tuple[str, ...]:
        """What was found, a line for each finding."""
        more = (f"and {self._unshown} more like this",) if self._unshown else ()
        return (*map(str, self.findings), *more)

    def __str__(self) -> str:
        lines = [(connection_name(each), self.words(each)) for each in self.events]
        lines += [(each.client, each.words) for each in self.missing]
        width = max(len(name) for name, _ in lines)
        return "\n".join([*self.said, *(f"  {name:{width}}  {words}" for name, words in lines)])


def _by_client(events: Iterable[Event]) -> Iterator[Event]:
    """Yield events; who is first of those that hear something in a row differs from run to run."""
    for kind, alike in groupby(events, key=lambda event: event.kind):
        is_for_each = kind in ("joined", "hear", "ack")
        yield from sorted(alike, key=lambda event: event.client if is_for_each else "")


def connection_name(event: Event) -> str:
    """Return whose event it is, and on which connection if it is not the first."""
    return event.client if event.connection <= 1 else f"{event.client}/{event.connection}"
