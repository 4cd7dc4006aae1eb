"""A cell of the grid of transports and middleboxes: what was observed there, and the verdict."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

Verdict = Literal["survives", "degrades", "dies"]
"""It works as if nothing were there; it works, but something is lost, late or missing; it does not
work."""


@dataclass(frozen=True)
class Cell:
    """What becomes of a transport behind a middlebox.

    Attributes
    ----------
    verdict
        In a word.
    seconds
        By the lab's clock: until it was known that it dies; for how long nothing passed, at most,
        if it degrades; 0 if it survives.
    evidence
        What was seen.
    """

    verdict: Verdict
    seconds: float
    evidence: str

    def __str__(self) -> str:
        after = f" ({self.seconds:.1f} s)" if self.seconds >= 0.05 else ""
        return f"{self.verdict}{after}: {self.evidence}"


@dataclass
class Observed:
    """What was observed of a client behind a middlebox, while another one talked with it.

    Attributes
    ----------
    refused
        Why it could not connect, "" if it could.
    wanted, transport
        How messages should travel, and how they did.
    is_heard, hears
        Whether, in the end, the other one heard it, and it heard the other one.
    lost_up, lost_down
        Texts that never arrived: those that it said, and those of the other one.
    is_late
        Whether a text arrived after it was given up at first.
    away
        For how many seconds it was not connected, each time.
    silent
        For how many seconds texts did not arrive, until they did again.
    state, ending
        Its state in the end, and how its last connection ended, "" if none has.
    seconds
        From the first attempt to connect until all this was known.
    """

    refused: str = ""
    wanted: str = ""
    transport: str = ""
    is_heard: bool = False
    hears: bool = False
    lost_up: int = 0
    lost_down: int = 0
    is_late: bool = False
    away: list[float] = field(default_factory=list)
    silent: float = 0.0
    state: str = "open"
    ending: str = ""
    seconds: float = 0.0


def judge(observed: Observed) -> Cell:
    """Return the verdict with its evidence."""
    if observed.refused:
        return Cell("dies", observed.seconds, observed.refused)
    if not (observed.is_heard and observed.hears):
        return Cell("dies", observed.seconds, _say_how_it_died(observed))
    worse = []
    if observed.transport != observed.wanted:
        worse.append(f"{observed.transport} instead of {observed.wanted}")
    if observed.away:
        worse.append("it connected again")
    lost = observed.lost_up + observed.lost_down
    if lost:
        worse.append(f"{lost} text{'' if lost == 1 else 's'} lost")
    elif observed.away:
        worse.append("nothing lost")
    if observed.is_late:
        worse.append("a text was late")
    if worse:
        return Cell("degrades", max(*observed.away, observed.silent, 0.0), ", ".join(worse))
    return Cell("survives", 0.0, f"over {observed.transport}")


def _say_how_it_died(observed: Observed) -> str:
    ended = f" with {observed.ending}" if observed.ending else ""
    if observed.state == "closed":
        return f"it opened, and its connection ended{ended}"
    if observed.state != "open":
        return f"it lost its connection{ended}, and is still {observed.state}"
    if observed.hears:
        return "it looks open and hears, but nothing that it says arrives"
    if observed.is_heard:
        return "it looks open and is heard, but hears nothing"
    return "it looks open, but nothing passes"
