"""A private message reaches somebody by name, on each of their devices."""

from __future__ import annotations

from typing import Any

from labkit.bench.bench import Bench
from labkit.exercises.events import EventTrial, Heard
from labkit.exercises.exercise import Exercise, Mistake
from labkit.exercises.outcome import Outcome
from labkit.exercises.tried import tries

LAPTOP, PHONE, TABLET = "bob's laptop", "bob's phone", "bob's tablet"


async def _judge(answer: Any, child: Bench) -> Outcome | None:
    tries("`make_whispers` returns a server.", ["make_whispers()"])
    trial = await EventTrial.open(child, answer(), "alice", LAPTOP, PHONE, "carol")
    people = (("alice", "alice"), (LAPTOP, "bob"), (PHONE, "bob"), ("carol", "carol"))
    return (
        await _sign_in(trial, *people)
        or await _whisper(trial, "alice", "carol", "hi", "carol hears it, and nobody else", "carol")
        or await _whisper(trial, LAPTOP, "alice", "yes?", "alice hears who whispered", "alice")
        or await _whisper(
            trial, "alice", "bob", "psst", "bob hears it on both devices", LAPTOP, PHONE
        )
        or await _whisper(trial, "alice", "zoe", "hello?", "Nobody hears it: zoe is not there")
        or await _with_other_devices(trial)
    )


async def _with_other_devices(trial: EventTrial) -> Outcome | None:
    """Let one device go, then the other one, and a new one come."""
    await trial.leave(PHONE)
    still = "bob hears it on his laptop, which is still there"
    if found := await _whisper(trial, "alice", "bob", "still here?", still, LAPTOP):
        return found
    if kept := await trial.find_kept():
        return trial.not_yet("Nothing keeps the session id of a device that has left.", kept)
    await trial.leave(LAPTOP)
    gone = "Nobody hears it: bob has left with both devices"
    if found := await _whisper(trial, "alice", "bob", "too late", gone):
        return found
    if kept := await trial.find_kept():
        return trial.not_yet("Nor does anything keep that of the last device.", kept)
    await trial.join(TABLET)
    return await _sign_in(trial, (TABLET, "bob")) or await _whisper(
        trial, "carol", "bob", "welcome", "bob hears it on the device that is new", TABLET
    )


async def _sign_in(trial: EventTrial, *people: tuple[str, str]) -> Outcome | None:
    for device, name in people:
        found = await trial.emit(device, "sign in", name)
        if found.silence:
            return trial.not_yet("The handler of 'sign in' returns.", found.silence)
    difference = await trial.find_difference({})
    return trial.not_yet("Nobody hears who signs in.", difference) if difference else None


async def _whisper(
    trial: EventTrial, device: str, to: str, text: str, expected: str, *listeners: str
) -> Outcome | None:
    name = "bob" if device == LAPTOP else device
    wanted: Heard = {each: [f'whisper("{name}", "{text}")'] for each in listeners}
    found = await trial.emit(device, "whisper", to, text)
    if found.silence:
        return trial.not_yet("The handler of 'whisper' returns.", found.silence)
    difference = await trial.find_difference(wanted)
    what = f": {next(iter(wanted.values()))[0]}" if wanted else ""
    return trial.not_yet(f"{expected}{what}.", difference) if difference else None


STUB = """
import socketio


def make_whispers():
    sio = socketio.AsyncServer(async_mode="aiohttp")

    @sio.on("sign in")
    async def sign_in(sid, name): ...

    @sio.on("whisper")
    async def whisper(sid, to, text): ...

    return sio
"""

SOLUTION = """
import socketio


def make_whispers():
    sio = socketio.AsyncServer(async_mode="aiohttp")

    @sio.on("sign in")
    async def sign_in(sid, name):
        await sio.save_session(sid, {"name": name})
        await sio.enter_room(sid, f"person {name}")

    @sio.on("whisper")
    async def whisper(sid, to, text):
        session = await sio.get_session(sid)
        await sio.emit("whisper", (session["name"], text), to=f"person {to}")

    return sio
"""

LAST_DEVICE = """
import socketio


def make_whispers():
    sio = socketio.AsyncServer(async_mode="aiohttp")
    names, sids = {}, {}

    @sio.on("sign in")
    async def sign_in(sid, name):
        names[sid], sids[name] = name, sid

    @sio.on("whisper")
    async def whisper(sid, to, text):
        if to in sids:
            await sio.emit("whisper", (names[sid], text), to=sids[to])

    return sio
"""

NOBODY_IS_EVERYBODY = """
import socketio


def make_whispers():
    sio = socketio.AsyncServer(async_mode="aiohttp")
    names, devices = {}, {}

    @sio.on("sign in")
    async def sign_in(sid, name):
        names[sid] = name
        devices.setdefault(name, []).append(sid)

    @sio.on("whisper")
    async def whisper(sid, to, text):
        await sio.emit("whisper", (names[sid], text), to=devices.get(to))

    return sio
"""

ONE_LIST = SOLUTION.replace('(session["name"], text)', '[session["name"], text]')

NAME_FORGOTTEN = NOBODY_IS_EVERYBODY.replace(
    "        await sio.emit(", "        if to in devices:\n            await sio.emit("
).replace(
    "    return sio",
    """\
    @sio.on("disconnect")
    async def disconnect(sid, reason):
        devices.pop(names.pop(sid), None)

    return sio""",
)

EXERCISE = Exercise(
    id="rooms.whispers",
    title="a private message",
    task=(
        "People have names, but the server knows session ids. Complete `make_whispers`: `sign in` "
        "says whose device this is. A `whisper` goes to a name, and arrives there as the event "
        "`whisper` with *two* arguments, the name of the sender and the text: on each device that "
        "has signed in with that name, and nowhere else. Devices come and go: nothing of yours may "
        "keep the session id of one that has left. If nobody has that name, nobody hears it."
    ),
    stub=STUB,
    hints=(
        "Rooms are good for more than kitchens: one for each name holds all devices of a person. "
        "The library removes a device that has gone.",
        "To emit to a room in which nobody is reaches nobody. But `to=None`, and `to=[]` as well, "
        "reach *everybody*.",
        "The sender's name must be known, too: `await sio.save_session(sid, {...})` keeps a dict "
        "with a client, `await sio.get_session(sid)` returns it. A dict of your own, by `sid`, "
        "works as well, if a handler of `disconnect` removes what it keeps.",
        "A tuple is two arguments, a list is one (step 3): "
        '`await sio.emit("whisper", (name, text), to=...)`.',
    ),
    solution=SOLUTION,
    mistakes=(
        Mistake(LAST_DEVICE, "on both devices"),
        Mistake(NOBODY_IS_EVERYBODY, "zoe is not there"),
        Mistake(ONE_LIST, """carol heard 'whisper(["alice", "hi"])'."""),
        Mistake(NAME_FORGOTTEN, "which is still there"),
    ),
    judge=_judge,
    next="Anybody may sign in as bob. What would the server have to ask for, and when?",
)
