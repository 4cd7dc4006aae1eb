"""What counts the messages that enter links, for whatever waits for one of them."""

from __future__ import annotations

import random
from collections.abc import Callable, Container, Mapping
from typing import Protocol

from labkit.faults.choice import Chance, Choice, Counts
from labkit.links.fault_stage import Passing, UnitStage
from labkit.links.message_lanes import MessageLanes
from labkit.protocols.directions import DIRECTIONS, Direction
from labkit.protocols.polled import PolledBody
from labkit.protocols.units import Agreed, Unit


class Watched(Protocol):
    """A connection through a link, as a watch needs it."""

    messages: MessageLanes


class MessageWatch:
    """Reports each message that enters, before any fault has met it.

    Parameters
    ----------
    on_message
        Called with its direction. What is added to the link then meets this message.
    """

    def __init__(self, on_message: Callable[[Direction], None]) -> None:
        self._on_message = on_message
        self._stages: dict[Watched, Mapping[Direction, CountingStage]] = {}
        self._counts: dict[Direction, Counts] = {each: Counts() for each in DIRECTIONS}

    def act_on(self, connection: Watched) -> None:
        """Watch a connection."""
        stages = {each: self._make_stage(connection, each) for each in DIRECTIONS}
        self._stages[connection] = stages
        for direction, stage in stages.items():
            connection.messages.add(direction, stage, first=True)

    def _make_stage(self, connection: Watched, direction: Direction) -> CountingStage:
        return CountingStage(
            Choice(EveryMessage(), self._counts[direction], random.random, _ignore),
            lambda: self._on_message(direction),
            lambda: connection.messages.flush(direction),
        )

    def release(self, connection: Watched) -> None:
        """Watch a connection no more."""
        for direction, stage in self._stages.pop(connection, {}).items():
            connection.messages.remove(direction, stage)

    def forget(self, connection: Watched) -> None:
        """Let go of a connection that has ended."""
        self._stages.pop(connection, None)


class EveryMessage:
    """Selects each message that an application sent, as faults select by default."""

    chance = Chance()
    reads_content = False
    acts_on_parts = True

    def is_selected(self, unit: Unit) -> bool:
        """Return whether an application sent it."""
        return unit.is_message

    def find_spared(self, agreed: Agreed) -> Container[int]:
        """Return that none is known."""
        return ()

    def find_obstacle(self, agreed: Agreed) -> str:
        """Return that there is none: what is only counted is not damaged."""
        return ""


class CountingStage(UnitStage):
    """Lets everything pass, and reports each message before it does."""

    def __init__(
        self, choose: Choice, on_message: Callable[[], None], flush: Callable[[], None]
    ) -> None:
        self._choose = choose
        self._on_message = on_message
        self._flush = flush

    def push(self, item: Passing) -> None:
        """Take an item."""
        if isinstance(item, PolledBody):
            count = sum(self._choose.choose_from(item))
        else:
            count = int(isinstance(item, Unit) and self._choose(item))
        if count:
            self._flush()  # what came before meets nothing that is added now
        for _ in range(count):
            self._on_message()
        self.pass_on(item)


def _ignore(fact: str) -> None: ...
