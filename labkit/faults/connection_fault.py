"""Faults that see both directions of a connection together."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import ClassVar

from labkit.faults.fault import Fault, Live
from labkit.protocols.directions import Direction


class ConnectionFault(Fault, ABC):
    """A fault with state between the two directions of a connection.

    Attributes
    ----------
    has_direction
        Whether it means something to choose one direction.
    """

    has_direction: ClassVar[bool] = False

    @abstractmethod
    def make_live(self, directions: Sequence[Direction]) -> Mapping[Direction, Live]:
        """Return the live parts for one connection.

        Parameters
        ----------
        directions
            Those in which the fault acts, or watches; both, unless it `has_direction`.
        """
