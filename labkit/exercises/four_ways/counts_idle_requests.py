"""How many requests silent clients send."""

from __future__ import annotations

from labkit.exercises.calls import Call, judge_calls
from labkit.exercises.exercise import Exercise, Mistake

CALLS = (
    Call(("poll", 1, 60, 5), 12, "one request in each 5 s"),
    Call(("poll", 1000, 60, 1), 60_000, "because each client asks by itself"),
    Call(("longpoll", 10, 75, 25), 30, "because each of 10 asks again when a hold is over"),
    Call(("longpoll", 3, 24, 25), 0, "because no hold is over yet"),
    Call(("poll", 2, 59, 15), 6, "because a request that is not due yet does not count"),
    Call(("sse", 1000, 3600, 15), 0, "because a stream stands open: a comment is not a request"),
    Call(
        ("websocket", 1000, 3600, 5), 0, "because a connection stands open: a ping is not a request"
    ),
)

STUB = """
def idle_requests(way, clients, seconds, period): ...
"""

SOLUTION = """
def idle_requests(way, clients, seconds, period):
    if way in ("sse", "websocket"):
        return 0
    return clients * (seconds // period)
"""

ONE_CLIENT = SOLUTION.replace("clients * (seconds // period)", "seconds // period")

A_HELD_REQUEST_IS_FREE = SOLUTION.replace('way in ("sse", "websocket")', 'way != "poll"')

FRACTIONS = SOLUTION.replace("clients * (seconds // period)", "round(clients * seconds / period)")

HEARTBEATS_ARE_REQUESTS = """
def idle_requests(way, clients, seconds, period):
    return clients * (seconds // period)
"""

EXERCISE = Exercise(
    id="four_ways.counts_idle_requests",
    title="what silence costs",
    task=(
        "Write `idle_requests`, which returns how many requests are sent while nobody speaks. "
        "`clients` is the number of clients, `seconds` how long the silence lasts. `period`, also "
        "in seconds, is the time between two polls, the time for which a long poll is held, or the "
        "time from one heartbeat to the next. All clients begin together, and a request that is "
        "not due yet does not count: 59 s contain three periods of 15 s."
    ),
    stub=STUB,
    hints=(
        "Which of the four ways sends requests at all while nobody speaks? Look at step 8.",
        "Count whole periods for one client: `//` divides and rounds down.",
    ),
    solution=SOLUTION,
    mistakes=(
        Mistake(ONE_CLIENT, "because each client asks by itself"),
        Mistake(A_HELD_REQUEST_IS_FREE, "because each of 10 asks again"),
        Mistake(FRACTIONS, "because no hold is over yet"),
        Mistake(HEARTBEATS_ARE_REQUESTS, "a comment is not a request"),
    ),
    judge=judge_calls("idle_requests", CALLS),
    next=(
        "Take the bytes of one exchange from step 1: how much does the silence of a thousand "
        "clients cost in a day if they poll every second?"
    ),
)
