"""The libraries' objects that are hosted now: only one server at a time can host an object."""

from __future__ import annotations

from typing import Any
from weakref import WeakSet

from labkit.exceptions import LabError

_hosted = WeakSet[Any]()


def claim_hosting(*things: Any) -> None:
    """Mark objects as hosted, all of them or none.

    Raises
    ------
    LabError
        If one is hosted already.
    """
    for each in things:
        if each in _hosted:
            raise LabError(
                f"This `{type(each).__name__}` is already hosted under another name. Stop that "
                "server first, or omit `name`, so that the new server replaces it."
            )
    _hosted.update(things)


def release_hosting(*things: Any) -> None:
    """Mark objects as no longer hosted; ignore those that are not."""
    _hosted.difference_update(things)
