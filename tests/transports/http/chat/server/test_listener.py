"""A request that listens."""

from __future__ import annotations

import asyncio
from collections import deque

import pytest
from aiohttp import web

from labkit.transports.http.chat.server import listener as module
from labkit.transports.http.chat.server.history import History
from labkit.transports.http.chat.server.listener import Listener
from tests.conftest import turn_loop
from tests.support.rooms import ALICE, BOB, asks


def listens(history: History, number: int | None = 0, hears_own: bool = False) -> Listener:
    """Return alice's request, which has read up to a number."""
    cursor = None if number is None else history.at(number)
    return Listener(asks(ALICE), history, ALICE, cursor, deque(), hears_own=hears_own)


async def test_what_wakes_it() -> None:
    """What others say; its client's own messages only if it wants them, or may miss others."""
    history = History(4)
    plain, stream = listens(history), listens(history, hears_own=True)
    for listener in (plain, stream):
        listener.on_kept(history.add("own", ALICE))
    assert [await each.wait(0.001) for each in (plain, stream)] == [False, True]
    plain.on_kept(history.add("of bob", BOB))
    assert await plain.wait(1) and not await plain.wait(0.001)
    silent = listens(history, 2)
    for _ in range(2):
        silent.on_kept(history.add("own", ALICE))
    assert await silent.wait(1)


async def test_the_cursor_moves_before_anything_is_awaited() -> None:
    """What comes while an answer is written belongs to the next one."""
    history = History()
    listener = listens(history)
    history.add("one", BOB)
    assert len(listener.take().messages) == 1
    history.add("two", BOB)
    assert [kept.number for kept in listener.take().messages] == [2]
    assert listener.take().messages == [] and listener.reached == history.at(2)


async def test_when_there_is_news() -> None:
    """For a client that joins, after what others said, after a gap, and when it should end."""
    history = History(1)
    assert listens(history, None).has_news and not listens(history).has_news
    history.add("own", ALICE)
    assert not listens(history).has_news
    history.add("of bob", BOB)
    assert listens(history, 1).has_news
    history.add("own", ALICE)
    assert listens(history, 1).has_news  # what bob said was dropped
    ended = listens(history, 3)
    ended.end()
    assert ended.has_news


async def test_the_first_reason_to_end_counts() -> None:
    """A client that was sent away is not told that a newer request listens."""
    listener = listens(History())
    listener.end(gone := web.HTTPGone())
    listener.end()
    assert (listener.is_over, listener.refusal) == (True, gone)
    assert await listener.wait(1)


class Answer:
    """An answer that is written when the client reads."""

    def __init__(self) -> None:
        self.read = asyncio.Event()

    async def write(self, data: bytes) -> None:
        """Wait until it is read."""
        await self.read.wait()


async def test_a_client_that_reads_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only while something waits for it does the time count, and only until it reads some of it."""
    monkeypatch.setattr(module, "SLOW_READER_TIMEOUT", 0)
    listener, answer, queued = listens(History()), Answer(), [7]
    monkeypatch.setattr(Listener, "queued_bytes", property(lambda self: queued[0]))
    assert not listener.is_frozen()
    sending = asyncio.create_task(listener.send(answer.write(b"x")))
    await turn_loop()
    assert not listener.is_frozen()
    await turn_loop()
    assert listener.is_frozen()
    queued[0] = 3
    assert not listener.is_frozen()
    answer.read.set()
    await sending
    assert not listener.is_frozen()
