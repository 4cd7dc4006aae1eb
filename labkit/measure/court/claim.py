"""A claim as data: what somebody says, how it is measured, and where the line is drawn."""

from __future__ import annotations

from dataclasses import dataclass

LINE = 1.25
"""A ratio from which one is called more than the other. Below it there is no difference."""


@dataclass(frozen=True)
class Part:
    """One figure of a claim: that `more` has at least `line` times as much of it as `less`.

    Attributes
    ----------
    name
        What makes this part differ from the others of its claim: "behind 50 ms".
    experiment, figure
        The experiment's name, and which of its figures.
    unit
        Of the figure, such as "ms" or "bytes".
    more, less
        The two subjects, by name. A part without `less` is about one subject alone: it holds if
        its figure is at least `line`.
    line
        The ratio, or without `less` the figure, from which the claim holds.
    exact
        Whether each repeat gives the same figure, so one decides, however near the line it is.
    """

    name: str
    experiment: str
    figure: str
    unit: str
    more: str
    less: str = ""
    line: float = LINE
    exact: bool = False


@dataclass(frozen=True)
class Claim:
    """Something that is said about raw WebSocket and Socket.IO.

    Attributes
    ----------
    id
        Its name, "topic.claim": "latency.connected".
    text
        The claim, in a sentence.
    said_by, source
        Who says so, and the address where it can be read.
    counted
        What is counted or measured, in a sentence.
    parts
        Its figures. The claim holds if all do, and is false if none does.
    depends_on
        What it depends on where its parts disagree: "the distance".
    javascript
        Where Python's library differs from JavaScript's: what is true there, in a sentence, with
        its source. A claim that is false here then "holds for JavaScript only".
    """

    id: str
    text: str
    said_by: str
    source: str
    counted: str
    parts: tuple[Part, ...]
    depends_on: str = ""
    javascript: str = ""

    @property
    def topic(self) -> str:
        """The part of its id before the dot."""
        return self.id.partition(".")[0]

    @property
    def experiments(self) -> tuple[str, ...]:
        """The names of the experiments that it needs, each once."""
        return tuple(dict.fromkeys(part.experiment for part in self.parts))
