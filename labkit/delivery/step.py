"""A step of a run: who says something, whose plug is pulled, and who comes back."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from labkit.delivery.event import STORE
from labkit.delivery.history import PROBE
from labkit.exceptions import LabError
from labkit.faults.fault import check_whole
from labkit.protocols.directions import DIRECTIONS, Direction

MAX_PAUSE = 1000
"""Turns of the loop after a step."""


@dataclass(frozen=True)
class Step:
    """What a client does, or what happens to it.

    Attributes
    ----------
    client
        The client's name.
    pause
        Turns of the event loop between this step and the next one.
    """

    client: str
    pause: int = field(default=0, kw_only=True)

    def __post_init__(self) -> None:
        """Raise LabError unless the values make sense."""
        check_client(self.client)
        check_whole("pause", self.pause, least=0)
        if self.pause > MAX_PAUSE:
            raise LabError(f"pause must be at most {MAX_PAUSE} turns, not {self.pause}.")

    @property
    def words(self) -> str:
        """What it does, without the pause."""
        raise NotImplementedError

    def __str__(self) -> str:
        turns = f"{self.pause} turn{'' if self.pause == 1 else 's'} of the loop"
        return f"{self.words}, then {turns}" if self.pause else self.words


@dataclass(frozen=True)
class Say(Step):
    """The client says something; the run numbers it. One that is away says it all the same."""

    @property
    def words(self) -> str:
        """What it does, without the pause."""
        return f"{self.client} says"


@dataclass(frozen=True)
class Cut(Step):
    """The client's plug is pulled; the step is over once both ends have noticed."""

    @property
    def words(self) -> str:
        """What it does, without the pause."""
        return f"cut {self.client}"


@dataclass(frozen=True)
class CutAtMessage(Step):
    """The client's plug is pulled when its link sees the next message, which is lost.

    Attributes
    ----------
    direction
        "upstream" for the next message that the client sends, "downstream" for the next one that it
        would get, for example an acknowledgement.
    """

    direction: Direction = "upstream"

    def __post_init__(self) -> None:
        """Raise LabError unless the values make sense."""
        super().__post_init__()
        if self.direction not in DIRECTIONS:
            raise LabError(f'direction must be "upstream" or "downstream", not {self.direction!r}.')

    @property
    def words(self) -> str:
        """What it does, without the pause."""
        way = "from" if self.direction == "upstream" else "to"
        return f"cut {self.client} at the next message {way} {self.client}"


@dataclass(frozen=True)
class Back(Step):
    """The client's plug is put back, and the client connects again; if it is there, it stays."""

    @property
    def words(self) -> str:
        """What it does, without the pause."""
        return f"{self.client} is back"


KINDS: dict[str, type[Step]] = {
    "say": Say,
    "cut": Cut,
    "cut at message": CutAtMessage,
    "back": Back,
}
"""The kinds of steps, by their name in JSON."""


def check_client(name: object) -> None:
    """Raise LabError unless something can be the name of a client in a run."""
    if not (isinstance(name, str) and re.fullmatch(r"\w+", name)) or name in (PROBE, STORE):
        raise LabError(
            f'A client of a run has a name of letters and digits such as "alice", not {name!r}; '
            f'"{PROBE}" and "{STORE}" are taken.'
        )
