"""What a view in a browser may ask for; whatever else arrives is refused with a reason."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

MAX_TEXT = 2**20
"""Bytes of the longest text that a box sends: what the server takes at most."""

Kinds = Mapping[str, Mapping[str, type]]
"""For each kind of request: its fields and their types."""

OF_ANY: Kinds = {"page": {"id": int, "origin": str}}
"""What every view tells: from where its page is."""

OF_CHAT: Kinds = {
    **OF_ANY,
    "send": {"id": int, "text": str},
    "plug": {"id": int, "in_place": bool},
    "open": {"id": int},
}
"""What a chat box asks for."""

OF_SERVER: Kinds = {
    **OF_ANY,
    "disconnect": {"id": int, "connection": int},
    "move": {"id": int, "connection": int, "namespace": str, "room": str, "into": bool},
}
"""What a view of a server asks for."""

OF_WIRE: Kinds = {
    **OF_ANY,
    "window": {
        "id": int,
        "first": int,
        "rows": int,
        "direction": str,
        "of": str,
        "text": str,
    },
    "row": {"id": int, "number": int},
    "har": {"id": int},
}
"""What a view of a link asks for."""


@dataclass(frozen=True)
class Request:
    """One action of a person at a box.

    Attributes
    ----------
    kind
        Of a chat box: "send" (with `text`), "plug" (with `in_place`) or "open". Of a server:
        "disconnect" (a `connection`, by its number) or "move" (a `connection` `into` the `room` of
        a `namespace`, or out of it). Of a link: "window" (so many `rows` from the `first` match on,
        -1 for the end, of those that have a `direction`, are `of` a kind and hold a `text`), "row"
        (a `number`, with its layers) or "har". Of each: "page" (with its `origin`).
    id
        The view's own number for it, given back in the answer.
    """

    kind: str
    id: int
    text: str = ""
    in_place: bool = False
    connection: int = 0
    namespace: str = ""
    room: str = ""
    into: bool = False
    first: int = -1
    rows: int = 0
    direction: str = ""
    of: str = ""
    number: int = 0
    origin: str = ""


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


def read(content: object, known: Kinds = OF_CHAT) -> Request:
    """Return the request in a message from a browser.

    Parameters
    ----------
    content
        What arrived.
    known
        The kinds of request that this view has.

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
    if not isinstance(kind, str) or kind not in known:
        raise Refused("There is no such kind of request.", number)
    fields = known[kind]
    given = {str(name): value for name, value in content.items() if name != "kind"}
    if set(given) != set(fields):
        raise Refused(f"A request to {kind} has the fields {', '.join(sorted(fields))}.", number)
    for name, value in given.items():
        if type(value) is not fields[name]:  # True is an int, but no number
            raise Refused(f"The field {name} is of the wrong type.", number)
        why = _unfit(value) if isinstance(value, str) else ""
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
