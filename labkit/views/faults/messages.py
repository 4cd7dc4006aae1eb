"""What passes between fault switches and their page; `messages.js` has the same types."""

from __future__ import annotations

from typing import Literal, TypedDict


class ShownNumber(TypedDict):
    """A value of a fault that can be changed: its name, and the number."""

    name: str
    number: float


class ShownFault(TypedDict):
    """A fault: whether it acts, what it is called, what it does, and what it has done so far.

    `numbers` are those of its values that can be changed now.
    """

    number: int
    isOn: bool
    word: str
    effect: str
    facts: list[str]
    numbers: list[ShownNumber]


class FaultsSnapshot(TypedDict):
    """What the switches show: those that act, and those that acted before.

    `isForAll` says that they act on all links of a server, `isDown` that the plug is pulled,
    `healsIn` counts down in seconds, and `code` is the twin of the last click.
    """

    following: bool
    name: str
    isForAll: bool
    isOver: bool
    isDown: bool
    faults: list[ShownFault]
    healsIn: int | None
    code: str


class Switch(TypedDict):
    """Switch a fault on or off, by its number."""

    kind: Literal["switch"]
    id: int
    fault: int
    on: bool


class Change(TypedDict):
    """Give a value of a fault another number, which is as it was typed."""

    kind: Literal["change"]
    id: int
    fault: int
    name: str
    number: str


class TurnPlug(TypedDict):
    """Put the plug in place, or pull it."""

    kind: Literal["plug"]
    id: int
    in_place: bool


class DigHole(TypedDict):
    """Add a black hole."""

    kind: Literal["black_hole"]
    id: int


class SlowDown(TypedDict):
    """Add a latency, or change it; `seconds` are as they were typed."""

    kind: Literal["slow"]
    id: int
    seconds: str


class Heal(TypedDict):
    """Remove every fault."""

    kind: Literal["heal"]
    id: int


class HealLater(TypedDict):
    """Remove every fault after some seconds, which are as they were typed."""

    kind: Literal["heal_later"]
    id: int
    seconds: str


FaultAction = Switch | Change | TurnPlug | DigHole | SlowDown | Heal | HealLater
