"""The cursor: how far a client has read, as a text that it hands back to the server.

It is the number of the last message that the client has seen, with the *epoch* of the server, which
is random for each start. A server that has started again counts from 1 again: a bare number would
silently skip its first messages.
"""

from __future__ import annotations

import re
from typing import NamedTuple

_FORM = re.compile(r"([0-9a-f]{8})-([0-9]{1,15})")
"""Fifteen digits fit into a number of JavaScript; `\\d` would match digits of other scripts too."""


class Cursor(NamedTuple):
    """A place in the history of one start of a server.

    Examples
    --------
    >>> str(Cursor("0a1b2c3d", 7))
    '0a1b2c3d-7'
    """

    epoch: str
    number: int

    def __str__(self) -> str:
        return f"{self.epoch}-{self.number}"


def parse_cursor(text: str) -> Cursor:
    """Return the cursor that a text is.

    Raises
    ------
    ValueError
        If it is none; the text says what one looks like.

    Examples
    --------
    >>> parse_cursor("0a1b2c3d-7")
    Cursor(epoch='0a1b2c3d', number=7)
    """
    found = _FORM.fullmatch(text)
    if found is None:
        raise ValueError(
            f"{text[:40]!r} is not a cursor, which is 8 hexadecimal digits, a hyphen and a number"
        )
    return Cursor(found[1], int(found[2]))
