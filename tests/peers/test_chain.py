"""A fallback chain under middleboxes that change, and strangers at its WebSocket.

The chain promises that no message is lost or doubled when the way changes. So thousands of numbered
messages go in both directions while what is on the way changes again and again.
"""

from __future__ import annotations

import asyncio
import json
import random
from types import ModuleType
from typing import NamedTuple

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from labkit.faults import (
    BufferResponses,
    DropUpgrade,
    Fault,
    IdleKill,
    LimitLife,
    RefuseUpgrade,
    StripUpgrade,
    SwallowFrames,
)
from labkit.transports.chain.frames import MAX_FRAME
from labkit.transports.contract import Client
from labkit.transports.http.chat.client import posts
from labkit.transports.http.chat.server import session
from labkit.transports.settings import MAX_MESSAGE
from tests.conftest import soon
from tests.support.bystanders import bystanders

BOXES: tuple[tuple[Fault, ...], ...] = (
    (),
    (StripUpgrade(),),
    (RefuseUpgrade(403),),
    (DropUpgrade(),),
    (SwallowFrames(),),
    (IdleKill(2),),
    (LimitLife(2),),
    (StripUpgrade(), BufferResponses()),
    (RefuseUpgrade(502), BufferResponses(headers_pass=True)),
    (BufferResponses(100),),
)
"""What is on the way at one time."""

MESSAGES, CHANGES = 2000, 20


def numbers(client: Client, speaker: str) -> list[int]:
    """Return the numbers that a client has heard from another one."""
    heard = [str(text).split() for text in client.inbox]
    return [int(words[1]) for words in heard if words[0] == speaker]


@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize("upgrade", [False, True], ids=["stays", "upgrades"])
async def test_no_message_is_lost_or_doubled(
    lab: ModuleType, monkeypatch: pytest.MonkeyPatch, seed: int, upgrade: bool
) -> None:
    """2 000 messages each way arrive once and in order, while the middleboxes change 20 times.

    That holds while the history reaches back and the server remembers the client, which here are as
    long as a busy machine needs.
    """
    await lab.fresh(timescale=0.1)
    monkeypatch.setattr(posts, "GIVE_UP", 1000)
    monkeypatch.setattr(session, "REMEMBERED", 1000)
    server = await lab.serve("chain", history=2 * MESSAGES)
    link = await lab.link(server, "middleboxes")
    alice = await lab.connect(link, "alice", upgrade=upgrade)
    bob = await lab.connect(server, "bob")
    ways = [alice.transport]

    def watch() -> None:
        if alice.transport != ways[-1]:
            ways.append(alice.transport)

    alice.changes.subscribe(watch)
    rng = random.Random(seed)
    steps = sorted(rng.sample(range(1, MESSAGES), CHANGES))

    async def speak(client: Client) -> None:
        for number in range(MESSAGES):
            await client.say(f"{client.name} {number}")

    def heard() -> int:
        assert "closed" not in (alice.state, bob.state), list(alice.transcript)[-9:]
        return min(len(numbers(alice, "bob")), len(numbers(bob, "alice")))

    async def change() -> None:
        for step in steps:
            # the slower of both decides: what one says, the other has not heard yet
            await soon(lambda step=step: heard() >= step, within=60)  # type: ignore[misc]
            link.heal()
            for box in rng.choice(BOXES):
                link.add(box)
            if rng.random() < 0.8:
                link.reset()
        link.heal()

    async with asyncio.timeout(150):
        await asyncio.gather(speak(alice), speak(bob), change())
        await soon(lambda: heard() >= MESSAGES, within=30)
    assert numbers(alice, "bob") == numbers(bob, "alice") == list(range(MESSAGES))
    assert set(ways) == {"websocket", "sse", "longpoll"}
    statuses = {entry.send_status for entry in alice.transcript if entry.kind == "said"}
    assert statuses == {"acknowledged"}


class Breaks(NamedTuple):
    """Frames that break a rule, after a good handshake.

    Attributes
    ----------
    sends
        The frames.
    gets
        The close code that the stranger is sent.
    noted
        What the server's view says of it.
    """

    sends: list[str | bytes]
    gets: int
    noted: str


def post(**members: object) -> list[str | bytes]:
    """Return one frame with a JSON object."""
    return [json.dumps({"number": 1, "text": "hello"} | members)]


