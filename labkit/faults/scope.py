"""Where a fault acts, and on how many."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

from labkit.exceptions import LabError
from labkit.faults.connection_fault import ConnectionFault
from labkit.faults.cut_before_ack import CutBeforeAck
from labkit.faults.down import Down
from labkit.faults.fault import ByteFault, Fault, check_number, check_whole
from labkit.faults.link_fault import LinkFault
from labkit.faults.message_fault import MessageFault
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
        check_direction(self.direction)
        check_number("probability", self.probability, most=1)
        if self.seed is not None:
            check_seed(self.seed)
        if self.first is not None:
            check_whole("first", self.first, least=1)

    @property
    def directions(self) -> tuple[Direction, ...]:
        """Both directions, or the one in which the fault acts."""
        return DIRECTIONS if self.direction == "both" else (self.direction,)


def check_direction(direction: object) -> None:
    """Raise LabError unless a value says where a fault acts."""
    if direction not in ("both", *get_args(Direction)):
        raise LabError(
            'direction must be "both", "upstream" (client to server) or "downstream" '
            f"(server to client), not {direction!r}."
        )


def check_seed(seed: object) -> None:
    """Raise LabError unless a value can make chance repeatable."""
    if not isinstance(seed, int | str):
        raise LabError(f"seed must be a whole number or a text, not {seed!r}.")


def check_fault(fault: object, scope: Scope) -> None:
    """Raise LabError unless a value is a fault, and can act where and on how many it should."""
    if isinstance(fault, type) and issubclass(fault, Fault):
        raise LabError(f"{fault.__name__} is a kind of fault: add {fault.__name__}(...).")
    if not isinstance(fault, ByteFault | ConnectionFault | LinkFault | MessageFault | Down):
        raise LabError(
            f"Only a fault can be added to a link, for example Latency(0.3), not {fault!r}. "
            "`from labkit.faults import Latency` gives you that one."
        )
    name = type(fault).__name__
    if not has_chance(fault) and scope != Scope():
        what = "cuts" if isinstance(fault, Down) else "acts on"
        raise LabError(
            f"{name}() {what} the whole link: it has no direction, probability, seed or first."
        )
    if isinstance(fault, CutBeforeAck) and scope.direction != "both":
        raise LabError(
            "CutBeforeAck() sees the request in one direction and the answer in the other: "
            "leave direction out."
        )
    if scope.direction != "both" and not has_direction(fault):
        raise LabError(
            f"{name}() acts on a connection, not on one direction of it: leave direction out."
        )


def has_direction(fault: Fault) -> bool:
    """Return whether a fault acts in directions, so that one of them may be chosen."""
    if isinstance(fault, ConnectionFault):
        return fault.has_direction
    return has_chance(fault)


def has_chance(fault: Fault) -> bool:
    """Return whether a fault acts on one connection after the other, so that chance can choose."""
    return not isinstance(fault, Down | LinkFault)
