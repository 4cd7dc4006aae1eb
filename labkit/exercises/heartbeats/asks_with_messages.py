"""A heartbeat made of messages, which only a program that works can answer."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import Any

from labkit.bench.bench import Bench
from labkit.bench.starting import start_server
from labkit.clock import clock
from labkit.exercises.exercise import Exercise, Mistake
from labkit.exercises.heartbeats.pings import (
    INTERVAL,
    SLOW,
    answering,
    count_pings,
    find_words,
    has_heard,
    is_asked,
)
from labkit.exercises.outcome import Outcome, not_yet
from labkit.exercises.visitors import (
    PATIENCE,
    closed_ones,
    draw_ladder,
    join,
    try_to_say,
)
from labkit.faults import BlackHole
from labkit.transports.contract import Client
from labkit.transports.contract.expected import short_repr

LONG, SHORT = 2.0, 0.06
"""Seconds (scaled) that an answer may take: long where one comes, short where none will."""

CLOSING = 0.05
"""Seconds (scaled) that the library waits for the answer to a close frame."""

PINGS = 3
"""How many of them alice answers before she is believed to stay."""

NO_ANSWER = 4000


class _Visit:
    """Four clients at the server of an answer, and what they have done so far."""

    def __init__(self, child: Bench, answer: Any) -> None:
        self.steps: list[str] = []
        self.people: list[Client] = []
        self._child = child
        self._answer = answer
        self._timeouts: list[float] = []
        self._begun = asyncio.get_running_loop().time()

    async def begin(self) -> None:
        """Serve the answer."""
        self.server = await start_server(self._child, self._handler, "chat", close_timeout=CLOSING)

    def _handler(self, websocket: Any) -> Any:
        timeout = clock.seconds(self._timeouts.pop(0))
        return self._answer(websocket, clock.seconds(INTERVAL), timeout)

    async def join(self, name: str, timeout: float) -> Client:
        """Let somebody join, who must answer in so many seconds."""
        self._timeouts.append(timeout)
        person = await join(self._child, self.server, name)
        self.people.append(person)
        return person

    def most_pings(self) -> float:
        """Return how many pings there may have been by now, with one in each interval."""
        passed = asyncio.get_running_loop().time() - self._begun
        return passed / clock.seconds(INTERVAL) + 1

    async def wrong(self, expected: str, happened: str) -> Outcome:
        """Return the outcome of what was expected and what happened instead."""
        ladder = draw_ladder(self.server, self.people)
        return not_yet(expected, happened, "\n".join(self.steps), ladder)


async def _judge(answer: Any, child: Bench) -> Outcome | None:
    visit = _Visit(child, answer)
    await visit.begin()
    visit.steps.append("alice connects, and answers each 'ping' with 'pong', once slowly")
    alice = await visit.join("alice", LONG)
    with answering(alice):
        return (
            await _judge_a_word(visit, alice)
            or await _judge_silence(visit)
            or await _judge_answers(visit, alice)
            or await _judge_later_words(visit, alice)
        )


async def _judge_a_word(visit: _Visit, alice: Client) -> Outcome | None:
    """Judge what becomes of somebody who says something else when asked."""
    bob = await visit.join("bob", LONG)
    visit.steps.append("bob connects, and says nothing")
    if not await bob.changes.until(partial(is_asked, bob, 1), PATIENCE):
        frames = bob.link.trace.rows(kind="ping")
        what = "only a ping frame, which the library answers by itself" if frames else "nothing"
        return await visit.wrong("After `interval`, bob hears 'ping'.", f"Bob heard {what}.")
    visit.steps.append("bob is sent 'ping', and says 'hello' instead of 'pong'")
    await try_to_say(bob, "hello")
    await alice.changes.until(lambda: "hello" in alice.inbox, PATIENCE)
    if found := await closed_ones(visit.people):
        return await visit.wrong("Any message proves that somebody is there.", found)
    heard = find_words(alice)
    if heard != ["hello"]:
        told = f"Of all words, alice heard {short_repr(heard) if heard else 'none'}."
        return await visit.wrong("Alice hears 'hello', and nothing else.", told)
    if not await bob.changes.until(partial(is_asked, bob, 2), PATIENCE):
        return await visit.wrong("Bob is asked again, after `interval`.", "He was asked once.")
    visit.steps.append("bob is sent 'ping' again, and says 'pong'")
    await try_to_say(bob, "pong")
    return None


async def _judge_silence(visit: _Visit) -> Outcome | None:
    """Judge what becomes of those who do not answer."""
    visit.steps.append("carol connects, and her program hangs: only her library goes on")
    carol = await visit.join("carol", SHORT)
    visit.steps.append("dave connects, and his line leads into a black hole")
    dave = await visit.join("dave", SHORT)
    dave.link.add(BlackHole())
    found = await _judge_ends(visit, carol)
    dave.link.cut()
    await dave.changes.until(lambda: dave.state == "closed", PATIENCE)
    return found


async def _judge_ends(visit: _Visit, carol: Client) -> Outcome | None:
    await carol.changes.until(lambda: carol.state == "closed", INTERVAL + SHORT + PATIENCE)
    expected = f"Carol hears 'ping', and after `timeout` the server closes with {NO_ANSWER}."
    if carol.state != "closed":
        return await visit.wrong(expected, "Carol's connection is still open.")
    asked = "" if count_pings(carol) else "She was not asked. "
    if asked or carol.close_code != NO_ANSWER:
        return await visit.wrong(expected, asked + await closed_ones([carol]))
    within = INTERVAL + SHORT + CLOSING + PATIENCE
    if not await visit.server.changes.until(lambda: visit.server.connection_count <= 2, within):
        return await visit.wrong("Dave's connection is closed, too.", "The server still has it.")
    if told := await closed_ones(visit.people[:2]):
        return await visit.wrong("Those who answered stay.", told)
    return None


async def _judge_answers(visit: _Visit, alice: Client) -> Outcome | None:
    """Judge what becomes of somebody who answers, once slowly."""
    bob = visit.people[1]
    await alice.changes.until(
        lambda: count_pings(alice) >= PINGS or alice.state == "closed", PATIENCE + SLOW
    )
    if told := await closed_ones([alice]):
        return await visit.wrong("Alice answers within `timeout`, and stays.", told)
    if count_pings(alice) < PINGS:
        told = f"She was asked {count_pings(alice)} times, and then no more."
        return await visit.wrong("Alice is asked after each `interval` of silence.", told)
    for person, other, words in ((bob, alice, []), (alice, bob, ["hello"])):
        if find_words(person) != words:
            told = (
                f"{person.name} heard {short_repr(find_words(person)[-1])}, {other.name}'s answer."
            )
            return await visit.wrong("An answer is for the server, and for nobody else.", told)
    if count_pings(alice) > visit.most_pings():
        return await visit.wrong(
            "`interval` passes in silence before she is asked again.",
            "Alice was asked again and again, without a pause.",
        )
    return None


async def _judge_later_words(visit: _Visit, alice: Client) -> Outcome | None:
    """Judge whether those who stay still hear each other, once others have been closed."""
    bob = visit.people[1]
    for number, word in enumerate(("all here?", "good"), 1):  # the first may be her handler's last
        visit.steps.append(f"alice says {word!r}")
        await try_to_say(alice, word)
        await bob.changes.until(partial(has_heard, bob, number), PATIENCE)
        told = await closed_ones([bob, alice])
        if not told and find_words(bob)[number - 1 :] != [word]:
            told = f"Bob heard {short_repr(find_words(bob)) if find_words(bob) else 'nothing'}."
        if told:
            expected = f"Carol and dave are gone; those who stay chat on: bob hears {word!r}."
            return await visit.wrong(expected, told)
    return None


STUB = """
import asyncio

