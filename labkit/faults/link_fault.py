"""Faults that act on a link as a whole: on whom it lets in, and on where it leads."""

from __future__ import annotations

from abc import ABC, abstractmethod

from labkit.faults.fault import Fault


class AcceptFault(Fault, ABC):
    """A fault that decides whether one more connection is let in, or has to wait."""

    @abstractmethod
    def admits(self, inside: int) -> bool:
        """Return whether a connection is let in while so many others are inside."""


class DialFault(Fault, ABC):
    """A fault that decides to which server a connection leads."""

    @abstractmethod
    def choose_server(self, number: int) -> tuple[str, int]:
        """Return host and port of the server for a connection; they are counted from 0."""


LinkFault = AcceptFault | DialFault
"""A fault that has no direction, and acts on no bytes."""
