"""Attributes that are replaced for a while."""

from __future__ import annotations

from typing import Any

from labkit.transports.socketio.server.replacements import Replacements


class Library:
    """Somebody else's class."""

    def __init__(self) -> None:
        self.own = 1
        self.handlers = {"a": lambda text: f"a {text}"}

    def greet(self, name: str) -> str:
        """Greet."""
        return f"hello {name}"


def test_what_is_replaced_comes_back() -> None:
    """Methods, attributes and items: of this object only, and as they were."""
    library, other = Library(), Library()
    before = vars(library) | {"handlers": dict(library.handlers)}

    def louder(former: Any, text: str) -> str:
        return str(former(text)).upper()

    replacements = Replacements()
    replacements.wrap(library, "greet", louder)
    replacements.wrap(library, "greet", louder)
    replacements.replace(library, "own", 2)
    replacements.wrap_item(library.handlers, "a", louder)
    assert (library.greet("you"), library.own, library.handlers["a"]("b")) == (
        "HELLO YOU",
        2,
        "A B",
    )
    assert other.greet("you") == "hello you"
    replacements.undo()
    assert vars(library) == before and library.greet("you") == "hello you"
    replacements.undo()
