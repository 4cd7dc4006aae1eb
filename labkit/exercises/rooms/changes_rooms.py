"""Each client is in one room at a time, and speaks to the others in it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from labkit.bench.bench import Bench
from labkit.exercises.events import EventTrial, Heard
from labkit.exercises.exercise import Exercise, Mistake
from labkit.exercises.outcome import Outcome
from labkit.exercises.tried import tries

ENTER, CHAT = "enter", "chat message"


@dataclass(frozen=True)
class _Step:
    """An event, who is to hear what, and why."""

    who: str
    event: str
    argument: str
    expected: str
    heard: Heard = field(default_factory=dict)


def _enters(who: str, room: str) -> _Step:
    return _Step(who, ENTER, room, "Nobody hears that somebody enters a room.")


STEPS = (
    _Step("carol", CHAT, "anybody?", "Nobody hears it: carol is in no room."),
    _enters("alice", "kitchen"),
    _Step("alice", CHAT, "soup", "bob hears it, and nobody else does.", {"bob": ["soup"]}),
    _enters("carol", "garden"),
    _Step("bob", CHAT, "salt", "alice alone hears it.", {"alice": ["salt"]}),
    _Step("carol", CHAT, "roses", "Nobody hears it: carol is alone in the garden."),
    _enters("bob", "garden"),
    _Step("alice", CHAT, "bread", "Nobody hears it: bob has left the kitchen for the garden."),
    _Step("bob", CHAT, "bees", "carol alone hears it.", {"carol": ["bees"]}),
    _enters("bob", "garden"),
    _Step("carol", CHAT, "tulips", "bob, who was in this room already, hears it, once.",
          {"bob": ["tulips"]}),
    _enters("bob", "kitchen"),
    _Step("bob", CHAT, "hungry", "alice hears it: he is back.", {"alice": ["hungry"]}),
)  # fmt: skip

LETTER = "for bob's eyes"


async def _judge(answer: Any, child: Bench) -> Outcome | None:
    tries("`make_rooms` returns a server.", ["make_rooms()"])
    trial = await EventTrial.open(child, answer(), "alice", "bob", "carol")
    entering = _enters("bob", "kitchen")
    if found := await _judge_step(trial, entering) or await _judge_letter(trial):
        return found
    for step in STEPS:
        if found := await _judge_step(trial, step):
            return found
    return await _judge_letter(trial)


async def _judge_step(trial: EventTrial, step: _Step) -> Outcome | None:
    found = await trial.emit(step.who, step.event, step.argument)
    if found.silence:
        return trial.not_yet(f"The handler of {step.event!r} returns.", found.silence)
    difference = await trial.find_difference(step.heard)
    return trial.not_yet(step.expected, difference) if difference else None


async def _judge_letter(trial: EventTrial) -> Outcome | None:
    """Judge whether the server still reaches bob by his session id, wherever he is."""
    await trial.emit_to("bob", CHAT, LETTER)
    if difference := await trial.find_difference({"bob": [LETTER]}):
        return trial.not_yet("The server can still reach bob alone, by his session id.", difference)
    return None


STUB = """
import socketio


def make_rooms():
    sio = socketio.AsyncServer(async_mode="aiohttp")

    @sio.on("enter")
    async def enter(sid, room): ...

    @sio.on("chat message")
    async def chat_message(sid, text): ...

    return sio
"""

SOLUTION = """
import socketio


def make_rooms():
    sio = socketio.AsyncServer(async_mode="aiohttp")

    def rooms_of(sid):
        return [room for room in sio.rooms(sid) if room != sid]

    @sio.on("enter")
    async def enter(sid, room):
        for old in rooms_of(sid):
            await sio.leave_room(sid, old)
        await sio.enter_room(sid, room)

    @sio.on("chat message")
    async def chat_message(sid, text):
        for room in rooms_of(sid):
            await sio.emit("chat message", text, room=room, skip_sid=sid)

    return sio
"""

NO_ROOM_IS_EVERYBODY = """
import socketio


def make_rooms():
    sio = socketio.AsyncServer(async_mode="aiohttp")
    places = {}

    @sio.on("enter")
    async def enter(sid, room):
        if sid in places:
            await sio.leave_room(sid, places[sid])
        places[sid] = room
        await sio.enter_room(sid, room)

    @sio.on("chat message")
    async def chat_message(sid, text):
        await sio.emit("chat message", text, room=places.get(sid), skip_sid=sid)

    return sio
"""

NEVER_LEAVES = SOLUTION.replace(
    "        for old in rooms_of(sid):\n            await sio.leave_room(sid, old)\n", ""
)

ENTERS_FIRST = SOLUTION.replace(
    """\
        for old in rooms_of(sid):
            await sio.leave_room(sid, old)
        await sio.enter_room(sid, room)
""",
    """\
        before = rooms_of(sid)
        await sio.enter_room(sid, room)
        for old in before:
            await sio.leave_room(sid, old)
""",
)

OWN_ROOM_LEFT = SOLUTION.replace(" if room != sid]", "]")

EXERCISE = Exercise(
    id="rooms.changes_rooms",
    title="one room at a time",
    task=(
        "In step 5 the server chose the rooms. Here the clients do, each one room at a time. "
        "Complete `make_rooms`: on `enter`, the client leaves its room (`sio.rooms(sid)` lists "
        "rooms, `await sio.leave_room(sid, room)` leaves one) and is in the new one; if it is "
        "there already, it stays. A `chat message` reaches the others in the sender's room, and "
        "nobody if the sender is in none. The library has put each client into a room of its own, "
        "named like the session id: it stays there, so that `to=sid` still reaches it."
    ),
    stub=STUB,
    hints=(
        "`await sio.enter_room(sid, room)` and `await sio.leave_room(sid, room)` put a client into "
        "a room and take it out. `sio.rooms(sid)` lists where it is.",
        "That list has one more room: the session id itself. A client that leaves this one can no "
        "longer be reached by `to=sid`.",
        "To emit with `room=None` is to emit to *everybody*. So ask first whether the sender is in "
        "a room.",
    ),
    solution=SOLUTION,
    mistakes=(
        Mistake(NO_ROOM_IS_EVERYBODY, "carol is in no room"),
        Mistake(NEVER_LEAVES, "bob has left the kitchen"),
        Mistake(ENTERS_FIRST, "was in this room already"),
        Mistake(OWN_ROOM_LEFT, "by his session id"),
    ),
    judge=_judge,
    next=(
        "A client may ask to enter a room of any name. What would it hear in a room whose name is "
        "somebody else's session id?"
    ),
)
