"""An envelope: JSON that says who sent a message."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

from labkit.bench.bench import Bench
from labkit.exercises.exercise import Exercise, Mistake
from labkit.exercises.outcome import Outcome, not_yet
from labkit.exercises.visitors import closed_ones, draw_ladder, heard_by, open_chat, try_to_say
from labkit.transports.contract import Client, Server
from labkit.transports.contract.expected import short_repr

HARD = 'she said: "no"\nand left'
"""A text with characters that have a meaning in JSON."""

Wrong = Callable[[str, str], Awaitable[Outcome]]
"""Makes the outcome of what was expected and what happened."""


async def _judge(answer: Any, child: Bench) -> Outcome | None:
    server, people = await open_chat(child, answer, "alice", "bob", "carol")
    alice, bob, carol = people
    steps = ["alice, bob and carol connect"]
    wrong = partial(_wrong, steps, server, people)
    for person in (alice, bob):
        if found := await _sign_in(person, steps, wrong):
            return found
    for speaker, listener, text in ((alice, bob, "hello"), (bob, alice, HARD)):
        steps.append(f"{speaker.name} says {text!r}")
        if found := await _tell(speaker, listener, text, 1, wrong):
            return found
    # the welcome stands behind everything that came too early
    if found := await _sign_in(carol, steps, wrong):
        return found
    steps.append("bob closes with 1000")
    await bob.close()
    people.remove(bob)
    for number, text in enumerate(("hi", "bob has left"), 2):  # the first may be her handler's last
        steps.append(f"carol says {text!r}")
        if found := await _tell(carol, alice, text, number, wrong):
            return found
    return None


async def _wrong(
    steps: list[str], server: Server, people: list[Client], expected: str, happened: str
) -> Outcome:
    happened = await closed_ones(people) or happened
    return not_yet(expected, happened, "\n".join(steps), draw_ladder(server, people))


async def _sign_in(person: Client, steps: list[str], wrong: Wrong) -> Outcome | None:
    """Let somebody say their name, and want a welcome as the first thing that they hear."""
    steps.append(f"{person.name} says {person.name!r}, the name")
    welcome = {"from": "server", "text": f"welcome, {person.name}"}
    expected = f"The first thing that {person.name} hears is {json.dumps(welcome)}."
    await try_to_say(person, person.name)
    heard = await heard_by(person, 1)
    if heard and _opened(heard[0]) == welcome:
        return None
    opened = _opened(heard[0]) if heard else None
    is_early = opened is not None and opened.get("from") not in (None, "server")
    when = ", who had not said a name yet," if is_early else ""
    return await wrong(
        expected, f"{person.name}{when} heard {short_repr(heard[0]) if heard else 'nothing'}."
    )


async def _tell(
    speaker: Client, listener: Client, text: str, before: int, wrong: Wrong
) -> Outcome | None:
    """Let somebody say something, and want it in an envelope, behind so many other messages."""
    wanted = {"from": speaker.name, "text": text}
    expected = f"{listener.name} hears {json.dumps(wanted)}, once."
    await try_to_say(speaker, text)
    heard = (await heard_by(listener, before + 1))[before:]
    if len(heard) != 1:
        return await wrong(
            expected, f"{listener.name} heard {short_repr(heard) if heard else 'nothing'}."
        )
    opened = _opened(heard[0])
    if opened == wanted:
        return None
    told = f"{listener.name} heard {short_repr(heard[0])}"
    if opened is None:
        why = " once the text has a quotation mark in it" if text == HARD else ""
        return await wrong(expected, f"{told}, which is not JSON{why}.")
    name = opened.get("from")
    if opened.get("text") == text and name != speaker.name:
        return await wrong(
            expected, f"{told}: signed with {short_repr(name)}, said by {speaker.name}."
        )
    return await wrong(expected, f"{told}.")


def _opened(message: Any) -> dict[str, Any] | None:
    """Return the object in an envelope, None if it is not one."""
    try:
        content = json.loads(message)
    except (ValueError, TypeError, RecursionError):
        return None
    return content if isinstance(content, dict) else None


STUB = """
members = set()


async def handler(websocket): ...
"""

SOLUTION = """
import json

from websockets.asyncio.server import broadcast

members = set()


async def handler(websocket):
    name = await websocket.recv()
    await websocket.send(json.dumps({"from": "server", "text": f"welcome, {name}"}))
    members.add(websocket)
    try:
        async for message in websocket:
            broadcast(members - {websocket}, json.dumps({"from": name, "text": message}))
    finally:
        members.discard(websocket)
"""

BY_HAND = SOLUTION.replace(
    'json.dumps({"from": name, "text": message})',
    """'{"from": "%s", "text": "%s"}' % (name, message)""",
)

A_DICT = SOLUTION.replace(
    'json.dumps({"from": name, "text": message})', 'str({"from": name, "text": message})'
)

ONE_NAME = SOLUTION.replace(
    "    name = await websocket.recv()\n", "    global name\n    name = await websocket.recv()\n"
)

TOO_EARLY = SOLUTION.replace("    members.add(websocket)\n", "").replace(
    "    name = await", "    members.add(websocket)\n    name = await"
)

EXERCISE = Exercise(
    id="raw_chat.signs_messages",
    title="an envelope with a name",
    task=(
        "A WebSocket carries no names, so the messages must. Write `handler`: the first message "
        "of a connection is its name, and the answer, to that connection alone, is the JSON "
        '`{"from": "server", "text": "welcome, alice"}`. Each further message reaches the others '
        'as `{"from": "alice", "text": "hello"}`. Whoever has not said a name yet hears nothing.'
    ),
    stub=STUB,
    hints=(
        "`await websocket.recv()` waits for one message. A loop over the others may follow it.",
        "Each call of the handler has local variables of its own: a name that is kept in one of "
        "them belongs to that connection.",
        "`json.dumps({...})`, after `import json`, makes the text, and takes care of quotation "
        "marks and line ends.",
        "Whoever is in `members` hears the others. So `members.add(websocket)` belongs after the "
        "name.",
    ),
    solution=SOLUTION,
    mistakes=(
        Mistake(A_DICT, "which is not JSON."),
        Mistake(BY_HAND, "once the text has a quotation mark in it"),
        Mistake(ONE_NAME, "signed with 'bob'"),
        Mistake(TOO_EARLY, "who had not said a name yet"),
    ),
    judge=_judge,
    next=(
        "Anybody can say the name of somebody else. What would the server have to know in order "
        "to refuse it?"
    ),
)
