"""Telemetry from many devices: memory of the server, and each device's data plan."""

from __future__ import annotations

from typing import Any

from labkit.exercises.court.brief import Case, judge_by
from labkit.exercises.exercise import Exercise, Mistake

MEMORY = {"websocket": 13.5, "websocket deflate": 52.7, "socketio": 37.6}
IDLE = {"websocket": 2880, "websocket deflate": 2880, "socketio": 1440}


def _case(why: str, wanted: list[str], *numbers: Any) -> Case:
    names = ("memory", "idle", "devices", "server", "plan")
    return Case(dict(zip(names, numbers, strict=True)), wanted, why)


CASES = (
    _case(
        "One server carries all 10 000 devices, 132 MiB on raw WebSocket, but each device has a "
        "data plan for itself.",
        ["websocket"],
        MEMORY,
        IDLE,
        10_000,
        200.0,
        10.0,
    ),
    _case(
        "10 000 devices take 132, 515 and 367 MiB, and all three fit into 1000 MiB; the lightest "
        "is first.",
        ["websocket", "socketio", "websocket deflate"],
        MEMORY,
        IDLE,
        10_000,
        1000.0,
        10.0,
    ),
    _case(
        "10 000 devices take 132, 515 and 367 MiB; compression is too heavy for 400 MiB.",
        ["websocket", "socketio"],
        MEMORY,
        IDLE,
        10_000,
        400.0,
        10.0,
    ),
    _case(
        "A month has 720 hours: 2880 bytes an hour are 2.07 MB, and 1440 are 1.04 MB.",
        ["socketio"],
        MEMORY,
        IDLE,
        10_000,
        400.0,
        2.0,
    ),
    _case(
        "A KiB is 1024 bytes and a MiB is 1024 KiB: 10 000 times 13.5 KiB are 131.8 MiB, which fit "
        "into 133.",
        ["websocket"],
        MEMORY,
        IDLE,
        10_000,
        133.0,
        10.0,
    ),
    _case(
        "A month of 30 days has 720 hours, in which 2880 bytes an hour are less than 2.1 MB.",
        ["websocket", "socketio"],
        MEMORY,
        IDLE,
        10_000,
        400.0,
        2.1,
    ),
    _case(
        "1024 devices of 10 KiB fit into 10 MiB, just so.",
        ["websocket"],
        {**MEMORY, "websocket": 10.0},
        IDLE,
        1024,
        10.0,
        10.0,
    ),
    _case("Nothing fits into 100 MiB.", [], MEMORY, IDLE, 10_000, 100.0, 10.0),
)

STUB = """
def choose_for_devices(memory, idle, devices, server, plan): ...
"""

SOLUTION = """
def choose_for_devices(memory, idle, devices, server, plan):
    def fits(way):
        heaviest = devices * memory[way] / 1024
        month = 24 * 30 * idle[way] / 1_000_000
        return heaviest <= server and month <= plan

    return sorted(filter(fits, memory), key=memory.get)
"""

ALL_ON_ONE_PLAN = SOLUTION.replace("24 * 30 *", "24 * 30 * devices *")
A_DAY = SOLUTION.replace("24 * 30 *", "24 *")
THOUSANDS = SOLUTION.replace("memory[way] / 1024", "memory[way] / 1000")
ONLY_THE_BEST = SOLUTION.replace("key=memory.get)", "key=memory.get)[:1]")

EXERCISE = Exercise(
    id="court.telemetry",
    title="telemetry from 10 000 devices",
    task=(
        "`devices` devices stay connected to one server; ignore what little they say. `memory` "
        "has the KiB of a connection on each way, `idle` the bytes that an idle connection "
        "moves in an hour. The server has `server` MiB (1 MiB is 1024 KiB) for its connections,"
        " and each device may move `plan` MB (millions of such bytes) in a month of 30 days. "
        "Write `choose_for_devices`, which returns a list of all ways that fit both, the one "
        "with the least memory first; `[]` if none does."
    ),
    stub=STUB,
    hints=(
        "Two sums: KiB of all devices together, in MiB; bytes of one device in 24 * 30 hours, in "
        "MB.",
        "A MiB is 1024 KiB, and a MB is 1 000 000 bytes. `sorted(ways, key=memory.get)` puts the "
        "least memory first.",
    ),
    solution=SOLUTION,
    mistakes=(
        Mistake(ALL_ON_ONE_PLAN, "each device has a data plan for itself"),
        Mistake(A_DAY, "A month has 720 hours"),
        Mistake(THOUSANDS, "a MiB is 1024 KiB"),
        Mistake(ONLY_THE_BEST, "all three fit into 1000 MiB"),
    ),
    judge=judge_by(*CASES),
    next=(
        "The bytes of an idle hour follow from each library's default interval. Who in the network "
        "sets the longest interval that you may choose (notebook 05)?"
    ),
)
