"""The answer to a poll."""

from __future__ import annotations

import json
from typing import Any

import pytest
from aiohttp import web

from labkit.transports.http.chat.cursor import Cursor
from labkit.transports.http.chat.server.poll_answer import answer_poll
from tests.support.rooms import ALICE, BOB, Recorder, asks


def answered(recorder: Recorder, cursor: Cursor | str | None) -> Any:
    """Return what bob gets: the JSON, or the status."""
    after = None if cursor is None else str(cursor)
    with recorder.room.listen(asks(BOB), "polling", after) as listener:
        answer = answer_poll(listener)
    return json.loads(str(answer.text)) if answer.status == 200 else answer.status


async def test_what_is_new() -> None:
    """The welcome has no id; then messages with theirs, and the next cursor."""
    recorder = Recorder()
    history = recorder.room.history
    joined = answered(recorder, None)
    assert joined == {
        "messages": [{"text": "Welcome! You are the first."}],
        "next": str(history.at(0)),
    }
    assert answered(recorder, joined["next"]) == 204
    recorder.say(ALICE, 1, "hello")
    assert answered(recorder, joined["next"]) == {
        "messages": [{"id": str(history.at(1)), "text": "hello"}],
        "next": str(history.at(1)),
    }


async def test_where_only_own_messages_are_new() -> None:
    """The cursor moves, so that they are not taken for lost later."""
    recorder = Recorder()
    history = recorder.room.history
    recorder.say(BOB, 1, "own")
    assert answered(recorder, history.at(0)) == {"messages": [], "next": str(history.at(1))}


async def test_what_is_lost() -> None:
    """A number, or null for a cursor of another server."""
    recorder = Recorder(most=1)
    for number in range(1, 4):
        recorder.say(ALICE, number, str(number))
    last = str(recorder.room.history.at(3))
    assert answered(recorder, recorder.room.history.at(0))["lost"] == 2
    assert answered(recorder, "00000000-7") == {"messages": [], "next": last, "lost": None}


async def test_what_has_been_overtaken() -> None:
    """A newer request listens, so this one gets nothing, and takes nothing from it."""
    recorder = Recorder()
    listen = recorder.room.listen
    with listen(asks(BOB), "polling", None) as older, listen(asks(BOB), "polling", None) as newer:
        assert answer_poll(older).status == 204
        assert answer_poll(newer).status == 200


async def test_what_is_refused() -> None:
    """A server that stops says so."""
    recorder = Recorder()
    with recorder.room.listen(asks(BOB), "polling", None) as listener:
        recorder.room.close("the server stopped")
        with pytest.raises(web.HTTPServiceUnavailable):
            answer_poll(listener)
