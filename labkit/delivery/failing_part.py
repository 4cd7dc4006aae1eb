"""The smallest failing part of a history: the events that prove one finding, as lines.

They are the same in each run in which the same thing goes wrong, so they have no positions: between
two events of the proof there may be more or fewer others.
"""

from __future__ import annotations

from labkit.delivery.event import Event
from labkit.delivery.finding import Finding


def failing_part(finding: Finding) -> str:
    """Return a finding and its evidence, a line for each event, in order.

    Examples
    --------
    >>> rows = Event("joined", "bob", 1), Event("send", "alice", 1, "alice#3")
    >>> print(failing_part(Finding("lost", "alice#3", "alice", "bob", rows)))
    lost: bob never heard alice#3.
      bob    has joined
      alice  says alice#3
      bob    does not hear alice#3
    """
    lines = [(connection_name(row), row.words) for row in finding.rows]
    if missing := what_is_missing(finding):
        lines.append(missing)
    width = max(len(name) for name, _ in lines)
    return "\n".join([str(finding), *(f"  {name:{width}}  {words}" for name, words in lines)])


def what_is_missing(finding: Finding) -> tuple[str, str] | None:
    """Return who did not get something in the end, and what; None if nothing is missing."""
    if finding.kind == "lost":
        return finding.receiver, f"does not hear {finding.message}"
    if finding.kind == "never acknowledged":
        return finding.sender, f"gets no acknowledgement of {finding.message}"
    return None


def connection_name(event: Event) -> str:
    """Return whose event it is, and on which connection if it is not the first."""
    return event.client if event.connection == 1 else f"{event.client}/{event.connection}"
