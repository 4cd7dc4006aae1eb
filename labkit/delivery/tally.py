"""What the live view counts: messages, as the sentence of a verdict does."""

from __future__ import annotations

from dataclasses import dataclass

from labkit.delivery.finding import FindingKind, Verdict


@dataclass(frozen=True)
class Tally:
    """How many messages were said, and to how many of them happened what the promise forbids.

    Attributes
    ----------
    runs
        In how many runs that are over.
    said
        Messages that somebody began to say.
    lost, duplicated, reordered
        Messages of which somebody was owed one that did not come, or heard one more than once, or
        in another order, without an excuse. A message that two people did not hear counts once.
    which
        Which runs; "" if their number says it.
    """

    runs: int = 0
    said: int = 0
    lost: int = 0
    duplicated: int = 0
    reordered: int = 0
    which: str = ""

    def __add__(self, other: Tally) -> Tally:
        return Tally(
            self.runs + other.runs,
            self.said + other.said,
            self.lost + other.lost,
            self.duplicated + other.duplicated,
            self.reordered + other.reordered,
        )

    @property
    def title(self) -> str:
        """What is counted."""
        return f"Messages in {self.which or count_runs(self.runs)}"


def count_runs(number: int) -> str:
    """Return a number of runs in words: "1 run", "12 runs"."""
    return f"{number} run{'' if number == 1 else 's'}"


def tally_of(verdict: Verdict | None) -> Tally:
    """Return what is counted of one run; None is one that is not over.

    Examples
    --------
    >>> tally_of(None)
    Tally(runs=0, said=0, lost=0, duplicated=0, reordered=0, which='')
    """
    if verdict is None:
        return Tally()

    def count(kind: FindingKind) -> int:
        return len({each.message for each in verdict.broken if each.kind == kind})

    said = verdict.counts.messages
    return Tally(1, said, count("lost"), count("duplicated"), count("reordered"))
