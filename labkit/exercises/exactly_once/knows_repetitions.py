"""A server stores a repeated message once, and acknowledges it each time."""

from __future__ import annotations

import json
from collections.abc import Callable
from itertools import count
from typing import Any

from labkit.bench.bench import Bench
from labkit.bench.starting import open_client, start_server
from labkit.delivery import Back, CutAtMessage, Promise, Say, run, workload
from labkit.delivery.step import Step
from labkit.delivery.steps import Steps
from labkit.exercises.exactly_once.repeats_until_stored import EXERCISE as REPEATS
from labkit.exercises.exercise import Exercise, Mistake
from labkit.exercises.outcome import Outcome, not_yet
from labkit.exercises.runs import explain_run
from labkit.exercises.tried import tries
from labkit.exercises.visitors import heard_by

PROMISE = Promise("exactly once", acknowledged=True)

CASES: tuple[list[Step] | Steps, ...] = (
    [Say("alice"), Say("alice")],
    [Say("alice"), CutAtMessage("alice", direction="downstream"), Say("alice"), Back("alice")],
    *(workload(clients=3, messages=12, cuts=3, seed=seed) for seed in range(8)),
)

EXPECTED = "Each message is stored once, and acknowledged each time that it comes."


def _keyed_senders() -> Callable[[Any], Any]:
    """Return what makes senders that repeat a message with its key: a number of their own."""
    sender: Any = REPEATS.answer_of(REPEATS.solution)
    clients, numbers = count(1), count(1)

    class Keyed(sender):  # type: ignore[misc]
        """A sender that says a key before each text."""

        def __init__(self, connect: Any) -> None:
            super().__init__(connect)
            self.name = f"client {next(clients)}"

        async def say(self, text: str) -> None:
            """Say the text with its key until that is stored."""
            await super().say(json.dumps([f"{self.name}, message {next(numbers)}", text]))

    return Keyed


async def _judge(answer: Any, child: Bench) -> Outcome | None:
    if told := await _judge_equal_texts(answer, child):
        return told
    for steps in CASES:
        found = await run(answer, steps, PROMISE, sender=_keyed_senders())
        if told_of := explain_run(found):
            return not_yet(EXPECTED, *told_of)
    return None


async def _judge_equal_texts(answer: Any, child: Bench) -> Outcome | None:
    """Two messages with the same text are two messages; two with the same key are one."""
    tries("`make_server` returns `handler` and `stored`.", ["make_server()"])
    handler, stored = answer()
    expected = "Two keys are two messages, also with the same text."
    steps = [f'alice says ["{key}", "hello"]' for key in ("key 1", "key 2", "key 1")]
    case = "\n".join(steps)
    tries(expected, steps)
    server = await start_server(child, handler, "store")
    alice = await open_client(child, server, "alice")
    for number, key in enumerate(("key 1", "key 2", "key 1"), start=1):
        await alice.say(json.dumps([key, "hello"]))
        await heard_by(alice, number)
    texts = list(await stored())
    answers = list(alice.inbox)
    if texts != ["hello", "hello"]:
        return not_yet(expected, f"Stored is {texts!r:.80}.", case)
    if len(answers) != 3:
        return not_yet(EXPECTED, f"Of three, {len(answers)} were acknowledged.", case)
    if set(answers) != {"stored"}:
        return not_yet("The answer is 'stored'.", f"It is {answers[0]!r:.80}.", case)
    return None


STUB = """
import json


def make_server():
    messages = []

    async def handler(websocket): ...  # json.loads of each message is a key and a text

    async def stored():
        return messages

    return handler, stored
"""

DOTS = " ...  # json.loads of each message is a key and a text\n"

READS = """\
        async for message in websocket:
            key, text = json.loads(message)
"""


def _with_body(before: str, body: str, in_handler: str = "") -> str:
    made = STUB.replace("    messages = []\n", f"    messages = []\n{before}")
    return made.replace(DOTS, f"\n{in_handler}{READS}{body}")


SOLUTION = _with_body(
    "    keys = set()\n",
    """\
            if key not in keys:
                keys.add(key)
                messages.append(text)
            await websocket.send("stored")
""",
)

STORES_ALL = _with_body(
    "",
    """\
            messages.append(text)
            await websocket.send("stored")
""",
)

BY_TEXT = _with_body(
    "",
    """\
            if text not in messages:
                messages.append(text)
            await websocket.send("stored")
""",
)

SILENT_TO_REPETITIONS = _with_body(
    "    keys = set()\n",
    """\
            if key not in keys:
                keys.add(key)
                messages.append(text)
                await websocket.send("stored")
""",
)

KEYS_OF_A_CONNECTION = _with_body(
    "",
    """\
            if key not in keys:
                keys.add(key)
                messages.append(text)
            await websocket.send("stored")
""",
    "        keys = set()\n",
)

EXERCISE = Exercise(
    id="exactly_once.knows_repetitions",
    title="a server that knows repetitions",
    task=(
        "Complete the handler. Each message comes with a key, which is the same when it is said "
        "again, even over another connection. Put each text into `messages` once, and answer "
        "`stored` each time. The check brings a right sender of its own, breaks lines "
        "under many seeds, and looks at what `stored()` returns. It calls `make_server` for each "
        "run, so each begins with an empty memory."
    ),
    stub=STUB,
    hints=(
        "The handler needs a memory of the keys that it has seen.",
        "A repetition comes over another connection, for which the handler is called again. So "
        "the memory belongs beside `messages`, not inside the handler.",
        "A repetition is acknowledged, too. Its sender repeats it because it did not get the first "
        "answer.",
    ),
    solution=SOLUTION,
    mistakes=(
        Mistake(STORES_ALL, "Stored is ['hello', 'hello', 'hello']"),
        Mistake(BY_TEXT, "Stored is ['hello']"),
        Mistake(SILENT_TO_REPETITIONS, "Of three, 2 were acknowledged"),
        Mistake(KEYS_OF_A_CONNECTION, "twice"),
    ),
    judge=_judge,
    next=(
        "The set of keys grows for ever. How long does a server have to remember a key, if a "
        "client may be in a tunnel, or in a drawer for a year?"
    ),
)
