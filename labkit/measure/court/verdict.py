"""The court's rule: from the figures of several repeats to a word.

A ratio of two noisy figures convicts nobody by its median alone. The lowest and the highest repeat
are left out, and the rest has to lie on one side of the line. Of seven repeats that rest spans the
true median in about 87 of 100 cases, by order statistics. What lies on one side, but with its
median within 20 % of the line, may fall on the other side on the next machine: it depends. Where
the rest straddles the line, the court measures once more as often; if it then still does, it is too
noisy to say, unless all of the rest is within those 20 %.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median
from typing import Literal

from labkit.measure.court.claim import Claim, Part
from labkit.measure.court.experiment import Figures

Word = Literal[
    "holds",
    "holds for JavaScript only",
    "depends",
    "false",
    "too noisy to say",
    "not measured",
]

NEAR = 1.2
"""A median whose ratio to the line is smaller than this, in either direction, is near it."""

TRIMMED = 3
"""From this many repeats on, the lowest and the highest are left out."""


@dataclass(frozen=True)
class Finding:
    """What was found for one part of a claim.

    Attributes
    ----------
    part
        The part.
    figures
        The measured pairs (more, less), a repeat each; less is 1.0 where there is one subject.
    """

    part: Part
    figures: tuple[tuple[float, float], ...]

    @property
    def ratios(self) -> tuple[float, ...]:
        """The ratio of each repeat, or the figure itself where there is one subject."""
        return tuple(_divide(more, less) for more, less in self.figures)

    @property
    def rest(self) -> tuple[float, ...]:
        """The ratios without the lowest and the highest, in their order."""
        ratios = sorted(self.ratios)
        return tuple(ratios[1:-1] if len(ratios) >= TRIMMED else ratios)

    @property
    def median(self) -> float:
        """The median of the ratios."""
        return median(self.ratios)

    @property
    def straddles(self) -> bool:
        """Whether the rest lies on both sides of the line."""
        line = self.part.line
        return min(self.rest) < line <= max(self.rest)

    @property
    def word(self) -> Word:
        """The verdict."""
        line, rest = self.part.line, self.rest
        if self.part.exact:
            return "holds" if self.median >= line else "false"
        if self.straddles:
            return "depends" if all(_is_near(each, line) for each in rest) else "too noisy to say"
        if _is_near(self.median, line):
            return "depends"
        return "holds" if self.median >= line else "false"


@dataclass(frozen=True, repr=False)
class Verdict:
    """What the court says of a claim.

    Attributes
    ----------
    claim
        The claim.
    findings
        What was found for each of its parts; none if it is not measured.
    why
        Why it could not be measured; "" if nobody has tried.
    """

    claim: Claim
    findings: tuple[Finding, ...] = ()
    why: str = ""

    def __repr__(self) -> str:
        return f"{self.claim.id}: {self.text}"

    @property
    def word(self) -> Word:
        """The verdict in a word."""
        if not self.findings:
            return "not measured"
        words = {finding.word for finding in self.findings}
        if words == {"false"} and self.claim.javascript:
            return "holds for JavaScript only"
        if len(words) == 1:
            return words.pop()
        if {"holds", "false"} <= words or "depends" in words:
            return "depends"
        return "too noisy to say"

    @property
    def text(self) -> str:
        """The verdict in words: "depends on the distance"."""
        if not self.findings:
            return f"not measured: {self.why}" if self.why else "not measured yet"
        words = {finding.word for finding in self.findings}
        if self.word != "depends":
            return self.word
        on = self.claim.depends_on if {"holds", "false"} <= words else ""
        return f"depends on {on or 'the machine'}"


def find(part: Part, repeats: Sequence[Figures]) -> Finding:
    """Return what repeats of its experiment say of a part of a claim.

    Raises
    ------
    KeyError
        If the experiment has no such figure or subject.
    """
    pairs = []
    for repeat in repeats:
        figure = repeat[part.figure]
        pairs.append((figure[part.more], figure[part.less] if part.less else 1.0))
    return Finding(part, tuple(pairs))


def _divide(more: float, less: float) -> float:
    if less:
        return more / less
    return math.inf if more else 1.0  # nothing of it in both: no difference


def _is_near(ratio: float, line: float) -> bool:
    return line / NEAR < ratio < line * NEAR
