"""Which of the four ways suits a task, on a network that may block some of them."""

from __future__ import annotations

from labkit.exercises.calls import Call, judge_calls
from labkit.exercises.exercise import Exercise, Mistake

CALLS = (
    Call((1, False, False, ()), "sse", "because only the server speaks, in text"),
    Call((1, True, False, ()), "websocket", "because the clients speak often"),
    Call((300, False, False, ()), "poll", "because the news may be five minutes old"),
    Call((300, True, True, ("websocket",)), "poll", "because the news may be five minutes old"),
    Call((59, False, False, ()), "sse", "because 59 seconds are less than a minute"),
    Call((60, False, False, ()), "poll", "because a minute is late enough to poll"),
    Call((1, False, True, ()), "websocket", "because events carry text only"),
    Call((1, True, True, ()), "websocket", "because the clients speak often, and in bytes"),
    Call((1, True, False, ("websocket",)), "sse", "because the next best way is not blocked"),
    Call((1, False, False, ("sse",)), "websocket", "because events are blocked, and this is not"),
    Call((1, True, True, ("websocket",)), "longpoll", "because nothing else carries bytes here"),
    Call(
        (1, False, True, ("sse", "websocket")),
        "longpoll",
        "because a long poll is an ordinary request",
    ),
    Call(
        (1, False, False, ("sse", "websocket")),
        "longpoll",
        "because a long poll is an ordinary request",
    ),
)

STUB = """
def pick(delay, both_speak, is_binary, blocked): ...
"""

SOLUTION = """
def pick(delay, both_speak, is_binary, blocked):
    if delay >= 60:
        return "poll"
    ways = ["websocket", "sse"] if both_speak else ["sse", "websocket"]
    for way in ways:
        if way not in blocked and not (way == "sse" and is_binary):
            return way
    return "longpoll"
"""

ALWAYS_A_WEBSOCKET = """
def pick(delay, both_speak, is_binary, blocked):
    if "websocket" not in blocked:
        return "websocket"
    return "sse" if "sse" not in blocked else "longpoll"
"""

NO_DELAY = SOLUTION.replace('    if delay >= 60:\n        return "poll"\n', "")

EVENTS_FOR_BYTES = SOLUTION.replace(' and not (way == "sse" and is_binary)', "")

STRAIGHT_TO_LONG_POLLING = """
def pick(delay, both_speak, is_binary, blocked):
    if delay >= 60:
        return "poll"
    way = "websocket" if both_speak or is_binary else "sse"
    return "longpoll" if way in blocked else way
"""

EXERCISE = Exercise(
    id="four_ways.picks_a_way",
    title="pick a way",
    task=(
        'Write `pick`, which returns "poll", "longpoll", "sse" or "websocket". If `delay`, the '
        "seconds by which news may be late, is 60 or more, poll. Otherwise, if `both_speak`, a "
        "WebSocket is the best way, and events come second; if only the server speaks, it is the "
        "other way round. Events cannot carry bytes (`is_binary`), and a way in `blocked` cannot "
        "be used. If neither of the two is left, there is long polling, which needs ordinary "
        "requests alone."
    ),
    stub=STUB,
    hints=(
        "Decide the simplest case first: what does not depend on the network?",
        'Put the two candidates into a list, the better one first: `["websocket", "sse"]` or the '
        "other way round. A loop then takes the first one that is possible.",
        'A way is possible if it is not in `blocked`, and not "sse" for bytes.',
    ),
    solution=SOLUTION,
    mistakes=(
        Mistake(ALWAYS_A_WEBSOCKET, "because only the server speaks, in text"),
        Mistake(NO_DELAY, "because the news may be five minutes old"),
        Mistake(EVENTS_FOR_BYTES, "because events carry text only"),
        Mistake(STRAIGHT_TO_LONG_POLLING, "because the next best way is not blocked"),
    ),
    judge=judge_calls("pick", CALLS),
    next=(
        "A program rarely knows in advance what the network blocks. How could it find out? "
        "(Notebook 09 does.)"
    ),
)
