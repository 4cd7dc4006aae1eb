"""Numbered traffic from several clients, some of whose plugs are pulled: drawn from a seed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import islice
from random import Random

from labkit.bench.names import client_names
from labkit.delivery.step import Back, Cut, CutAtMessage, Say, Step
from labkit.delivery.steps import MAX_CLIENTS, Steps
from labkit.exceptions import LabError
from labkit.faults.fault import check_whole
from labkit.faults.scope import check_seed
from labkit.protocols.directions import Direction

LONGEST_PAUSE = 12
"""Turns of the loop after a step at most: about as many as a message takes to everybody."""

LONGEST_ABSENCE = 5
"""Messages that are said, by anyone, while a client is away, at most."""


AWAITED = 0.5
"""How likely it is that a client whose plug waits for a message is the next one to say one."""


def workload(
    clients: int | Iterable[str] = 3,
    messages: int = 20,
    cuts: int = 2,
    seed: int | str = 0,
    *,
    steady: bool = True,
) -> Steps:
    """Return steps in which clients say things in turns, and some are cut and come back.

    Parameters
    ----------
    clients
        How many, or their names; by default alice, bob and carol.
    messages
        How many are said by all of them together.
    cuts
        How often a plug is pulled: at once, or at the next message from or to the client.
    seed
        Equal seeds give equal steps; it is also the seed of the answer's `random`.
    steady
        Whether the first client is never cut: it witnesses what the server has done. A store is
        such a witness, too, so with one, everybody may be cut.

    Raises
    ------
    LabError
        If a value makes no sense, or nobody is left to be cut.

    Examples
    --------
    >>> workload(2, messages=2, cuts=0, seed=1)
    1. alice says, then 3 turns of the loop
    2. bob says
    """
    names = _names(clients)
    check_whole("messages", messages, least=1)
    check_whole("cuts", cuts)
    check_seed(seed)
    victims = names[1:] if steady else names
    if cuts and not victims:
        raise LabError("With one client, nobody can be cut: the first one is the steady witness.")
    random = Random(seed)
    return Steps(_draw(random, names, victims, messages, cuts), names, seed)


def _names(clients: object) -> Sequence[str]:
    """Return names, which are given, or as many as are wanted."""
    if isinstance(clients, Iterable) and not isinstance(clients, (str, bytes)):
        names = Steps((), clients).clients
        if not names:
            raise LabError("A workload needs at least one client.")
        return names
    check_whole("clients", clients, least=1)
    assert isinstance(clients, int)
    return list(islice(client_names(), min(clients, MAX_CLIENTS + 1)))


def _draw(
    random: Random, names: Sequence[str], victims: Sequence[str], messages: int, cuts: int
) -> list[Step]:
    steps: list[Step] = []
    away: dict[str, int] = {}  # and for how many messages more
    places = sorted(random.randrange(messages) for _ in range(cuts))
    for number in range(messages):
        for victim in [name for name, left in away.items() if left == 0]:
            del away[victim]
            steps.append(Back(victim, pause=_pause(random)))
        for _ in range(places.count(number)):
            victim = random.choice(victims)
            if victim in away:
                steps.append(Back(victim, pause=_pause(random)))
            steps.append(_draw_cut(random, victim))
            away[victim] = random.randint(1, LONGEST_ABSENCE)
        is_awaited = steps and isinstance(steps[-1], CutAtMessage) and random.random() < AWAITED
        speaker = steps[-1].client if is_awaited else random.choice(names)
        steps.append(Say(speaker, pause=_pause(random)))
        away = {name: left - 1 for name, left in away.items()}
    return [*steps, *(Back(name, pause=_pause(random)) for name in away)]


def _draw_cut(random: Random, victim: str) -> Step:
    kind = random.choice(("now", "upstream", "downstream"))
    if kind == "now":
        return Cut(victim, pause=_pause(random))
    direction: Direction = "upstream" if kind == "upstream" else "downstream"
    return CutAtMessage(victim, direction, pause=_pause(random))


def _pause(random: Random) -> int:
    """Return a pause; half of them are none, so that messages overlap."""
    return random.choice((0, random.randint(1, LONGEST_PAUSE)))
