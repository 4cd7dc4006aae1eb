"""A trading screen: how many deliveries a second one process can pay for."""

from __future__ import annotations

from typing import Any

from labkit.exercises.court.brief import Case, judge_by
from labkit.exercises.exercise import Exercise, Mistake


def _case(why: str, wanted: str | None, *numbers: Any) -> Case:
    names = ("cpu", "screens", "rate", "share")
    return Case(dict(zip(names, numbers, strict=True)), wanted, why)


CASES = (
    _case(
        "10 screens and 10 changes are 100 deliveries a second, and both can pay for them.",
        "socketio",
        {"websocket": 10.0, "socketio": 40.0},
        10,
        10,
        0.5,
    ),
    _case(
        "A second has 1 000 000 us, of which a share of 0.6 is 600 000, and 20 000 deliveries on "
        "Socket.IO need 800 000.",
        "websocket",
        {"websocket": 10.0, "socketio": 40.0},
        1,
        20_000,
        0.6,
    ),
    _case(
        "A share of 1 is the whole second, and 25 000 deliveries on Socket.IO need just that.",
        "socketio",
        {"websocket": 10.0, "socketio": 40.0},
        1,
        25_000,
        1.0,
    ),
    _case(
        "Each change goes to each screen: 500 times 40 deliveries a second, of 40 us on Socket.IO.",
        "websocket",
        {"websocket": 10.0, "socketio": 40.0},
        500,
        40,
        0.6,
    ),
    _case(
        "80 000 deliveries need 800 000 us even on raw WebSocket, which is more than 600 000.",
        None,
        {"websocket": 10.0, "socketio": 40.0},
        800,
        100,
        0.6,
    ),
    _case(
        "On this machine the two cost nearly the same, and both can pay.",
        "socketio",
        {"websocket": 8.0, "socketio": 9.0},
        500,
        100,
        0.5,
    ),
    _case(
        "On this machine Socket.IO costs less, and raw WebSocket cannot pay.",
        "socketio",
        {"websocket": 30.0, "socketio": 20.0},
        500,
        40,
        0.5,
    ),
)

STUB = """
def choose_for_screens(cpu, screens, rate, share): ...
"""

SOLUTION = """
def choose_for_screens(cpu, screens, rate, share):
    deliveries = screens * rate
    for stack in ("socketio", "websocket"):
        if deliveries * cpu[stack] <= share * 1_000_000:
            return stack
    return None
"""

FORGETS_THE_SCREENS = SOLUTION.replace("screens * rate", "rate")
FORGETS_THE_SHARE = SOLUTION.replace("share * 1_000_000", "1_000_000")
THE_CHEAPEST = """
def choose_for_screens(cpu, screens, rate, share):
    best = min(cpu, key=cpu.get)
    return best if screens * rate * cpu[best] <= share * 1_000_000 else None
"""

EXERCISE = Exercise(
    id="court.trading_screen",
    title="a trading screen",
    task=(
        "Prices change `rate` times a second, and each change is delivered to each of `screens`"
        " screens by one process. Its processor may be busy for at most a `share` of the time "
        "(0.6 is 60 %). `cpu` says how many microseconds of it a delivery costs, by stack, as "
        'you measured them: `{"websocket": 10.0, "socketio": 40.0}`. Write '
        "`choose_for_screens`, which returns the stack. If both can do it, the team wants "
        '`"socketio"`. If neither can, return `None`: then it takes more than one process.'
    ),
    stub=STUB,
    hints=(
        "How many deliveries a second are there? How many microseconds has a second?",
        "A stack can do it if `screens * rate * cpu[stack]` microseconds are at most `share` of a "
        "million.",
    ),
    solution=SOLUTION,
    mistakes=(
        Mistake(FORGETS_THE_SCREENS, "Each change goes to each screen"),
        Mistake(FORGETS_THE_SHARE, "of which a share of 0.6 is 600 000"),
        Mistake(THE_CHEAPEST, "100 deliveries a second, and both can pay"),
    ),
    judge=judge_by(*CASES),
    next=(
        "A screen shows at most 60 pictures a second. What if only the newest price of each "
        "picture were sent (notebook 04)?"
    ),
)
