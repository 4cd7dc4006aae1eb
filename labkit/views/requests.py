"""What a chat box in a browser may ask for; whatever else arrives is refused with a reason."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

MAX_TEXT = 2**20
"""Bytes of the longest text that a box sends: what the server takes at most."""

_FIELDS: dict[str, dict[str, type]] = {
    "send": {"id": int, "text": str},
    "plug": {"id": int, "in_place": bool},
    "open": {"id": int},
}


@dataclass(frozen=True)
class Request:
    """One action of a person at a box.

    Attributes
    ----------
    kind
        "send" (with `text`), "plug" (with `in_place`) or "open".
    id
        The box's own number for it, given back in the answer.
    """

    kind: str
    id: int
    text: str = ""
    in_place: bool = False


class Refused(ValueError):
    """A message from a browser that is no request; the text says why.

    Attributes
    ----------
    id
        The number that it carried, None if it carried none.
    """

    def __init__(self, why: str, number: object = None) -> None:
        super().__init__(why)
        self.id = number if type(number) is int else None


def read(content: object) -> Request:
    """Return the request in a message from a browser.

    Raises
    ------
    Refused
        If a field is missing, unknown, of another type, or too large.

    Examples
    --------
    >>> read({"kind": "send", "id": 1, "text": "hello"}).text
    'hello'
    """
    if not isinstance(content, Mapping):
        raise Refused("A request is an object with a kind.")
    number = content.get("id")
    kind = content.get("kind")
    if not isinstance(kind, str) or kind not in _FIELDS:
        raise Refused("There is no such kind of request.", number)
    fields = _FIELDS[kind]
    given = {str(name): value for name, value in content.items() if name != "kind"}
    if set(given) != set(fields):
        raise Refused(f"A request to {kind} has the fields {', '.join(sorted(fields))}.", number)
    for name, value in given.items():
        if type(value) is not fields[name]:  # True is an int, but no number
            raise Refused(f"The field {name} is of the wrong type.", number)
    why = _unfit(str(given.get("text", "")))
    if why:
        raise Refused(why, number)
    return Request(kind, **given)


def _unfit(text: str) -> str:
    """Return why a text cannot be sent, "" if it can."""
    try:
        size = len(text.encode("utf-8"))
    except UnicodeEncodeError:  # `websockets` would end the whole connection over it
        return "The text holds half of a character (a lone surrogate), which UTF-8 cannot express."
    return "The text is longer than 1 MiB: the server would refuse it." if size > MAX_TEXT else ""
