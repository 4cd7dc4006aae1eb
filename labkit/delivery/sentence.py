"""The verdict in one sentence."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from labkit.delivery.finding import Counts, Finding, FindingKind

_OF_MESSAGES: dict[FindingKind, str] = {
    "lost": "lost",
    "duplicated": "heard more than once",
    "reordered": "heard out of order",
    "stale": "stale when heard",
    "never acknowledged": "never acknowledged",
    "misdelivered": "heard by somebody it was not for",
}
"""What happened to messages, in the order in which it is said."""


def verdict_sentence(kept: bool | None, findings: Iterable[Finding], counts: Counts) -> str:
    """Return a verdict in one sentence, as "Broken: 1 of 20 messages was lost."."""
    if kept is None:
        return _nothing(counts)
    if kept:
        excused = (
            f"; {counts.excused} finding{_s(counts.excused)} excused" if counts.excused else ""
        )
        every = f"all {counts.owed} deliveries" if counts.owed > 1 else "the one delivery"
        return f"Kept: {every} owed arrived as promised{excused}."
    return f"Broken: {_join(_parts([one for one in findings if one.excuse is None], counts))}."


def _nothing(counts: Counts) -> str:
    if not counts.messages:
        return "Nothing can be said: no message was sent."
    if not counts.owed:
        return "Nothing can be said: no delivery was owed to anybody."
    return (
        f"Nothing can be said: of {counts.possible} deliveries to clients that stayed, "
        f"only {counts.owed} {'was' if counts.owed == 1 else 'were'} owed."
    )


def _parts(broken: Sequence[Finding], counts: Counts) -> list[str]:
    parts: list[str] = []
    for kind, words in _OF_MESSAGES.items():
        number = len({finding.message for finding in broken if finding.kind == kind})
        if number:
            of = "" if parts else f" of {counts.messages} message{_s(counts.messages)}"
            parts.append(f"{number}{of} {'was' if number == 1 else 'were'} {words}")
    names = sorted({finding.receiver for finding in broken if finding.kind == "disconnected"})
    if names:
        parts.append(f"the server closed the connection{_s(len(names))} of {_join(names)}")
    number = len({finding.message for finding in broken if finding.kind == "unknown"})
    if number:
        heard = f"{number} message{_s(number)}" if not parts else f"{number}"
        parts.append(f"{heard} that nobody had sent {'was' if number == 1 else 'were'} heard")
    return parts


def _join(parts: Sequence[str]) -> str:
    """Return parts as in a sentence: "a, b and c"."""
    return " and ".join([", ".join(parts[:-1])] * (len(parts) > 1) + list(parts[-1:]))


def _s(number: int) -> str:
    return "" if number == 1 else "s"
