"""What is hosted at the moment: an object of a library's can be hosted by one server at a time."""

from __future__ import annotations

from typing import Any
from weakref import WeakSet

from labkit.exceptions import LabError

_hosted = WeakSet[Any]()


def claim_hosting(*things: Any) -> None:
    """Mark things as hosted, all of them or none.

    Raises
    ------
    LabError
        If one is hosted already.
    """
    for each in things:
        if each in _hosted:
            raise LabError(
                f"This `{type(each).__name__}` is hosted already, under another name. Stop that "
                "server first, or omit `name`, and the new server replaces it."
            )
    _hosted.update(things)


def release_hosting(*things: Any) -> None:
    """Mark things as hosted no longer; those that are not stay so."""
    _hosted.difference_update(things)
