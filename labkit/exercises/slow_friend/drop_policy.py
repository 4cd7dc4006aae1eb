"""A queue for each client that drops the oldest message, and costs a healthy reader nothing."""

from __future__ import annotations

import asyncio
from typing import Any

from labkit.bench.bench import Bench
from labkit.exercises.exercise import Exercise, Mistake
from labkit.exercises.outcome import Outcome, not_yet
from labkit.exercises.visitors import closed_ones, listen, open_chat, stop_line, try_to_say
from labkit.transports.contract import Client

BOUND = 20
"""Messages that a queue holds."""

MOST = 100
"""The newest messages in a row that a slow reader gets at most: those in the queue, and those that
the buffers on the way took last."""

MESSAGES = [f"{number} {'x' * 10_000}" for number in range(1, 201)]
"""What alice says while carol's line stands still: far more than the buffers on the way take."""

BURST = [f"quick {number}" for number in range(1, 101)]
"""What she says at once: the server reads it in one piece."""


async def _judge(answer: Any, child: Bench) -> Outcome | None:
    server, people = await open_chat(child, answer, "alice", "bob", "carol")
    alice, bob, carol = people
    case = "alice, bob and carol connect"
    if found := await closed_ones(people):
        return not_yet("They stay connected.", found, case)
    case += "\ncarol's line stands still\nalice says 200 messages of 10 kB"
    line = stop_line(server, carol)
    talking = asyncio.create_task(_say_all(alice, MESSAGES))
    await listen(bob, lambda: len(bob.inbox) >= len(MESSAGES))
    while_she_stood_still = list(bob.inbox)
    line.remove()
    await listen(carol, lambda: MESSAGES[-1] in carol.inbox)
    if while_she_stood_still != MESSAGES:
        talking.cancel()
        expected = "bob, who reads, hears all 200 in order while carol's line stands still."
        return not_yet(expected, _lost(while_she_stood_still), case)
    await talking
    case += "\ncarol's line goes on"
    if found := await closed_ones(people) or _wrong_for(list(carol.inbox)):
        expected = f"carol's queue keeps the newest {BOUND}, and drops older ones."
        return not_yet(expected, found, case)
    case += "\nalice says 100 short messages at once"
    await _say_all(alice, BURST)
    await listen(bob, lambda: BURST[-1] in bob.inbox)
    if bob.inbox[len(MESSAGES) :] != BURST:
        expected = "A burst costs bob nothing: his writer gets a turn between two messages."
        lost = sum(text not in bob.inbox for text in BURST)
        told = f"bob, who reads, lost {lost} of the 100 short ones." if lost else _MIXED
        return not_yet(expected, told, case)
    return None


async def _say_all(client: Client, texts: list[str]) -> None:
    for text in texts:
        await try_to_say(client, text)


_MIXED = "bob heard them in another order, or some of them twice."


def _lost(heard: list[Any]) -> str:
    """Return what is wrong with what a reader heard, as a sentence."""
    if not heard:
        return "bob heard none of them."
    if heard == MESSAGES[: len(heard)]:
        return "bob heard the first ones, and then nothing more."
    return "bob heard only some of them." if set(MESSAGES) - set(heard) else _MIXED


def _wrong_for(heard: list[Any]) -> str:
    """Return what is wrong with what a slow reader heard, as a sentence, "" if nothing is."""
    if heard == MESSAGES:
        return "carol heard all 200 in the end: the server had kept them all for her."
    newest = 0
    while newest < len(heard) and heard[-1 - newest] == MESSAGES[-1 - newest]:
        newest += 1
    if newest < BOUND:  # also if the newest are dropped: a buffer may take some of the last ones
        return f"carol heard {newest or 'none'} of the newest {BOUND} in a row at the end."
    if newest > MOST:
        return f"carol heard the newest {newest} at the end: more was kept than {BOUND}."
    return ""


STUB = """
import contextlib
from asyncio import Queue, create_task

import websockets

waiting = {}


async def send_waiting(websocket):
    with contextlib.suppress(websockets.ConnectionClosed):
        while True:
            await websocket.send(await waiting[websocket].get())


async def handler(websocket):
    waiting[websocket] = Queue(maxsize=20)
    writer = create_task(send_waiting(websocket))
    ...
    writer.cancel()
"""

BEGIN = (
    STUB.strip().replace("create_task\n", "create_task, sleep\n").partition("    ...")[0]
    + "    try:"
)

END = """    finally:
        del waiting[websocket]
        writer.cancel()"""

SOLUTION = f"""
{BEGIN}
        async for message in websocket:
            for person, queue in waiting.items():
                if person is not websocket:
                    if queue.full():
                        queue.get_nowait()
                    queue.put_nowait(message)
            await sleep(0)
{END}"""

WAITS = f"""
{BEGIN}
        async for message in websocket:
            for person, queue in list(waiting.items()):
                if person is not websocket:
                    await queue.put(message)
{END}"""

UNBOUNDED = f"""
{BEGIN.replace("maxsize=20", "")}
        async for message in websocket:
            for person, queue in waiting.items():
                if person is not websocket:
                    queue.put_nowait(message)
            await sleep(0)
{END}"""

DROPS_THE_NEWEST = f"""
{BEGIN}
        async for message in websocket:
            for person, queue in waiting.items():
                if person is not websocket and not queue.full():
                    queue.put_nowait(message)
            await sleep(0)
{END}"""

GIVES_NO_TURN = SOLUTION.replace("            await sleep(0)\n", "")

EXERCISE = Exercise(
    id="slow_friend.drop_policy",
    title="a queue that drops the oldest",
    task=(
        "Complete `handler`: each message goes into the queue of everybody except its sender. "
        f"A queue holds {BOUND} messages; if one is full, its oldest message is dropped. When "
        "somebody leaves, their queue and writer go, too. In the check, carol's line stands still "
        "while alice says 200 messages, and then goes on; after that, alice says 100 short ones at "
        "once. Bob reads all the time, and must lose none."
    ),
    stub=STUB,
    hints=(
        "Step 6 has nearly all of it: the loop over the messages, inside it one over the queues, "
        "and a `finally` that tidies up.",
        "`await queue.put(...)` waits while the queue is full: then all wait for carol again. "
        "`put_nowait` does not wait; before it, `get_nowait` makes room.",
        "Many short messages arrive in one piece. While a loop takes them without waiting for "
        "anything, no other task runs, so no writer empties its queue.",
        "`await asyncio.sleep(0)` lets all other tasks run once.",
    ),
    solution=SOLUTION,
    mistakes=(
        Mistake(WAITS, "and then nothing more"),
        Mistake(UNBOUNDED, "the server had kept them all for her"),
        Mistake(DROPS_THE_NEWEST, f"of the newest {BOUND} in a row at the end"),
        Mistake(GIVES_NO_TURN, "of the 100 short ones"),
    ),
    judge=_judge,
    next=(
        "Carol has a gap now, and does not know it. What would you send her in place of what was "
        "dropped?"
    ),
)
