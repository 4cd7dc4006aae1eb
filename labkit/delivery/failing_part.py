"""The smallest failing part of a history: the events that prove one finding, as lines of text.

The text is the same in each run in which the same thing goes wrong, so it has no positions: between
two events of the proof there may be more or fewer others.
"""

from __future__ import annotations

from labkit.delivery.event import Event
from labkit.delivery.finding import Finding


def failing_part(finding: Finding) -> str:
    """Return a finding and its evidence, a line for each event, in order.

    Examples
    --------
    >>> rows = Event("joined", "bob", 1, proof="greeting"), Event("send", "alice", 1, "alice#3")
    >>> print(failing_part(Finding("lost", "alice#3", "alice", "bob", rows)))
    lost: bob never heard alice#3.
      bob    has joined: got the greeting
      alice  sends alice#3
      bob    does not hear alice#3
    """
    lines = [(_name(row), row.words) for row in finding.rows]
    if finding.kind == "lost":
        lines.append((finding.receiver, f"does not hear {finding.message}"))
    elif finding.kind == "never acknowledged":
        lines.append((finding.sender, f"gets no acknowledgement of {finding.message}"))
    width = max(len(name) for name, _ in lines)
    return "\n".join([str(finding), *(f"  {name:{width}}  {words}" for name, words in lines)])


def _name(event: Event) -> str:
    """Return whose event it is, and on which connection if it is not the first."""
    return event.client if event.connection == 1 else f"{event.client}/{event.connection}"
