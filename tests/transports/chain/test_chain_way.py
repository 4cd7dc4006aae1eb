"""A way that is made of ways, each of which does what a test says."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any, cast

import pytest

from labkit.transports.answers import HttpAnswer
from labkit.transports.chain.chain_way import ChainWay
from labkit.transports.chain.order import MOST_EARLY, Order
from labkit.transports.http.chat.client.conversation import Conversation
from labkit.transports.http.chat.client.failed_request import Failed, refused
from tests.conftest import soon
from tests.support.ways import BROKEN, FakeWay, conversation

pytestmark = pytest.mark.usefixtures("hurry")

FORBIDDEN = refused(HttpAnswer(403, "", b"", ""))


class Chain:
    """A chain of three fake ways, and what it reports.

    Attributes
    ----------
    ways
        The ways of its own client, by name.
    probes
        The ways that were made for another client, in order.
    fools_probes
        Whether a way works for another client, though it does not for this one.
    """

    def __init__(self, upgrades: bool = False) -> None:
        self.order = Order(("websocket", "sse", "longpoll"))
        self.notes: list[str] = []
        self.answers = 0
        self.ways: dict[str, FakeWay] = {}
        self.probes: list[FakeWay] = []
        self.fools_probes = False
        self.talk = conversation()
        self.way = ChainWay(
            cast("Any", None),
            self.talk,
            {name: self.maker(name) for name in self.order.ways},
            self.order,
            upgrades=upgrades,
            on_note=self.notes.append,
        )
        self.way.on_answer = self.on_answer
        self.listening: asyncio.Task[None] | None = None

    def on_answer(self) -> None:
        """Count."""
        self.answers += 1

    def maker(self, name: str) -> Any:
        """Return what makes a way; a probe is open if the way of that name is."""

        def make(requests: Any, talk: Conversation) -> FakeWay:
            way = FakeWay(requests, talk)
            if talk is self.talk:
                self.ways[name] = way
            else:
                way.hears = self.ways[name].hears or self.fools_probes
                self.probes.append(way)
            return way

        return make

    async def listen(self) -> None:
        """Listen, as a client does, until a way is proved."""
        before = self.answers
        self.listening = asyncio.create_task(self.way.listen())
        await soon(lambda: self.answers > before or cast("Any", self.listening).done())

    async def breaks(self) -> str:
        """Wait until it breaks, and return why."""
        assert self.listening is not None
        with pytest.raises(Failed) as caught:
            await self.listening
        return str(caught.value)


@pytest.fixture
async def chain() -> AsyncIterator[Chain]:
    """Give a chain that does not upgrade."""
    made = Chain()
    yield made
    await stop(made)


@pytest.fixture
async def upgrading() -> AsyncIterator[Chain]:
    """Give a chain that upgrades."""
    made = Chain(upgrades=True)
    yield made
    await stop(made)


async def stop(chain: Chain) -> None:
    """Stop listening; then no way of the chain listens any more."""
    if chain.listening is not None:
        chain.listening.cancel()
        await asyncio.wait({chain.listening})
    assert not [way for way in (*chain.ways.values(), *chain.probes) if way.listens]


async def test_the_first_way_that_works_is_taken(chain: Chain) -> None:
    """It is open when it is proved, once, and the others are not tried."""
    await chain.listen()
    assert (chain.order.current, chain.answers, chain.notes) == ("websocket", 1, [])
    assert [way.listens for way in chain.ways.values()] == [True, False, False]


async def test_each_refusal_has_its_reason(chain: Chain) -> None:
    """A refused way is left at once, a silent one after 3 s; both are noted."""
    chain.ways["websocket"].hears = FORBIDDEN
    chain.ways["sse"].hears = False
    await chain.listen()
    assert chain.order.current == "longpoll"
    assert chain.notes == [
        f"websocket refused: {FORBIDDEN}",
        "sse refused: nothing came down within 3 s",
    ]
    assert [way.listens for way in chain.ways.values()] == [False, False, True]


async def test_no_way_works(chain: Chain) -> None:
    """The failure names the reason of each way."""
    chain.ways["websocket"].hears = FORBIDDEN
    chain.ways["sse"].hears = False
    chain.ways["longpoll"].carries = BROKEN
    await chain.listen()
    why = await chain.breaks()
    assert why == (
        f"none of its ways works (websocket: {FORBIDDEN}; sse: nothing came down within 3 s; "
        "longpoll: it broke)"
    )
    assert chain.answers == 0


async def test_the_same_reason_is_noted_once(chain: Chain) -> None:
    """A client that tries again and again does not fill its transcript."""
    for way in chain.ways.values():
        way.hears = BROKEN
    for _ in range(3):
        await chain.listen()
        await chain.breaks()
    assert chain.notes == [f"{name} refused: it broke" for name in chain.order.ways]


async def test_a_way_that_breaks_is_tried_again_first(chain: Chain) -> None:
    """It worked, after all."""
    chain.ways["websocket"].hears = FORBIDDEN
    await chain.listen()
    chain.ways["websocket"].hears = True
    chain.ways["sse"].fail()
    assert await chain.breaks() == "it broke"
    await chain.listen()
    assert chain.order.current == "sse"


async def test_a_way_that_breaks_again_and_again_is_left(chain: Chain) -> None:
    """After the third early break, the next way is tried before it."""
    for _ in range(MOST_EARLY):
        await chain.listen()
        assert chain.order.current == "websocket"
        chain.ways["websocket"].fail()
        await chain.breaks()
    await chain.listen()
    assert chain.order.current == "sse"
    assert chain.order.refusals == {"websocket": "it broke 3 times within 10 s of opening"}


async def test_another_way_is_worth_a_try_after_a_refusal(chain: Chain) -> None:
    """What is forbidden in the middle of a conversation is forbidden on that way alone."""
    await chain.listen()
    assert chain.listening is not None
    chain.ways["websocket"].fail(FORBIDDEN)
    with pytest.raises(Failed, match="403") as caught:
        await chain.listening
    assert not caught.value.is_final


async def test_who_is_sent_away_tries_no_other_way(chain: Chain) -> None:
    """The server has ended the connection: that is meant for the client, not for the way."""
    gone = refused(HttpAnswer(410, "", b"", ""))
    chain.ways["websocket"].hears = gone
    await chain.listen()
    assert chain.listening is not None
    with pytest.raises(Failed) as caught:
        await chain.listening
    assert caught.value is gone and caught.value.is_final
    assert chain.ways["sse"].posted == []


async def test_posts_go_over_the_way_that_listens(chain: Chain) -> None:
    """And the next one over the next way, with the same numbers."""
    chain.ways["websocket"].hears = BROKEN
    posting = asyncio.create_task(chain.way.post(1, "early"))
    await chain.listen()
    await posting
    await chain.way.post(2, "late")
    assert chain.ways["sse"].posted == [(0, ""), (1, "early"), (2, "late")]


async def test_a_post_does_not_wait_for_ever(chain: Chain) -> None:
    """While no way works, it fails, so that it is posted again."""
    with pytest.raises(Failed, match="none of its ways works"):
        await chain.way.post(1, "hello")


async def test_a_refused_post_is_the_message_s_fault_or_the_way_s(chain: Chain) -> None:
    """A message that is too long is so on any way; one that is forbidden may pass on another."""
    await chain.listen()
    for status, is_final in ((413, True), (403, False)):
        chain.ways["websocket"].carries = refused(HttpAnswer(status, "", b"", ""))
        with pytest.raises(Failed, match=str(status)) as caught:
            await chain.way.post(1, "hello")
        assert caught.value.is_final == is_final


async def test_a_way_on_which_nothing_goes_up_any_more_breaks(chain: Chain) -> None:
    """It listens still, and is left all the same."""
    await chain.listen()
    chain.ways["websocket"].carries = FORBIDDEN
    for _ in range(2):
        with pytest.raises(Failed):
            await chain.way.post(1, "hello")
    assert "403" in await chain.breaks()
    await chain.listen()
    assert chain.order.current == "sse"
    await chain.way.post(1, "hello")
    assert (1, "hello") in chain.ways["sse"].posted


async def test_it_leaves_over_the_way_that_it_had(chain: Chain) -> None:
    """Also when it has stopped listening before."""
    await chain.way.leave()
    await chain.listen()
    await stop(chain)
    await chain.way.leave()
    assert [way.left for way in chain.ways.values()] == [1, 0, 0]


async def test_a_better_way_is_probed_and_taken(upgrading: Chain) -> None:
    """Another client's id tries it while the conversation goes on; then the old way ends."""
    chain = upgrading
    chain.ways["websocket"].hears = BROKEN
    await chain.listen()
    await soon(lambda: len(chain.probes) == 1)
    assert chain.ways["sse"].listens and chain.order.current == "sse"
    chain.ways["websocket"].hears = True
    await soon(lambda: chain.order.current == "websocket" and not chain.ways["sse"].listens)
    assert chain.probes[-1].posted == [(0, "")] and chain.probes[-1].left == 1
    assert chain.probes[-1].conversation.client != chain.talk.client
    assert chain.notes == ["websocket refused: it broke", "changed to websocket"]
    assert chain.order.refusals == {}
    await chain.way.post(1, "hello")
    assert chain.ways["websocket"].posted[-1] == (1, "hello")


async def test_without_being_asked_it_stays(chain: Chain) -> None:
    """A way is not changed while it works, unless the client upgrades."""
    chain.ways["websocket"].hears = BROKEN
    await chain.listen()
    assert chain.listening is not None
    await asyncio.wait({chain.listening}, timeout=0.1)
    assert chain.probes == []


async def test_a_probe_that_was_too_hopeful_changes_nothing(upgrading: Chain) -> None:
    """The way is refused when the client itself tries it, and the old one goes on."""
    chain = upgrading
    chain.ways["websocket"].hears = False
    chain.fools_probes = True
    await chain.listen()
    assert chain.order.current == "sse"
    await soon(lambda: len(chain.probes) == 2)
    assert chain.order.current == "sse" and chain.ways["sse"].listens
    assert list(chain.order.refusals) == ["websocket"]


async def test_a_way_that_breaks_while_a_better_one_is_probed(upgrading: Chain) -> None:
    """The break comes first; no probe outlives it."""
    chain = upgrading
    chain.ways["websocket"].hears = False
    await chain.listen()
    await soon(lambda: len(chain.probes) == 1)
    chain.ways["sse"].fail()
    assert await chain.breaks() == "it broke"
    await soon(lambda: not any(probe.listens for probe in chain.probes))
