"""Attributes that are replaced for a while."""

from __future__ import annotations

import logging
from typing import Any

from labkit.transports.socketio.server.replacements import Replacements


class Library:
    """Somebody else's class."""

    def __init__(self) -> None:
        self.own = 1

    def greet(self, name: str) -> str:
        """Greet."""
        return f"hello {name}"


def test_what_is_replaced_comes_back() -> None:
    """Methods and attributes, of this object only, and the filters of a logger."""
    library, other = Library(), Library()
    before = dict(vars(library))
    logger = logging.getLogger("tests.replacements")

    def louder(former: Any, text: str) -> str:
        return str(former(text)).upper()

    replacements = Replacements()
    replacements.wrap(library, "greet", louder)
    replacements.wrap(library, "greet", louder)
    replacements.replace(library, "own", 2)
    replacements.add_filter(logger, logging.Filter("nobody's"))
    assert (library.greet("you"), library.own) == ("HELLO YOU", 2)
    assert len(logger.filters) == 1
    assert other.greet("you") == "hello you"
    replacements.undo()
    assert vars(library) == before and library.greet("you") == "hello you"
    assert logger.filters == []
    replacements.undo()
