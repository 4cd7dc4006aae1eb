"""What a client says, posted until it is answered."""

from __future__ import annotations

import asyncio

import pytest

from labkit.backoff import Backoff
from labkit.observable import Observable
from labkit.protocols.states import State
from labkit.transports.answers import HttpAnswer
from labkit.transports.contract import Message
from labkit.transports.http.chat.client import posts as module
from labkit.transports.http.chat.client.failed_request import Failed, refused
from labkit.transports.http.chat.client.posts import Posts
from tests.conftest import turn_loop

AT_ONCE = Backoff(0)
BROKEN = Failed("transport error", "the connection broke")


class Server:
    """What was posted, and how the next posts fail."""

    def __init__(self, *failures: Failed | None) -> None:
        self.posted: list[tuple[int, Message]] = []
        self.failures = list(failures)
        self.changes = Observable()
        self.state: State = "open"
        self.posts = Posts(self.post, self.changes, AT_ONCE, lambda: self.state)

    async def post(self, number: int, message: Message) -> None:
        """Take a post, or fail."""
        await turn_loop()
        self.posted.append((number, message))
        failure = self.failures.pop(0) if self.failures else None
        if failure is not None:
            raise failure


async def test_each_message_has_its_number() -> None:
    """They are posted one after the other, in the order in which they were said."""
    server = Server()
    await asyncio.gather(*(server.posts.post(text) for text in "abc"))
    assert server.posted == [(1, "a"), (2, "b"), (3, "c")]


async def test_what_is_not_answered_is_posted_again() -> None:
    """Under the same number, and what follows waits."""
    server = Server(BROKEN, BROKEN)
    await asyncio.gather(*(server.posts.post(text) for text in "ab"))
    assert server.posted == [(1, "a"), (1, "a"), (1, "a"), (2, "b")]


async def test_what_is_refused_is_not() -> None:
    """The next message may be better."""
    server = Server(refused(HttpAnswer(413, "", b"", "")))
    with pytest.raises(Failed, match="413"):
        await server.posts.post("much")
    await server.posts.post("little")
    assert server.posted == [(1, "much"), (2, "little")]


async def test_it_gives_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """After some time without an answer, with the last failure."""
    monkeypatch.setattr(module, "GIVE_UP", 0)
    server = Server(BROKEN)
    with pytest.raises(Failed, match="the connection broke"):
        await server.posts.post("a")


async def test_a_closed_client_posts_nothing() -> None:
    """What waits for its next attempt ends at once, and so does what waits behind it."""
    server = Server(BROKEN)
    server.posts = Posts(server.post, server.changes, Backoff(60, cap=60), lambda: server.state)
    saying = [asyncio.create_task(server.posts.post(text)) for text in "ab"]
    await turn_loop(5)
    server.state = "closed"
    server.changes.notify()
    outcomes = await asyncio.gather(*saying, return_exceptions=True)
    assert [str(outcome) for outcome in outcomes] == ["the client is closed"] * 2
    assert server.posted == [(1, "a")]
