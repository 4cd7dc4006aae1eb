"""The names that the bench gives to those who come without one."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain, count

PEOPLE = ("alice", "bob", "carol", "dave", "erin", "frank", "grace", "heidi")


def numbered(stem: str) -> Iterator[str]:
    """Yield a name, and then without end the same with a number.

    Examples
    --------
    >>> names = numbered("link")
    >>> next(names), next(names), next(names)
    ('link', 'link1', 'link2')
    """
    return chain([stem], (f"{stem}{number}" for number in count(1)))


def client_names() -> Iterator[str]:
    """Yield the names of clients: people as books on cryptography name them, then guests."""
    return chain(PEOPLE, numbered("guest"))
