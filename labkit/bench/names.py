"""Names that the bench gives to clients and links without one."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain, count

from labkit.exceptions import LabError, await_hint

PEOPLE = ("alice", "bob", "carol", "dave", "erin", "frank", "grace", "heidi")


def numbered_names(stem: str) -> Iterator[str]:
    """Yield a name, then the same name with a number, without end.

    Examples
    --------
    >>> names = numbered("link")
    >>> next(names), next(names), next(names)
    ('link', 'link1', 'link2')
    """
    return chain([stem], (f"{stem}{number}" for number in count(1)))


def client_names() -> Iterator[str]:
    """Yield names for clients: alice, bob and so on, then numbered guests."""
    return chain(PEOPLE, numbered_names("guest"))


def check_name(name: object) -> None:
    """Raise LabError unless `name` is a non-empty string, or None, which leaves the choice."""
    if name is not None and not (isinstance(name, str) and name.strip()):
        raise LabError(
            f'A name must be a non-empty string such as "alice", not {name!r}. '
            f"Omit it to get one.{await_hint(name)}"
        )
