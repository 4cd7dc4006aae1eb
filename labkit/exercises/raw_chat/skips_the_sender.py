"""Everybody but the sender hears a message."""

from __future__ import annotations

import asyncio
from itertools import zip_longest
from typing import Any

from labkit.bench.bench import Bench
from labkit.exercises.exercise import Exercise, Mistake
from labkit.exercises.outcome import Outcome, not_yet
from labkit.exercises.visitors import (
    closed_ones,
    draw_ladder,
    heard_by,
    listen,
    open_chat,
    try_to_say,
)
from labkit.transports.contract import Client
from labkit.transports.contract.expected import short_repr

BURST = ("again", "again", *map(str, range(1, 21)))
"""What alice says without waiting."""

Said = list[tuple[Client, str]]
"""Who said what, in order."""


async def _judge(answer: Any, child: Bench) -> Outcome | None:
    server, people = await open_chat(child, answer, "alice", "bob", "carol")
    case = "alice, bob and carol connect"
    said: Said = []
    # after each message all wait for it; alice's second proves that carol's did not come back
    for speaker, text in zip([*people, people[0]], ("one", "two", "three", "four"), strict=True):
        case += f"\n{speaker.name} says {text!r}"
        await try_to_say(speaker, text)
        said.append((speaker, text))
        others = [person for person in people if person is not speaker]
        await asyncio.gather(*(heard_by(each, len(_owed(each, said))) for each in others))
        found = await closed_ones(people) or _missed(said, others) or _surplus(said, people)
        if found:
            ladder = draw_ladder(server, people)
            return not_yet("Everybody but the sender hears it, once.", found, case, ladder)
    return await _judge_a_burst(said, people, case)


async def _judge_a_burst(said: Said, people: list[Client], case: str) -> Outcome | None:
    """Judge what becomes of messages that nobody waits for, two of them with the same text.

    There are so many that delays by chance, one for each message, change their order.
    """
    alice, *others = people
    case += (
        f"\nalice says {BURST[0]!r}, {BURST[1]!r} and then {BURST[2]!r} to {BURST[-1]!r} at once"
    )
    for text in BURST:
        await try_to_say(alice, text)
        said.append((alice, text))
    await asyncio.gather(*(_hear_all(each, said) for each in others))
    if found := await closed_ones(people) or _missed(said, others) or _surplus(said, people):
        return not_yet("Everybody but the sender hears them, in order.", found, case)
    return None


async def _hear_all(person: Client, said: Said) -> None:
    await listen(person, lambda: len(person.inbox) >= len(_owed(person, said)))


def _owed(person: Client, said: Said) -> list[str]:
    return [text for speaker, text in said if speaker is not person]


def _missed(said: Said, others: list[Client]) -> str:
    """Return who did not hear the last message, as a sentence, "" if all others did."""
    speaker, text = said[-1]
    missing = [person for person in others if text not in person.inbox]
    if not missing:
        return ""
    if missing == others and text in speaker.inbox:
        return f"Only {speaker.name}, who said it, heard {text!r}."
    names = " and ".join(person.name for person in missing)
    spoke = {speaker for speaker, _ in said}
    if spoke.issuperset(missing):
        return f"{names} did not hear {text!r}, but had heard everything before speaking."
    return f"{names} did not hear {text!r}."


def _surplus(said: Said, people: list[Client]) -> str:
    """Return who heard something else than they should, as a sentence, "" if nobody did."""
    for person in people:
        own = [text for speaker, text in said if speaker is person and text in person.inbox]
        if own:
            return f"{person.name} said {own[0]!r}, and heard it, too."
        heard, owed = list(person.inbox), _owed(person, said)
        if heard != owed:
            first = next(at for at, (a, b) in enumerate(zip_longest(heard, owed)) if a != b)
            part = slice(max(first - 1, 0), first + 3)
            return f"{person.name} heard {short_repr(heard[part])} instead of {owed[part]}."
    return ""


STUB = """
members = set()


async def handler(websocket):
    members.add(websocket)
    try:
        ...
    finally:
        members.discard(websocket)
"""

SOLUTION = """
from websockets.asyncio.server import broadcast

members = set()


async def handler(websocket):
    members.add(websocket)
    try:
        async for message in websocket:
            broadcast(members - {websocket}, message)
    finally:
        members.discard(websocket)
"""

TO_ALL = """
members = set()


async def handler(websocket):
    members.add(websocket)
    try:
        async for message in websocket:
            for person in members:
                await person.send(message)
    finally:
        members.discard(websocket)
"""

BACK_TO_THE_SENDER = """
members = set()


async def handler(websocket):
    members.add(websocket)
    try:
        async for message in websocket:
            await websocket.send(message)
    finally:
        members.discard(websocket)
"""

SENDER_TAKEN_OUT = """
members = set()


async def handler(websocket):
    members.add(websocket)
    try:
        async for message in websocket:
            members.discard(websocket)
            for person in members:
                await person.send(message)
    finally:
        members.discard(websocket)
"""

ONE_MESSAGE = """
members = set()


async def handler(websocket):
    members.add(websocket)
    try:
        message = await websocket.recv()
        for person in members - {websocket}:
            await person.send(message)
    finally:
        members.discard(websocket)
"""

EXERCISE = Exercise(
    id="raw_chat.skips_the_sender",
    title="everybody but the sender",
    task=(
        "From memory, without looking anything up: complete `handler` so that each message "
        "reaches everybody else who is connected, once and in order, and never its sender. Then "
        "run the cell below: three clients connect to your handler and take turns speaking."
    ),
    stub=STUB,
    hints=(
        "The handler runs once for each connection, and serves it until it ends. So the dots "
        "become a loop over the messages of *its* client: `async for message in websocket:`.",
        "Inside it there is a second loop, over the members who should hear the message. "
        "Everybody is in `members`, including the sender.",
        "`members - {websocket}` is a new set without the sender; `members` itself stays as it is.",
    ),
    solution=SOLUTION,
    mistakes=(
        Mistake(TO_ALL, "and heard it, too"),
        Mistake(BACK_TO_THE_SENDER, "Only alice, who said it, heard"),
        Mistake(SENDER_TAKEN_OUT, "had heard everything before speaking"),
        Mistake(ONE_MESSAGE, "The server closed alice's connection"),
    ),
    judge=_judge,
    next=(
        "Somebody has the chat open on two devices. Should the second one show what was written "
        "on the first? What would the rule be then?"
    ),
)
