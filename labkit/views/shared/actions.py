"""Actions: what a page asks the kernel to do. Whatever else arrives is refused with a reason."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Generic, Literal, NotRequired, TypedDict, TypeVar, cast, get_type_hints

MAX_TEXT = 2**20
"""Bytes of the longest text that a box sends: what the server takes at most."""


class Page(TypedDict):
    """From where the view's page is: the first action of each view. It gets no answer."""

    kind: Literal["page"]
    id: int
    origin: str


class Answer(TypedDict):
    """What the page learns about an action: once, or "received" first if it takes long.

    `id` is the page's own number for the action, None if it had none; `why` gives the reason of a
    refusal; `result` holds what was asked for, in the view of a link.
    """

    kind: Literal["received", "accepted", "refused"]
    id: int | None
    why: str
    result: NotRequired[Mapping[str, Any]]


A = TypeVar("A")


class Refused(ValueError):
    """A message from a browser that is not an action; the text says why.

    Attributes
    ----------
    id
        The number that it carried, None if it carried none.
    """

    def __init__(self, why: str, number: object = None) -> None:
        super().__init__(why)
        self.id = number if type(number) is int else None


class Actions(Generic[A]):
    """The actions of a view, by which what arrives is checked.

    Parameters
    ----------
    kinds
        A `TypedDict` for each, with a literal `kind`, an `id`, and fields of type str, int or bool.
    """

    def __init__(self, *kinds: type[A]) -> None:
        self._fields: dict[str, dict[str, type]] = {}
        for each in (Page, *kinds):
            fields = get_type_hints(each)
            (kind,) = fields.pop("kind").__args__
            self._fields[kind] = fields

    def read(self, content: object) -> A | Page:
        """Return the action in a message from a browser.

        Parameters
        ----------
        content
            What arrived.

        Raises
        ------
        Refused
            If a field is missing, unknown, of another type, or too large.
        """
        if not isinstance(content, Mapping):
            raise Refused("An action is an object with a kind.")
        number = content.get("id")
        kind = content.get("kind")
        if not isinstance(kind, str) or kind not in self._fields:
            raise Refused("There is no such kind of action.", number)
        fields = self._fields[kind]
        given = {name: value for name, value in content.items() if name != "kind"}
        if set(given) != set(fields):
            raise Refused(f"The action {kind} has the fields {', '.join(sorted(fields))}.", number)
        for name, value in given.items():
            if type(value) is not fields[name]:  # True is an int, but not a number
                raise Refused(f"The field {name} is of the wrong type.", number)
            why = _unfit(value) if isinstance(value, str) else ""
            if why:
                raise Refused(why, number)
        return cast(A, dict(content))


def _unfit(text: str) -> str:
    """Return why a text cannot be sent, "" if it can."""
    try:
        size = len(text.encode("utf-8"))
    except UnicodeEncodeError:  # `websockets` would end the whole connection over it
        return "The text holds half of a character (a lone surrogate), which UTF-8 cannot express."
    return "The text is longer than 1 MiB: the server would refuse it." if size > MAX_TEXT else ""
