"""What passes between the view of a link and its page; `messages.js` has the same types."""

from __future__ import annotations

from typing import Literal, TypedDict

Direction = Literal["upstream", "downstream", ""]


class LinkSnapshot(TypedDict):
    """What the view of a link shows beside its rows, which the page asks for.

    `leavings` changes when rows that were shown have left the link since.
    """

    following: bool
    name: str
    link: Literal["whole", "cut", "closed"]
    connectionCount: int
    count: int
    dropped: int
    leavings: int
    kinds: list[str]


class ShownRow(TypedDict):
    """A row; `at` is in seconds since the first one, `size` in bytes, 0 of what is a mere fact.

    `fate` says what became of it in the link, "" if it passed at once.
    """

    n: int
    at: float
    connection: int
    direction: Direction
    arrow: str
    kind: str
    size: int
    text: str
    problem: str
    fate: str


class Rows(TypedDict):
    """The result of a window: so many rows from the `first` match on, and how many match.

    `hidden` is the number of heartbeats that match and are hidden, `hasOpened` whether the row that
    is open matches.
    """

    first: int
    matching: int
    hidden: int
    hasOpened: bool
    rows: list[ShownRow]


class ShownField(TypedDict):
    """A field of a layer; `hex` are its first bytes, of which there are `more`."""

    name: str
    value: str
    meaning: str
    hex: str
    more: int


class ShownLayer(TypedDict):
    """A layer of a row, and how many bytes it added."""

    name: str
    summary: str
    added: int
    fields: list[ShownField]


class RowDetails(TypedDict):
    """The result of a row: its layers; no line if it is no longer kept."""

    number: int
    line: ShownRow | None
    layers: list[ShownLayer]


class HarFile(TypedDict):
    """The result of an export: a HAR file's name and text."""

    name: str
    text: str


class Window(TypedDict):
    """Give so many `rows` from the `first` match on (-1: the last ones), of those that match.

    They match that have the `direction`, are `of` a kind and hold a `text`; "" matches all.
    `heartbeats` are hidden or not. A row may be `opened`, 0 for none.
    """

    kind: Literal["window"]
    id: int
    first: int
    rows: int
    direction: str
    of: str
    text: str
    heartbeats: bool
    opened: int


class OpenRow(TypedDict):
    """Give a row with its layers, by its number."""

    kind: Literal["row"]
    id: int
    number: int


class Export(TypedDict):
    """Give the whole record as a HAR file."""

    kind: Literal["har"]
    id: int


LinkAction = Window | OpenRow | Export
LinkResult = Rows | RowDetails | HarFile
