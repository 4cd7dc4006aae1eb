"""Who takes part in a run, and in which role."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from labkit.bench import Bench
from labkit.delivery.history import History
from labkit.delivery.lab_dialler import LabDialler
from labkit.delivery.learner_dialler import Receiver, Sender, takes_heard
from labkit.delivery.legs import Leg
from labkit.delivery.participant import Dialler, Participant
from labkit.delivery.promise import Promise
from labkit.exceptions import LabError
from labkit.links import Link
from labkit.transports.contract import Server

WITNESS = "witness"
"""The client that listens where the learner's code only sends."""


@dataclass(frozen=True)
class Parts:
    """The learner's own client code in a run; None where labkit's clients do it.

    Attributes
    ----------
    sender
        A class with `say`; see `Sender`.
    receiver
        A coroutine function; see `Receiver`.

    Raises
    ------
    LabError
        If one of them cannot be called.
    """

    sender: Callable[..., Any] | None = None
    receiver: Callable[..., Any] | None = None

    def __post_init__(self) -> None:
        """Raise LabError unless the parts can be called."""
        if self.sender is not None and not callable(self.sender):
            raise LabError(
                "sender must be a class with `async def say(self, text)`, which is made with a "
                f"function that connects, not {self.sender!r}."
            )
        if self.receiver is not None and not callable(self.receiver):
            raise LabError(
                "receiver must be a coroutine function, `async def listen(connect, heard)`, not "
                f"{self.receiver!r}."
            )

    @property
    def only_send(self) -> bool:
        """Whether nothing of the learner's hears, although it sends."""
        return self.sender is not None and self.receiver is None and not takes_heard(self.sender)


async def gather_participants(
    bench: Bench,
    server: Server,
    names: tuple[str, ...],
    parts: Parts,
    leg: Leg,
    promise: Promise,
    history: History,
) -> list[Participant]:
    """Return those who take part, who have links and are not connected yet.

    Raises
    ------
    LabError
        If the learner's code cannot dial the server.
    """
    if (parts.sender or parts.receiver) and server.protocol != "websocket":
        raise LabError(
            "A sender and a receiver of your own dial with the library `websockets`, and this "
            f"server speaks {server.protocol}. Leave them out, or serve a handler of `websockets`."
        )

    def count() -> int:
        return sum(link.connection_count for link in bench.all_links())

    def diallers(name: str, link: Link) -> list[Dialler]:
        listens = leg != "to store"
        if name == WITNESS:
            return [LabDialler(bench, name, link, history, hears=True, can_say=False)]
        found: list[Dialler] = []
        if parts.receiver is not None and listens:
            found.append(Receiver(parts.receiver, name, link, history))
        hears = listens and not found
        if parts.sender is None:
            return [*found, LabDialler(bench, name, link, history, hears=hears, can_say=True)]
        sender = Sender(
            parts.sender, name, link, history, acknowledged=promise.acknowledged, hears=hears
        )
        return [*found, sender]

    if parts.only_send and leg != "to store":
        if WITNESS in names:
            raise LabError(f'"{WITNESS}" is the name of the client that listens here.')
        names = (WITNESS, *names)
    made = []
    for name in names:
        link = await bench.link(server, name, announce=print)
        person = Participant(link, server, count, diallers(name, link))
        for each in person.diallers:
            each.records_ends = each.hears or leg != "from store"  # it is of the other leg
        made.append(person)
    return made
