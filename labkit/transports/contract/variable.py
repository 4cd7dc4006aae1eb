"""A client's name as the variable in a line of code that an error suggests."""

from __future__ import annotations

from keyword import iskeyword


def variable_of(name: str) -> str:
    """Return a client's name if Python allows a variable of that name, otherwise "client".

    Examples
    --------
    >>> variable_of("alice"), variable_of("websocket 11")
    ('alice', 'client')
    """
    return name if name.isidentifier() and not iskeyword(name) else "client"
