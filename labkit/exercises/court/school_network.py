"""A chat for a school's network: what gets through its middleboxes, and costs least."""

from __future__ import annotations

from typing import Any

from labkit.exercises.court.brief import Case, judge_by
from labkit.exercises.exercise import Exercise, Mistake

SURVIVES = {
    "strip upgrade": {"websocket": False, "socketio": True, "longpoll": True},
    "buffer responses": {"websocket": True, "socketio": True, "longpoll": True},
    "require proxy": {"websocket": False, "socketio": False, "longpoll": False},
}
SIZES = {"websocket": 38, "socketio": 59, "longpoll": 620}


def _case(why: str, wanted: str | None, *numbers: Any) -> Case:
    names = ("boxes", "survives", "sizes")
    return Case(dict(zip(names, numbers, strict=True)), wanted, why)


CASES = (
    _case(
        "All three pass that box, and raw WebSocket has the smallest messages.",
        "websocket",
        ["buffer responses"],
        SURVIVES,
        SIZES,
    ),
    _case(
        "Both boxes are in the way, and raw WebSocket dies behind the second.",
        "socketio",
        ["buffer responses", "strip upgrade"],
        SURVIVES,
        SIZES,
    ),
    _case(
        "Nothing passes a box that asks for a proxy.",
        None,
        ["buffer responses", "require proxy"],
        SURVIVES,
        SIZES,
    ),
    _case(
        "This network has no box at all, so whatever is smallest will do.",
        "websocket",
        [],
        SURVIVES,
        SIZES,
    ),
    _case(
        "With these numbers long polling has the smallest messages of those that pass.",
        "longpoll",
        ["strip upgrade"],
        SURVIVES,
        {"websocket": 38, "socketio": 59, "longpoll": 40},
    ),
)

STUB = """
def choose_for_school(boxes, survives, sizes): ...
"""

SOLUTION = """
def choose_for_school(boxes, survives, sizes):
    passing = [way for way in sizes if all(survives[box][way] for box in boxes)]
    return min(passing, key=sizes.get, default=None)
"""

ANY_BOX = SOLUTION.replace("all(", "any(").replace(
    " for box in boxes)", " for box in boxes or survives)"
)
EVERY_BOX = SOLUTION.replace("for box in boxes", "for box in survives")
THE_FIRST_THAT_PASSES = SOLUTION.replace(
    "min(passing, key=sizes.get, default=None)", "passing[0] if passing else None"
)

EXERCISE = Exercise(
    id="court.school_network",
    title="a chat for a school's network",
    task=(
        "`boxes` are the middleboxes of a school's network, by name. `survives` says which ways "
        'get through which box, as you measured it: `survives["strip upgrade"]["websocket"]` is '
        "`False`. `sizes` has the bytes of a short message on each way. Write `choose_for_school`, "
        "which returns the way with the smallest messages among those that survive **every** box "
        "of this school; `None` if there is none. Where there are no boxes, every way survives."
    ),
    stub=STUB,
    hints=(
        "Which ways survive every box in `boxes`? `all(...)` answers that for one way.",
        "`min(ways, key=sizes.get, default=None)` returns the way with the smallest size, and "
        "`None` if there are no ways.",
    ),
    solution=SOLUTION,
    mistakes=(
        Mistake(ANY_BOX, "Both boxes are in the way"),
        Mistake(EVERY_BOX, "All three pass that box"),
        Mistake(THE_FIRST_THAT_PASSES, "With these numbers long polling"),
    ),
    judge=judge_by(*CASES),
    next=(
        "The school's page is served over TLS (https, wss). Which of these boxes can still see an "
        "Upgrade header, and which cannot (notebook 09)?"
    ),
)
