"""The room of a chat over HTTP."""

from __future__ import annotations

from typing import cast
from unittest.mock import Mock

import pytest
from aiohttp import web

from labkit.transports.http.chat.server import session as session_module
from tests.support.rooms import ALICE, BOB, CAROL, Recorder, asks

pytestmark = pytest.mark.usefixtures("loop_runs")


@pytest.fixture
async def loop_runs() -> None:
    """Run the loop, whose time sessions ask for."""


async def test_who_listens_is_here() -> None:
    """From the first request on; a newcomer is greeted, and whoever comes back is not."""
    recorder = Recorder()
    room = recorder.room
    with room.listen(asks(ALICE), "polling", None) as listener:
        assert listener.take_private() == ['"text": "Welcome! You are the first."']
        assert listener.take().messages == []
    with room.listen(asks(BOB), "polling", None) as listener:
        assert listener.take_private() == ['"text": "Welcome! You are one of 2."']
    with room.listen(
        asks(ALICE), "long polling", str(listener.reached or room.history.at(0))
    ) as it:
        assert it.take_private() == []
    assert recorder.seen == [
        ("arrived", "a", "polling"),
        ("arrived", "b", "polling"),
        ("changed", "a", "long polling"),
    ]


async def test_what_is_said_goes_to_all_others() -> None:
    """To those that listen, and later to those that listen again."""
    recorder = Recorder()
    with recorder.room.listen(asks(BOB), "polling", None) as bob:
        cursor = bob.take().next
        recorder.say(ALICE, 1, "hello")
        assert await bob.wait(1)
        assert [kept.content for kept in bob.take().messages] == ['"text": "hello"']
    with recorder.room.listen(asks(CAROL), "polling", str(cursor)) as carol:
        assert [kept.content for kept in carol.take().messages] == ['"text": "hello"']
    with recorder.room.listen(asks(ALICE), "polling", str(cursor)) as alice:
        assert alice.take().messages == []


async def test_a_message_that_comes_again_is_recognized() -> None:
    """By its number."""
    recorder = Recorder()
    recorder.say(ALICE, 1, "one")
    recorder.say(ALICE, 1, "one")
    recorder.say(ALICE, 2, "two")
    recorder.say(BOB, 1, "one")
    assert recorder.seen == [("said", "a", "one"), ("said", "a", "two"), ("said", "b", "one")]


async def test_the_newest_request_of_a_client_listens() -> None:
    """The one before ends, and its end does not end the newest."""
    recorder = Recorder()
    older, newer = (
        recorder.room.listen(asks(ALICE), "event stream", None, is_stream=True) for _ in range(2)
    )
    first, second = older.__enter__(), newer.__enter__()
    assert (first.is_over, second.is_over) == (True, False)
    older.__exit__(None, None, None)
    assert recorder.room.sessions[ALICE].listener is second
    newer.__exit__(None, None, None)
    assert recorder.seen == [("arrived", "a", "event stream"), ("left", "a", "transport close")]


async def test_when_a_client_has_left() -> None:
    """When the connection ends on which its poll is held; not when a poll is answered."""
    recorder = Recorder()
    request = asks(ALICE)
    with recorder.room.listen(request, "long polling", None):
        pass
    assert recorder.seen[-1][0] == "arrived"
    with recorder.room.listen(request, "long polling", None):
        cast("Mock", request.transport).is_closing.return_value = True
    assert recorder.seen[-1] == ("left", "a", "transport close")


async def test_who_asks_no_more_is_noticed_and_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    """First it has left, later it is not known any more."""
    room = (recorder := Recorder()).room
    with room.listen(asks(ALICE), "polling", None):
        room.sweep()
    room.sweep()
    assert recorder.seen[1:] == [] and room.count_here() == 1
    monkeypatch.setattr(session_module, "ABSENCE", -1)
    room.sweep()
    assert recorder.seen[1:] == [("left", "a", "ping timeout")] and ALICE in room.sessions
    monkeypatch.setattr(session_module, "REMEMBERED", -1)
    room.sweep()
    assert room.sessions == {}