people = set()


async def handler(websocket, interval, timeout): ...
"""

SOLUTION = """
import asyncio

from websockets.asyncio.server import broadcast

people = set()


async def handler(websocket, interval, timeout):
    people.add(websocket)
    asked = False
    try:
        while True:
            try:
                wait = timeout if asked else interval
                message = await asyncio.wait_for(websocket.recv(), wait)
            except TimeoutError:
                if asked:
                    await websocket.close(4000)
                    return
                await websocket.send("ping")
                asked = True
            else:
                asked = False
                if message != "pong":
                    broadcast(people - {websocket}, message)
    finally:
        people.discard(websocket)
"""

PING_FRAMES = SOLUTION.replace('websocket.send("ping")', "websocket.ping()")

SWALLOWED = SOLUTION.replace("                asked = False\n", "").replace(
    """\
                if message != "pong":
                    broadcast(people - {websocket}, message)
""",
    """\
                if not asked:
                    broadcast(people - {websocket}, message)
                asked = False
""",
)

PASSED_ON = SOLUTION.replace('if message != "pong":\n                    broad', "broad").replace(
    "                    broadcast", "                broadcast"
)

JUST_ENDED = SOLUTION.replace("                    await websocket.close(4000)\n", "")

EXERCISE = Exercise(
    id="heartbeats.asks_with_messages",
    title="a heartbeat made of messages",
    task=(
        "The library's heartbeat proves that a *library* answers. Write a chat's `handler` that "
        "asks the program. Each message reaches the others. If a client has been silent for "
        '`interval` seconds, it is sent the message `"ping"`. If it stays silent for `timeout` '
        "more seconds, its connection is closed with 4000. Those who do answer stay, and still "
        'hear each other. Any message proves that somebody is there. Only `"pong"`, the answer, '
        "is not passed on. (The check calls `handler` with its own times.)"
    ),
    stub=STUB,
    hints=(
        "`await asyncio.wait_for(websocket.recv(), seconds)` returns a message, or raises "
        "`TimeoutError`. This loses no message.",
        "There are two waits: `interval` for a client that has not been asked, and `timeout` for "
        "one that has. A variable can hold which of the two it is.",
        "After a message, whichever it was, the client counts as not asked. The message is passed "
        'on unless it is `"pong"`, even if it came instead of an answer.',
        "`await websocket.close(4000)` closes, and then the handler returns. However it ends, its "
        "connection must be out of `people` then: `try: ... finally: ...`, as in notebook 03. "
        "Otherwise the next message to them fails.",
    ),
    solution=SOLUTION,
    mistakes=(
        Mistake(PING_FRAMES, "which the library answers by itself"),
        Mistake(SWALLOWED, "Of all words, alice heard none"),
        Mistake(PASSED_ON, "alice's answer"),
        Mistake(JUST_ENDED, "The server closed carol's connection"),
    ),
    judge=_judge,
    next=(
        "Your server asks. Why might you rather let the clients ask, and what would a page in a "
        "browser need for that?"
    ),
)
