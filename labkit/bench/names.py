"""The names that the bench gives to those who come without one."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain, count

from labkit.exceptions import LabError, await_hint

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


def check_name(name: object) -> None:
    """Raise LabError unless `name` can be a name on the bench; None leaves the choice to it."""
    if name is not None and not (isinstance(name, str) and name.strip()):
        raise LabError(
            f'A name must be a non-empty string such as "alice", not {name!r}. '
            f"Omit it to be given one.{await_hint(name)}"
        )