async def test_who_is_sent_away_is_refused() -> None:
    """What listens, what asks again, and what is said."""
    recorder = Recorder()
    with recorder.room.listen(asks(ALICE), "polling", None) as listener:
        recorder.room.send_away(ALICE)
        assert isinstance(listener.refusal, web.HTTPGone)
    with pytest.raises(web.HTTPGone), recorder.room.listen(asks(ALICE), "polling", None):
        pass
    with pytest.raises(web.HTTPGone):
        recorder.say(ALICE, 1, "hello")
    assert recorder.seen[1:] == [("left", "a", "server disconnect")]


async def test_who_leaves_is_gone() -> None:
    """A poll that was under way does not bring it back, nor does a message that comes again."""
    recorder = Recorder()
    with recorder.room.listen(asks(ALICE), "polling", None) as listener:
        recorder.room.leave(ALICE)
        assert (listener.is_over, listener.refusal) == (True, None)
    with pytest.raises(web.HTTPGone), recorder.room.listen(asks(ALICE), "polling", None):
        pass
    with pytest.raises(web.HTTPGone):
        recorder.say(ALICE, 1, "hello")
    assert recorder.seen[1:] == [("left", "a", "client disconnect")]


async def test_a_room_that_closes() -> None:
    """Everybody leaves, what listens is refused; opened again, it begins anew."""
    recorder = Recorder()
    epoch = recorder.room.history.epoch
    with recorder.room.listen(asks(ALICE), "polling", None) as listener:
        recorder.room.close("the server stopped")
        assert isinstance(listener.refusal, web.HTTPServiceUnavailable)
    assert recorder.seen[1:] == [("left", "a", "the server stopped")]
    recorder.room.open()
    assert recorder.room.history.epoch != epoch and recorder.room.sessions == {}


async def test_who_says_too_much() -> None:
    """It is told once that it was not passed on, as nobody else is."""
    recorder = Recorder(rate=1)
    with recorder.room.listen(asks(ALICE), "polling", None) as listener:
        listener.take_private()
        for number in range(1, 4):
            recorder.say(ALICE, number, str(number))
        assert await listener.wait(1)
        assert listener.take_private() == [
            '"text": "Not passed on: more than 1 messages per second."'
        ]
    refused = ("refused", "a", "more than 1 messages per second")
    assert recorder.seen[1:] == [("said", "a", "1"), refused, refused]


async def test_how_many_may_be_here_and_are_remembered() -> None:
    """One too many is refused; of those that are away, the oldest are forgotten."""
    recorder = Recorder(connections=2)
    for client in (ALICE, BOB):
        with recorder.room.listen(asks(client), "polling", None):
            pass
    with (
        pytest.raises(web.HTTPServiceUnavailable) as caught,
        recorder.room.listen(asks(CAROL), "polling", None),
    ):
        pass
    assert "there are 2 connections already" in str(caught.value.text)
    for number in range(20):
        recorder.say(f"{number:016x}", 1, "hello")
    assert len(recorder.room.sessions) == 4 and {ALICE, BOB} <= recorder.room.sessions.keys()


@pytest.mark.parametrize("client", ["", "alice", "A" * 16, "a" * 17, "a" * 16 + "\n"])
async def test_what_is_no_id(client: str) -> None:
    """The error says what one is, and nobody has come."""
    recorder = Recorder()
    with pytest.raises(web.HTTPBadRequest) as caught:
        recorder.room.find_session(client)
    assert "16 hexadecimal digits" in str(caught.value.text)
    assert recorder.room.sessions == {}


@pytest.mark.parametrize("cursor", ["", "-1", "aaaaaaaa--1", "aaaaaaaa-9999999999999999", "x"])
async def test_what_is_no_cursor(cursor: str) -> None:
    """Nobody has come."""
    recorder = Recorder()
    with pytest.raises(web.HTTPBadRequest), recorder.room.listen(asks(ALICE), "polling", cursor):
        pass
    assert recorder.room.sessions == {} and recorder.seen == []


async def test_a_cursor_of_the_future() -> None:
    """It is refused with a sentence."""
    recorder = Recorder()
    ahead = str(recorder.room.history.at(1))
    with (
        pytest.raises(web.HTTPBadRequest, match="Bad") as caught,
        recorder.room.listen(asks(ALICE), "polling", ahead),
    ):
        pass
    assert "is ahead of the last message, 0." in str(caught.value.text)
