"""Right answers to the rooms that are written otherwise."""

from __future__ import annotations

from types import ModuleType

import pytest

from labkit.exercises.check import check_answer
from labkit.exercises.rooms.changes_rooms import EXERCISE

A_DICT = """
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
        if place := places.get(sid):
            await sio.emit("chat message", text, to=place, skip_sid=sid)

    @sio.on("disconnect")
    async def disconnect(sid, reason):
        places.pop(sid, None)

    return sio
"""

WITHOUT_ROOMS = """
import socketio


class Chat(socketio.AsyncNamespace):
    def __init__(self):
        super().__init__("/")
        self.places = {}

    async def on_enter(self, sid, room):
        self.places[sid] = room

    async def on_chat_message(self, sid, text):
        for other, room in list(self.places.items()):
            if other != sid and room == self.places.get(sid):
                await self.emit("chat message", text, to=other)

    async def on_disconnect(self, sid, reason):
        self.places.pop(sid, None)


def make_rooms():
    sio = socketio.AsyncServer(async_mode="aiohttp")
    sio.register_namespace(Chat())
    sio.on("chat message", sio.namespace_handlers["/"].on_chat_message)
    return sio
"""


@pytest.mark.parametrize("source", [A_DICT, WITHOUT_ROOMS], ids=["a dict", "without rooms"])
async def test_another_right_answer_is_done(source: str, patient_lab: ModuleType) -> None:
    """Where somebody is may be kept beside the library's rooms, or instead of them."""
    outcome = await check_answer(EXERCISE, EXERCISE.answer_of(source))
    assert outcome.state == "done", outcome


async def test_the_sender_hears_it(lab: ModuleType) -> None:
    """Others hear it, as the task says."""
    source = EXERCISE.solution.replace(", skip_sid=sid", "")
    outcome = await check_answer(EXERCISE, EXERCISE.answer_of(source))
    assert outcome.expected == "bob hears it, and nobody else does."
    assert outcome.happened == "alice heard 'soup'."
    assert outcome.case.splitlines()[-1] == "alice emits 'chat message', 'soup'"


async def test_a_handler_that_is_missing(lab: ModuleType) -> None:
    """An event without a handler has no acknowledgement."""
    source = EXERCISE.solution.replace('@sio.on("enter")', '@sio.on("entre")')
    outcome = await check_answer(EXERCISE, EXERCISE.answer_of(source))
    assert outcome.expected == "The handler of 'enter' returns."
    assert "No acknowledgement will come for 'enter'" in outcome.happened


async def test_no_server(lab: ModuleType) -> None:
    """What is returned must be a server."""
    source = EXERCISE.solution.replace("    return sio\n", "    return None\n")
    outcome = await check_answer(EXERCISE, EXERCISE.answer_of(source))
    assert outcome.expected == "`make_rooms` works as the stub's would."


async def test_the_case_of_a_room_of_ones_own(lab: ModuleType) -> None:
    """Entering one room is enough to show it."""
    outcome = await check_answer(EXERCISE, EXERCISE.answer_of(EXERCISE.mistakes[3].source))
    assert outcome.case.splitlines()[3:] == [
        "bob emits 'enter', 'kitchen'",
        "the server emits 'chat message', \"for bob's eyes\" to the sid of bob",
    ]
