"""Where a fault acts, and on how many."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

from labkit.exceptions import LabError
from labkit.faults.fault import check_number, check_whole
from labkit.protocols.directions import DIRECTIONS, Direction

Where = Direction | Literal["both"]
"""The direction in which a fault acts, or both."""


@dataclass(frozen=True)
class Scope:
    """Where a fault acts, and on how many connections, or messages if it selects messages.

    Attributes
    ----------
    direction
        "upstream" (client to server), "downstream", or "both".
    probability
        How likely it acts on one, from 0 to 1.
    seed
        Makes chance repeatable; None if it need not be.
    first
        On how many it acts; None for all.
    """

    direction: Where = "both"
    probability: float = 1.0
    seed: int | str | None = None
    first: int | None = None

    def __post_init__(self) -> None:
        """Raise LabError unless the values make sense."""
        if self.direction not in ("both", *get_args(Direction)):
            raise LabError(
                'direction must be "both", "upstream" (client to server) or "downstream" '
                f"(server to client), not {self.direction!r}."
            )
        check_number("probability", self.probability, most=1)
        if not (self.seed is None or isinstance(self.seed, int | str)):
            raise LabError(f"seed must be a whole number or a text, not {self.seed!r}.")
        if self.first is not None:
            check_whole("first", self.first, least=1)

    @property
    def directions(self) -> tuple[Direction, ...]:
        """Both directions, or the one in which the fault acts."""
        return DIRECTIONS if self.direction == "both" else (self.direction,)
