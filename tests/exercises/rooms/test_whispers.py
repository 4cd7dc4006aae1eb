"""Right answers to the private message that are written otherwise."""

from __future__ import annotations

from types import ModuleType

import pytest

from labkit.exercises.check import check_answer
from labkit.exercises.rooms.whispers import EXERCISE

DICTS = """
from collections import defaultdict

import socketio


def make_whispers():
    sio = socketio.AsyncServer(async_mode="aiohttp")
    names = {}
    devices = defaultdict(set)

    @sio.on("sign in")
    async def sign_in(sid, name):
        names[sid] = name
        devices[name].add(sid)

    @sio.on("whisper")
    async def whisper(sid, to, text):
        for device in set(devices[to]):
            await sio.emit("whisper", (names[sid], text), to=device)

    @sio.event
    async def disconnect(sid, reason):
        devices[names.pop(sid)].discard(sid)

    return sio
"""


async def test_another_right_answer_is_done(patient_lab: ModuleType) -> None:
    """Dicts of names and of devices do it without rooms and sessions."""
    outcome = await check_answer(EXERCISE, EXERCISE.answer_of(DICTS))
    assert outcome.state == "done", outcome


FORGETTING = """
    @sio.event
    async def disconnect(sid, reason):
        devices[names.pop(sid)].discard(sid)
"""


@pytest.mark.parametrize("kept", ["", FORGETTING.replace("names.pop(sid)", "names[sid]")])
async def test_a_dict_that_never_forgets(kept: str, lab: ModuleType) -> None:
    """Whoever keeps the session id of a device that has left gets to know whose."""
    assert FORGETTING in DICTS
    outcome = await check_answer(EXERCISE, EXERCISE.answer_of(DICTS.replace(FORGETTING, kept)))
    assert outcome.expected == "Nothing keeps the session id of a device that has left."
    assert outcome.happened == "Something still keeps the session id of bob's phone."
    assert "bob's phone disconnects" in outcome.case and "bob's laptop disc" not in outcome.case


async def test_a_whisper_that_everybody_hears(lab: ModuleType) -> None:
    """The first one shows it."""
    source = EXERCISE.solution.replace(', to=f"person {to}"', "")
    outcome = await check_answer(EXERCISE, EXERCISE.answer_of(source))
    assert (
        outcome.expected == ('carol hears it, and nobody else: whisper("alice", "hi").')
        and outcome.happened == """alice heard 'whisper("alice", "hi")'."""
    )


async def test_a_whisper_that_the_sender_hears(lab: ModuleType) -> None:
    """An empty list of session ids is everybody, which the check sees."""
    source = DICTS.replace("for device in set(devices[to])", "if True").replace(
        "to=device", "to=list(devices[to])"
    )
    outcome = await check_answer(EXERCISE, EXERCISE.answer_of(source))
    assert "zoe is not there" in outcome.expected


async def test_a_name_that_is_kept_for_everybody(lab: ModuleType) -> None:
    """A name belongs to a client."""
    source = DICTS.replace("names[sid] = name", "names[sid] = names[0] = name").replace(
        "(names[sid], text)", "(names[0], text)"
    )
    outcome = await check_answer(EXERCISE, EXERCISE.answer_of(source))
    assert outcome.happened == """carol heard 'whisper("carol", "hi")'."""
