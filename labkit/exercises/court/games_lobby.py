"""The lobby of a multiplayer game: what is fast enough, and then the least to write."""

from __future__ import annotations

from typing import Any

from labkit.exercises.court.brief import Case, judge_by
from labkit.exercises.exercise import Exercise, Mistake

LINES = {
    "broadcast": {"websocket": 14, "socketio": 8},
    "rooms": {"websocket": 22, "socketio": 12},
    "acknowledgement": {"websocket": 25, "socketio": 9},
    "fallback": {"websocket": 60, "socketio": 0},
}
LATENCY = {"websocket": 0.2, "socketio": 0.4}


def _case(why: str, wanted: str | None, *numbers: Any) -> Case:
    names = ("needs", "lines", "latency", "distance", "limit")
    return Case(dict(zip(names, numbers, strict=True)), wanted, why)


CASES = (
    _case(
        "50 ms of distance and less than 1 ms of the stack are within 80 ms on both, and rooms "
        "take fewer lines on Socket.IO.",
        "socketio",
        ["rooms", "broadcast"],
        LINES,
        LATENCY,
        50.0,
        80.0,
    ),
    _case(
        "The distance counts, too: 90 ms alone are more than 80 ms, on any stack.",
        None,
        ["rooms"],
        LINES,
        LATENCY,
        90.0,
        80.0,
    ),
    _case(
        "Only what the lobby needs has to be written, and its one feature is shorter on raw "
        "WebSocket.",
        "websocket",
        ["broadcast"],
        {**LINES, "broadcast": {"websocket": 8, "socketio": 9}},
        LATENCY,
        20.0,
        80.0,
    ),
    _case(
        "In one room of a data centre, with 0.3 ms as the limit, Socket.IO is too slow.",
        "websocket",
        ["rooms", "acknowledgement"],
        LINES,
        LATENCY,
        0.0,
        0.3,
    ),
    _case(
        "80 ms are at most 80 ms, so both are fast enough.",
        "socketio",
        ["rooms"],
        LINES,
        {"websocket": 0.25, "socketio": 0.5},
        79.5,
        80.0,
    ),
    _case(
        "The sum over all that is needed decides: 26 lines against 20.",
        "socketio",
        ["broadcast", "rooms"],
        {**LINES, "broadcast": {"websocket": 4, "socketio": 8}, "rooms": LINES["rooms"]},
        LATENCY,
        20.0,
        80.0,
    ),
)

STUB = """
def choose_for_lobby(needs, lines, latency, distance, limit): ...
"""

SOLUTION = """
def choose_for_lobby(needs, lines, latency, distance, limit):
    def to_write(stack):
        return sum(lines[feature][stack] for feature in needs)

    fast = [stack for stack in latency if distance + latency[stack] <= limit]
    return min(fast, key=to_write, default=None)
"""

FORGETS_THE_DISTANCE = SOLUTION.replace("distance + latency[stack]", "latency[stack]")
EVERY_FEATURE = SOLUTION.replace("for feature in needs", "for feature in lines")
THE_FASTEST = SOLUTION.replace("key=to_write", "key=latency.get")
ONE_FEATURE = SOLUTION.replace("sum(", "min(")

EXERCISE = Exercise(
    id="court.games_lobby",
    title="the lobby of a multiplayer game",
    task=(
        "A lobby `needs` some features, by name. `lines` says how many lines each takes, by "
        'stack: `lines["rooms"]["socketio"]`. A message must be answered after at most `limit` '
        "ms: `distance` ms are spent on the way there and back, and `latency` has the ms that a"
        " round trip takes on each stack without any distance. Write `choose_for_lobby`, which "
        "returns the stack with the fewest lines for what is needed, among those that are fast "
        "enough; `None` if none is."
    ),
    stub=STUB,
    hints=(
        "First leave out what is too slow: `distance + latency[stack]` against `limit`.",
        "Then add up the lines of the features in `needs`, stack by stack: `sum(...)`. "
        "`min(stacks, key=..., default=None)` does the rest.",
    ),
    solution=SOLUTION,
    mistakes=(
        Mistake(FORGETS_THE_DISTANCE, "The distance counts, too"),
        Mistake(EVERY_FEATURE, "Only what the lobby needs"),
        Mistake(THE_FASTEST, "rooms take fewer lines on Socket.IO"),
        Mistake(ONE_FEATURE, "The sum over all that is needed"),
    ),
    judge=judge_by(*CASES),
    next=(
        "In the game itself, positions go out 30 times a second. Would you choose the same stack "
        "for them? You may use two."
    ),
)