FRAMES = {
    "not JSON": Breaks(["hello"], 1008, "not JSON"),
    "nothing": Breaks([""], 1008, "not JSON"),
    "half of it": Breaks(['{"number": 1, "te'], 1008, "not JSON"),
    "nested without end": Breaks(["[" * 500_000], 1008, "not JSON"),
    "a list": Breaks(["[1, 2]"], 1008, "not a JSON object"),
    "bytes": Breaks([b"\x00\xff"], 1003, "binary"),
    "no number": Breaks(['{"text": "hello"}'], 1008, "`number` must count"),
    "a negative number": Breaks(post(number=-1), 1008, "`number` must count"),
    "a huge number": Breaks(post(number=10**15), 1008, "`number` must count"),
    "a number of 5 000 digits": Breaks(
        [f'{{"number": {"9" * 5000}, "text": "a"}}'], 1008, "not JSON"
    ),
    "a number as text": Breaks(post(number="1"), 1008, "`number` must count"),
    "a number with a fraction": Breaks(post(number=1.5), 1008, "`number` must count"),
    "no number at all": Breaks(post(number=None), 1008, "`number` must count"),
    "no message": Breaks(['{"number": 1}'], 1008, "has `text` or `base64`"),
    "a message that is a number": Breaks(post(text=7), 1008, "has `text` or `base64`"),
    "names of 10 KB": Breaks(
        [json.dumps({"number": 1, "n" * 10_000: 1})], 1008, "has `text` or `base64`"
    ),
    "base64 that is none": Breaks(['{"number": 1, "base64": "*"}'], 1008, "base64"),
    "half a character": Breaks(post(text="\ud800"), 1007, "half a character"),
    "a message that is too long": Breaks(post(text="x" * (MAX_MESSAGE + 1)), 1009, "1048576 bytes"),
    "a frame that is too long": Breaks(["x" * (MAX_FRAME + 1)], 1009, ""),
}


@pytest.mark.parametrize("case", FRAMES)
async def test_a_stranger_breaks_the_rules(lab: ModuleType, case: str) -> None:
    """The close code says which, it is noted once, and two people who chat lose nothing."""
    sends, gets, noted = FRAMES[case]
    server = await lab.serve("chain")
    async with bystanders(lab, server) as people:
        where = f"ws://127.0.0.1:{server.port}/ws?client={'a' * 16}"
        async with connect(where, proxy=None) as stranger:
            with pytest.raises(ConnectionClosed):
                for frame in sends:
                    await stranger.send(frame)
                while True:
                    await stranger.recv()
            assert stranger.close_code == gets
        refused = [entry.text for entry in server.log_entries if entry.kind == "refused"]
        assert len(refused) == 1 and noted in refused[0] and len(refused[0]) < 600
        assert people.alice.transport == "websocket"
    assert sorted(each.name for each in server.connections) == ["alice", "bob"]


async def test_a_stranger_posts_the_same_again_and_again(lab: ModuleType) -> None:
    """A thousand repetitions are acknowledged, and passed on once."""
    server = await lab.serve("chain")
    async with bystanders(lab, server) as people:
        where = f"ws://127.0.0.1:{server.port}/ws?client={'a' * 16}"
        async with connect(where, proxy=None) as stranger:
            for _ in range(1000):
                await stranger.send('{"number": 7, "text": "again"}')
            acks = 0
            while acks < 1000:
                acks += json.loads(await stranger.recv()) == {"ack": 7}
        await soon(lambda: "again" in people.alice.inbox)
    assert people.alice.inbox.count("again") == 1


async def test_a_stranger_opens_one_after_the_other(lab: ModuleType) -> None:
    """Of a hundred WebSockets of one client, the newest stays; it is one connection."""
    server = await lab.serve("chain")
    async with bystanders(lab, server):
        where = f"ws://127.0.0.1:{server.port}/ws?client={'a' * 16}"
        opened = [await connect(where, proxy=None) for _ in range(100)]
        for old in opened[:-1]:
            await old.wait_closed()
            assert old.close_code == 1000
        assert server.connection_count == 3
        await opened[-1].send('{"number": 1, "text": "here"}')
        while json.loads(await opened[-1].recv()) != {"ack": 1}:
            pass
        await opened[-1].close()
