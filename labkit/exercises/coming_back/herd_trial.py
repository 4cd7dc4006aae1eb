"""A trial of a server that bounds a herd: its store, its clients, and who is where."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from labkit.bench.bench import Bench
from labkit.exercises.coming_back.slow_store import SlowStore
from labkit.exercises.outcome import Outcome, not_yet
from labkit.exercises.tried import tries
from labkit.exercises.visitors import PATIENCE, closed_ones, draw_ladder, open_chat
from labkit.transports.contract import Client, Server

TRY_AGAIN_LATER = 1013


class HerdTrial:
    """A store, the server of an answer in front of it, and its clients.

    Parameters
    ----------
    child
        The bench of the check.
    answer
        A class whose objects have a `handler`, made with the store's `load`.
    herd
        The names of the clients that connect first.

    Attributes
    ----------
    steps
        What has been done, for the case.
    people
        The clients, by name.
    """

    def __init__(self, child: Bench, answer: Any, herd: Sequence[str]) -> None:
        self.child = child
        self.store = SlowStore()
        self.steps = [f"{', '.join(herd)} connect, in this order"]
        self.server: Server
        self.people: dict[str, Client] = {}
        tries("An entrance is made with a `load`.", ["Entrance(load)"])
        self._entrance = answer(self.store.load)
        tries("", self.steps)
        self._herd = herd

    async def begin(self) -> None:
        """Serve the answer, and let the herd connect."""
        self.server, people = await open_chat(self.child, self._entrance.handler, *self._herd)
        self.people.update({person.name: person for person in people})

    def wrong(self, expected: str, happened: str) -> Outcome:
        """Return the outcome of what was expected and what happened instead."""
        ladder = draw_ladder(self.server, list(self.people.values()))
        return not_yet(expected, happened, "\n".join(self.steps), ladder)

    async def turned_away(self, *names: str) -> str:
        """Return which of those who should be turned away are not, as a sentence, or ""."""
        for name in names:
            person = self.people[name]
            if not await has_ended(person):
                return f"{name} is still connected."
            if person.close_code != TRY_AGAIN_LATER:
                return await closed_ones([person])
        return ""

    async def stayed(self, *names: str) -> str:
        """Return which of those who should be there are not, as a sentence, or ""."""
        return await closed_ones([self.people[name] for name in names])


async def has_ended(person: Client) -> bool:
    """Return whether a client's connection ends in time."""
    return await person.changes.until(lambda: person.state == "closed", PATIENCE)
