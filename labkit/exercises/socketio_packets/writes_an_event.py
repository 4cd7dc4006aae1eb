"""The packet of an event, with any arguments, an acknowledgement's id and a namespace."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from labkit.bench.bench import Bench
from labkit.exercises.exercise import Exercise, Mistake
from labkit.exercises.outcome import Outcome, not_yet
from labkit.exercises.tried import tries
from labkit.transports.contract.expected import short_repr


@dataclass(frozen=True)
class _Case:
    """An event, and what stands in front of its JSON, in words why."""

    event: str
    arguments: tuple[Any, ...]
    ack: int | None
    namespace: str
    head: str
    why: str

    @property
    def call(self) -> str:
        values = (self.event, self.arguments, self.ack, self.namespace)
        return f"write_event({', '.join(map(repr, values))})"

    @property
    def content(self) -> list[Any]:
        return [self.event, *self.arguments]

    @property
    def packet(self) -> str:
        content = json.dumps(self.content, ensure_ascii=False, separators=(",", ":"))
        return f"{self.head}{content}"


CHAT = "chat message"

CASES = (
    _Case(CHAT, ("hello",), None, "/", "42", "an event that asks for nothing"),
    _Case("move", ("knight", "f3"), None, "/", "42", "with two arguments"),
    _Case("move", (["knight", "f3"],), None, "/", "42", "with one argument, which is a list"),
    _Case("typing", (), None, "/", "42", "with no arguments"),
    _Case(CHAT, ("Grüße 👋",), None, "/", "42", "with letters that are not ASCII"),
    _Case(CHAT, ('she said "no"\n',), None, "/", "42", "with a quotation mark and a line end"),
    _Case("set", (None, True, 1.5, {"a": []}), None, "/", "42", "with values that are not text"),
    _Case(CHAT, ("hello",), 7, "/", "427", "because 7 is the id of the acknowledgement"),
    _Case(CHAT, ("hello",), 0, "/", "420", "because 0 is an id like any other"),
    _Case(CHAT, ("hello",), None, "/news", "42/news,", "because the namespace is not /"),
    _Case(CHAT, ("hello",), 12, "/news", "42/news,12", "because the namespace comes before the id"),
)


async def _judge(answer: Any, child: Bench) -> Outcome | None:
    for case in CASES:
        expected = f"{short_repr(case.packet)}, {case.why}."
        tries(expected, [case.call])
        found = answer(case.event, case.arguments, case.ack, case.namespace)
        if wrong := _wrong(found, case):
            return not_yet(expected, wrong, case.call)
    return None


def _wrong(found: Any, case: _Case) -> str:
    """Return what is wrong with a packet, as a sentence, "" if nothing is.

    JSON may be written in several ways: with spaces, with other letters than ASCII or without.
    """
    told = f"It returned {short_repr(found)}"
    if isinstance(found, bytes):
        return f"{told}: bytes would be an attachment, so a packet is text."
    if not isinstance(found, str):
        return f"{told}, which is not text."
    head, bracket, rest = found.partition("[")
    try:
        content = json.loads(bracket + rest)
    except ValueError:
        return f"{told}: what begins with the bracket is not JSON."
    plain = head.removeprefix("42/,")  # the namespace / may be named, and seldom is
    head = head if plain == head else f"42{plain}"
    if (head, json.dumps(content)) == (case.head, json.dumps(case.content)):
        return ""
    return f"{told}."


STUB = """
def write_event(event, arguments, ack=None, namespace="/"): ...
"""

SOLUTION = """
import json


def write_event(event, arguments, ack=None, namespace="/"):
    packet = "42"
    if namespace != "/":
        packet += namespace + ","
    if ack is not None:
        packet += str(ack)
    return packet + json.dumps([event, *arguments])
"""

BY_HAND = SOLUTION.replace(
    "json.dumps([event, *arguments])",
    """str([event, *arguments]).replace("'", '"')""",
)

ONE_LIST = SOLUTION.replace("*arguments", "arguments")

NO_ZERO = SOLUTION.replace("if ack is not None", "if ack")

ID_FIRST = """
import json


def write_event(event, arguments, ack=None, namespace="/"):
    number = "" if ack is None else str(ack)
    place = "" if namespace == "/" else namespace + ","
    return "42" + number + place + json.dumps([event, *arguments])
"""

EXERCISE = Exercise(
    id="socketio_packets.writes_an_event",
    title="write the packet of any event",
    task=(
        "In step 4 you sent a packet that you had typed. Write `write_event`, which returns the "
        "packet of any event, as text. `arguments` is a tuple. `ack` is the id of the "
        "acknowledgement that the sender wants, an integer from 0, or `None` if it wants none. A "
        "`namespace` other than `/` comes before that, followed by a comma (notebook 07, step 6). "
        "Any way to write the JSON is right, as long as it is JSON."
    ),
    stub=STUB,
    hints=(
        "The parts, in this order: `42`, the namespace and a comma, the id, the JSON. The two in "
        "the middle may be missing.",
        "The JSON is *one* list: the event's name, followed by each argument. `[event, "
        "*arguments]` makes it from a tuple.",
        "`json.dumps`, after `import json`, takes care of quotation marks, line ends and other "
        "alphabets. 0 is false in Python, but a valid id here: test for `is not None`.",
    ),
    solution=SOLUTION,
    mistakes=(
        Mistake(ONE_LIST, """It returned '42["chat message", ["hello"]]'"""),
        Mistake(BY_HAND, "what begins with the bracket is not JSON"),
        Mistake(NO_ZERO, "because 0 is an id like any other"),
        Mistake(ID_FIRST, "because the namespace comes before the id"),
    ),
    judge=_judge,
    next=(
        "The receiver reads the id up to the bracket. What would it read if the first argument of "
        "an event could be a bare number, outside a list?"
    ),
)
