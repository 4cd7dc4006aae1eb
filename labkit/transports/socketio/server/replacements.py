"""Temporary replacements of attributes of a library's objects."""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import partial
from typing import Any


class Replacements:
    """Replacements that can be undone.

    Examples
    --------
    >>> replacements = Replacements()
    >>> replacements.wrap(library, "close", noting)  # called with the former one first
    >>> replacements.undo()
    """

    def __init__(self) -> None:
        self._undo: list[Callable[[], None]] = []

    def replace(self, owner: Any, name: str, new: Any) -> None:
        """Set an attribute of an object."""
        had = name in vars(owner)
        former = getattr(owner, name)
        setattr(owner, name, new)
        self._undo.append(
            partial(setattr, owner, name, former) if had else partial(delattr, owner, name)
        )

    def wrap(self, owner: Any, name: str, wrapper: Callable[..., Any]) -> None:
        """Replace a method by `wrapper`, which gets the method as its first argument."""
        self.replace(owner, name, partial(wrapper, getattr(owner, name)))

    def add_filter(self, logger: logging.Logger, filter: logging.Filter) -> None:
        """Let a filter judge what is logged."""
        logger.addFilter(filter)
        self._undo.append(partial(logger.removeFilter, filter))

    def undo(self) -> None:
        """Restore the former attributes and items, in reverse order."""
        while self._undo:
            self._undo.pop()()
