"""Every order is acknowledged, also one that is refused or makes no sense."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from labkit.bench.bench import Bench
from labkit.exercises.events import Answer, EventTrial, Heard
from labkit.exercises.exercise import Exercise, Mistake
from labkit.exercises.outcome import Outcome
from labkit.exercises.tried import tries
from labkit.transports.contract.expected import short_repr


@dataclass(frozen=True)
class _Order:
    """An order; how many are left if it is taken, None if it is refused, and why.

    One that is `later` depends on the earlier orders of the same thing: the case has these, too.
    """

    arguments: tuple[Any, ...]
    left: int | None
    why: str
    later: bool = False


ORDERS = (
    _Order(("coffee", 2), 1, "there were 3"),
    _Order(("coffee", 2), None, "only 1 is left", later=True),
    _Order(("coffee", 1), 0, "what was refused is still there", later=True),
    _Order(("milk", 1), None, "there never was any milk"),
    _Order(("tea", 0), None, "nobody orders 0"),
    _Order(("tea", -1), None, "less than nothing cannot be ordered"),
    _Order(("tea", 0.5), None, "a half is not a whole number"),
    _Order(("tea", "1"), None, "a text is not a number"),
    _Order(("tea", None), None, "nothing is not a number"),
    _Order((["tea"], 1), None, "a list is not the name of anything"),
    _Order(("tea",), None, "the number is missing"),
    _Order(("tea", 1, "please"), None, "there is an argument too many"),
    _Order((), None, "both arguments are missing"),
    _Order(("tea", 1), 0, "none of what was refused has changed anything", later=True),
)

STOCK = {"coffee": 3, "tea": 1}
"""What there is at first."""


async def _judge(answer: Any, child: Bench) -> Outcome | None:
    tries("`make_shop` returns a server.", [f"make_shop({STOCK})"])
    trial = await EventTrial.open(child, answer(dict(STOCK)), "alice", "bob")
    people = [*trial.steps]
    for number, order in enumerate(ORDERS):
        earlier = ORDERS[:number] if order.later else ()
        before = [each for each in earlier if each.arguments[:1] == order.arguments[:1]]
        trial.steps[:] = [
            *people,
            *(trial.emitted("alice", "order", *each.arguments) for each in before),
        ]
        found = await trial.emit("alice", "order", *order.arguments)
        if happened := found.silence or _wrong(found, order):
            return trial.not_yet(_expected(order), happened)
        what = ", ".join(map(json.dumps, order.arguments))
        wanted: Heard = {} if order.left is None else {"bob": [f"ordered({what})"]}
        if difference := await trial.find_difference(wanted):
            hears = "Nobody hears of it" if order.left is None else f"bob hears ordered({what})"
            return trial.not_yet(f"{hears}: {order.why}.", difference)
    return None


def _expected(order: _Order) -> str:
    if order.left is None:
        return f'It is acknowledged with {{"ok": False, "error": "..."}}: {order.why}.'
    return f'It is acknowledged with {{"ok": True, "left": {order.left}}}: {order.why}.'


def _wrong(found: Answer, order: _Order) -> str:
    """Return what is wrong with an acknowledgement, as a sentence, "" if nothing is."""
    match found.value:
        case {"ok": False, "error": str(error)} if order.left is None and error.strip():
            return ""
        case {"ok": True, "left": int(left)} if left == order.left:
            return ""
        case tuple():
            return f"It was acknowledged with several values: {short_repr(found.value)}."
    return f"It was acknowledged with {short_repr(found.value)}."


STUB = """
import socketio


def make_shop(stock):
    sio = socketio.AsyncServer(async_mode="aiohttp")

    @sio.on("order")
    async def order(sid, what, number): ...

    return sio
"""

SOLUTION = """
import socketio


def make_shop(stock):
    sio = socketio.AsyncServer(async_mode="aiohttp")

    @sio.on("order")
    async def order(sid, *arguments):
        try:
            what, number = arguments
            left = stock[what] - number
        except (KeyError, TypeError, ValueError):
            return {"ok": False, "error": "order what there is, and how many"}
        if type(number) is not int or number < 1 or left < 0:
            return {"ok": False, "error": f"order 1 to {stock[what]} of it"}
        stock[what] = left
        await sio.emit("ordered", (what, number), skip_sid=sid)
        return {"ok": True, "left": left}

    return sio
"""

RAISES = SOLUTION.replace(
    'return {"ok": False, "error": f"order 1 to {stock[what]} of it"}',
    'raise ValueError(f"order 1 to {stock[what]} of it")',
)

TAKES_FIRST = SOLUTION.replace("        stock[what] = left\n", "").replace(
    "        if type(number)", "        stock[what] = left\n        if type(number)"
)

BELOW_ZERO = SOLUTION.replace("number < 1", "number == 0")

TWO_ARGUMENTS = SOLUTION.replace("order(sid, *arguments)", "order(sid, what, number)").replace(
    "            what, number = arguments\n", ""
)

EXERCISE = Exercise(
    id="rooms.says_no",
    title="an acknowledgement that says no",
    task=(
        "A handler that fails is silent: the caller knows nothing. Complete the handler of "
        "`order` so that *every* order is acknowledged. `stock` says how many of each there are, "
        'such as `{"coffee": 3, "tea": 1}`. If there are enough, take them out of it, emit '
        '`ordered` with both arguments to the others, and return `{"ok": True, "left": 1}`, with '
        'what is left. Otherwise change nothing, emit nothing, and return `{"ok": False, "error": '
        '"..."}`, with a reason. Clients emit anything, with too few or too many arguments; a '
        "valid number is whole, from 1."
    ),
    stub=STUB,
    hints=(
        "First decide, then act: every `return` that says no comes before the first line that "
        "changes something.",
        "A client that emits `order` with one argument calls `order(sid, what)`, which fails "
        "before its first line. `async def order(sid, *arguments)` takes any number of them.",
        "`what, number = arguments` raises `ValueError` unless there are two. `stock[what]` raises "
        "`KeyError`, or `TypeError` for a list. `except (KeyError, TypeError, ValueError):` "
        "catches them all.",
        "`type(number) is int` is false for a text, for 0.5 and for `None`.",
    ),
    solution=SOLUTION,
    mistakes=(
        Mistake(RAISES, "only 1 is left"),
        Mistake(TAKES_FIRST, "what was refused is still there"),
        Mistake(BELOW_ZERO, "less than nothing cannot be ordered"),
        Mistake(TWO_ARGUMENTS, "the number is missing"),
    ),
    judge=_judge,
    next=(
        "Alice's acknowledgement is lost on the way, and she orders again. How could the server "
        "know that it is the same order?"
    ),
)
