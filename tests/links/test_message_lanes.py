"""Message faults on connections that live."""

from __future__ import annotations

import asyncio
from types import ModuleType
from typing import Any

import pytest
import socketio

from labkit.exceptions import LabError
from labkit.faults import (
    BlackHole,
    Corrupt,
    CutBeforeAck,
    Delay,
    Drop,
    Duplicate,
    Latency,
    LimitData,
    NoOp,
    Reorder,
    Slicer,
    SwallowPongs,
)
from labkit.faults.message_fault import MessageFault
from labkit.links.message_lanes import ANSWERED
from labkit.links.pipe import HELD
from labkit.protocols.directions import Direction
from labkit.protocols.splitter import UNREAD
from tests.conftest import soon
from tests.support.ends import Ends, reset
from tests.support.handshakes import SWITCH, shake_hands
from tests.support.raw import CONTINUATION, PING, TEXT, frame, request
from tests.support.streams import HELLO, NOTHING, answers, asks, chunk, stream_head

TAKEOVER = b"Sec-WebSocket-Extensions: permessage-deflate\r\n\r\n"
ONE, TWO, SECRET = (frame(TEXT, each) for each in (b"one", b"two", b"secret"))
ANSWER = frame(TEXT, b"answer", masked=False)


@pytest.mark.on_proactor
async def test_it_acts_from_the_next_message_on(ends: Ends) -> None:
    """On a connection that is open; once removed, the connection has no lane."""
    (_, to_server), (from_client, _) = await shake_hands(ends)
    handle = ends.link.add(Drop(text="secret"), "upstream")
    to_server.write(ONE + SECRET + TWO)
    assert await from_client.readexactly(len(ONE + TWO)) == ONE + TWO
    assert (handle.message_count, handle.connection_count) == (1, 1)
    handle.remove()
    to_server.write(SECRET)
    assert await from_client.readexactly(len(SECRET)) == SECRET
    assert ends.connection.upstream.enter is None is ends.connection.downstream.enter
    assert ends.link.trace.facts()[1:] == [
        "fault added: Drop(text='secret') upstream",
        "fault removed: Drop(text='secret') upstream",
    ]
    assert ends.link.trace.bytes("upstream").endswith(ONE + SECRET + TWO + SECRET)


@pytest.mark.on_proactor
async def test_it_acts_on_connections_to_come(ends: Ends) -> None:
    """The handshake passes, and what a client sends behind it waits for the answer."""
    ends.link.add(Drop(nth=1))
    (from_server, to_server), (from_client, to_client) = await ends.pair()
    to_server.write(request() + ONE + TWO)
    await from_client.readexactly(len(request()))
    assert ends.link.faults[0].message_count == 0
    to_client.write(SWITCH + ANSWER + ANSWER)
    assert await from_client.readexactly(len(TWO)) == TWO
    answered = await from_server.readexactly(len(SWITCH + ANSWER))
    assert answered == SWITCH + ANSWER
    assert ends.link.faults[0].message_count == 2


@pytest.mark.parametrize("place", range(len(SECRET) + 1))
async def test_it_is_added_inside_a_message(ends: Ends, place: int) -> None:
    """The rest of a message that has begun to pass passes, and the next one is the first."""
    (_, to_server), (from_client, _) = await shake_hands(ends)
    to_server.write(ONE + SECRET[:place])
    await from_client.readexactly(len(ONE) + place)
    ends.link.add(Drop(nth=1))
    to_server.write(SECRET[place:] + TWO + ONE)
    wanted = (SECRET[place:] + ONE) if place else (TWO + ONE)
    if place == len(SECRET):
        wanted = ONE
    assert await from_client.readexactly(len(wanted)) == wanted


async def test_it_is_added_when_the_handshake_was_forgotten(ends: Ends) -> None:
    """The record is bounded, and a connection may be longer."""
    ends.link.trace.max_records = 5
    (_, to_server), (from_client, _) = await shake_hands(ends)
    for _ in range(20):
        to_server.write(ONE)
        await from_client.readexactly(len(ONE))
    to_server.write(SECRET[:8])
    await from_client.readexactly(8)
    assert ends.link.trace.dropped > 5
    ends.link.add(Drop(nth=1))
    to_server.write(SECRET[8:] + ONE + TWO)
    wanted = SECRET[8:] + TWO
    assert await from_client.readexactly(len(wanted)) == wanted


async def test_it_is_removed_inside_a_message(ends: Ends) -> None:
    """What was held of it passes, and the rest follows."""
    (_, to_server), (from_client, _) = await shake_hands(ends)
    fragment = frame(TEXT, b"in ", fin=False)
    rest = frame(CONTINUATION, b"pieces")
    handle = ends.link.add(Drop())
    to_server.write(SECRET + fragment + rest[:4])
    await soon(lambda: handle.message_count == 1)
    recorded = len(ends.link.trace.bytes("upstream"))
    assert recorded == len(request() + SECRET + fragment) + 4
    handle.remove()
    to_server.write(rest[4:])
    assert await from_client.readexactly(len(fragment + rest)) == fragment + rest


@pytest.mark.on_proactor
async def test_a_half_close_inside_a_message(ends: Ends) -> None:
    """What there is of the message passes, and the FIN behind it."""
    (_, to_server), (from_client, _) = await shake_hands(ends)
    ends.link.add(Drop(text="one"))
    to_server.write(ONE + TWO + SECRET[:9])
    to_server.write_eof()
    assert await from_client.read() == TWO + SECRET[:9]


async def test_a_reset_leaves_nothing(ends: Ends) -> None:
    """What is held behind a message that is delayed is forgotten with the connection."""
    (_, to_server), (_, to_client) = await shake_hands(ends)
    handle = ends.link.add(Delay(60))
    to_server.write(ONE + TWO)
    await soon(lambda: handle.held == len(ONE + TWO))
    reset(to_client)
    reset(to_server)
    await soon(lambda: not ends.link.connection_count)
    assert handle.held == 0


async def test_message_faults_stand_before_byte_faults(ends: Ends) -> None:
    """Whatever the order of adding: what was dropped does not count, and slices are joined."""
    (_, to_server), (from_client, _) = await shake_hands(ends)
    slicer = ends.link.add(Slicer(1), "upstream")
    ends.link.add(Drop(text="secret"))
    ends.link.add(LimitData(len(ONE + TWO)), "upstream")
    ends.link.add(Duplicate(text="two"))
    to_server.write(SECRET + ONE)
    assert await from_client.readexactly(len(ONE)) == ONE
    slicer.remove()
    to_server.write(TWO)
    assert await from_client.read() == TWO


async def test_message_faults_act_in_order(ends: Ends) -> None:
    """What one lets pass, the next one takes."""
    (_, to_server), (from_client, _) = await shake_hands(ends)
    first = ends.link.add(Duplicate(text="one"))
    ends.link.add(Drop(text="one", nth=2))
    ends.link.add(Corrupt(text="two"))
    to_server.write(ONE + TWO)
    assert len(await from_client.readexactly(len(ONE + TWO))) == len(ONE + TWO)
    first.remove()
    to_server.write(ONE)
    assert await from_client.readexactly(len(ONE)) == ONE


async def test_what_is_held_is_bounded(ends: Ends) -> None:
    """Behind a delayed message, reading pauses above the limit; an incomplete one is no reason."""
    (_, to_server), (from_client, _) = await shake_hands(ends)
    large = frame(TEXT, bytes(500_000))
    handle = ends.link.add(Delay(60, text="one"))
    to_server.write(large)
    assert await from_client.readexactly(len(large)) == large
    to_server.write(ONE + large)
    upstream = ends.connection.upstream
    await soon(lambda: upstream.paused == HELD)
    handle.change(Delay(0.01, text="one"))
    assert await from_client.readexactly(len(ONE + large)) == ONE + large
    assert not upstream.paused


async def test_other_connections_pass(ends: Ends) -> None:
    """What is not HTTP is left alone, and has no messages."""
    (_, to_server), (from_client, _) = await ends.pair()
    ends.link.add(Drop())
    to_server.write(ONE + TWO)
    assert await from_client.readexactly(len(ONE + TWO)) == ONE + TWO


async def test_rows_say_what_became_of_messages(ends: Ends) -> None:
    """Each row has its message's fate, and when it left, in whatever order."""
    (_, to_server), (from_client, _) = await shake_hands(ends)
    link = ends.link
    latency = link.add(Latency(60))
    to_server.write(ONE)
    await soon(lambda: latency.held)
    link.add(Drop(text="secret"), "upstream")
    link.add(Duplicate(text="two"), "upstream")
    link.add(Corrupt(text="three"), "upstream")
    link.add(Reorder(text="four"), "upstream")
    latency.change(Latency(0.05))  # when all faults are there, however late this test is
    three, four, five = (frame(TEXT, each) for each in (b"three", b"four", b"five"))
    to_server.write(SECRET + TWO + three + SECRET + four + five + SECRET + ONE[:3])
    await from_client.readexactly(len(ONE + TWO + TWO + three + four + five))
    to_server.write(ONE[3:] + five)
    hole = link.add(BlackHole())
    await soon(lambda: hole.held == len(ONE + five))
    rows = link.trace.rows(kind="text")
    assert [(row.content, row.fate) for row in rows] == [
        ("one", "passed"),
        ("secret", "dropped"),
        ("two", "duplicated"),
        ("three", "altered"),
        ("secret", "dropped"),
        ("four", "passed"),
        ("five", "passed"),
        ("secret", "dropped"),
        ("one", "held"),
        ("five", "held"),
    ]
    assert [row.left is None for row in rows] == [row.fate in ("dropped", "held") for row in rows]
    assert all(row.left - row.time >= 0.05 for row in rows if row.left)  # type: ignore[operator]
    link.heal()
    to_server.write(TWO)
    await from_client.readexactly(len(ONE + five + TWO))
    assert [row.fate for row in link.trace.rows(kind="text")[-3:]] == ["passed"] * 3


COMPRESSED = SWITCH[:-2] + TAKEOVER


async def test_what_cannot_act_is_refused(ends: Ends) -> None:
    """If a connection is open that it would corrupt silently; nothing is changed."""
    await shake_hands(ends, COMPRESSED)
    for fault in (Drop(), Duplicate(), Reorder(), Corrupt(), Delay(1, text="a")):
        with pytest.raises(LabError, match=r"cannot act on connection 1 of 'link': messages"):
            ends.link.add(fault)
    assert not ends.link.faults and ends.link.trace.facts() == ["opened"]
    assert ends.connection.upstream.enter is None
    handle = ends.link.add(Drop(kind="ping"))
    with pytest.raises(LabError, match="cannot act"):
        handle.change(Drop(kind="text"))
    assert handle.fault == Drop(kind="ping")
    ends.link.add(Delay(0.1))


@pytest.mark.parametrize(
    ("asked", "answered"),
    [
        (asks("/messages?client=CLIENT"), answers(HELLO)),
        (asks("/messages?client=CLIENT&number=1", "POST", b"hi"), NOTHING),
        (asks("/foreign"), stream_head() + chunk(b"data: hi\n\n")),
    ],
)
@pytest.mark.parametrize("is_there", [True, False])
async def test_messages_that_are_carried_over_http(
    ends: Ends, asked: bytes, answered: bytes, is_there: bool
) -> None:
    """No fault acts on them: adding one says so, and a fact does if it was there before."""
    if is_there:
        ends.link.add(Drop())
    (from_server, to_server), (from_client, to_client) = await ends.pair()
    to_server.write(asked)
    assert await from_client.readexactly(len(asked)) == asked
    to_client.write(answered)
    assert await from_server.readexactly(len(answered)) == answered
    facts = ends.link.trace.rows(kind="fault does not act")
    said = [fact.content for fact in facts]
    assert said == ["messages in event streams and in JSON pass as they are"] * is_there
    ends.link.heal()
    with pytest.raises(LabError, match="connection 1 of 'link': it carries messages as events"):
        ends.link.add(Drop())


@pytest.mark.parametrize("protocol", ["sse", "longpoll", "poll"])
async def test_a_chat_over_http_has_no_messages_for_faults(lab: ModuleType, protocol: str) -> None:
    """Each such fault is refused with a sentence, on a link and on a server."""
    server = await lab.serve(protocol)
    alice = await lab.connect(server, "alice")
    for fault in (Drop(), Duplicate(), Reorder(), Corrupt(), Delay(1), CutBeforeAck()):
        for target in (alice.link, server):
            with pytest.raises(LabError, match="Faults on bytes act on it, such as Latency"):
                target.faults.add(fault)
    assert not alice.link.faults and not server.faults


async def test_a_connection_that_was_polled(ends: Ends) -> None:
    """It is no obstacle once it idles, as when a session has changed to WebSocket."""
    (from_server, to_server), (from_client, to_client) = await ends.pair()
    poll = b"GET /?EIO=4&transport=polling HTTP/1.1\r\nHost: a\r\n\r\n"
    answer = b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n6"
    to_server.write(poll)
    await from_client.readexactly(len(poll))
    with pytest.raises(LabError, match="messages are polled"):
        ends.link.add(Reorder())
    to_client.write(answer)
    await from_server.readexactly(len(answer))
    ends.link.add(Reorder())


async def test_a_connection_to_come_on_which_it_cannot_act(ends: Ends) -> None:
    """Everything passes, and a fact says why."""
    handle = ends.link.add(Drop(kind="text"))
    (_, to_server), (from_client, _) = await shake_hands(ends, COMPRESSED)
    to_server.write(ONE + frame(PING) + TWO)
    sent = len(ONE + frame(PING) + TWO)
    assert len(await from_client.readexactly(sent)) == sent
    (fact,) = [each for each in ends.link.trace.facts() if "does not act" in each]
    assert fact.startswith("fault does not act: Drop(kind='text'): messages are compressed with")
    assert handle.message_count == 0


async def test_a_cut_before_an_answer(ends: Ends) -> None:
    """The request has arrived, and both sides get a FIN instead of the answer."""
    (from_server, to_server), (from_client, to_client) = await shake_hands(ends)
    ends.link.add(CutBeforeAck())
    to_server.write(ONE)
    assert await from_client.readexactly(len(ONE)) == ONE
    to_client.write(ANSWER + ANSWER)
    assert await from_server.read() == b""
    assert await from_client.read() == b""
    assert ends.link.trace.facts()[-1] == "cut: CutBeforeAck()"


async def test_faults_come_and_go_while_messages_pass(ends: Ends) -> None:
    """Hundreds of times, in both directions: every message arrives, in order."""
    (from_server, to_server), (from_client, to_client) = await shake_hands(ends)
    faults = [
        Drop(text="?"),
        Duplicate(nth=10**6),
        Delay(0),
        Reorder(text="?"),
        NoOp(),
        Delay(0.001),
    ]
    texts = [b"%d" % number for number in range(300)]
    up = b"".join(frame(TEXT, each) for each in texts)
    down = b"".join(frame(TEXT, each * 3, masked=False) for each in texts)

    async def send(writer: asyncio.StreamWriter, data: bytes, direction: Direction) -> None:
        for at in range(0, len(data), 41):
            writer.write(data[at : at + 41])
            handle = ends.link.add(faults[at % len(faults)], direction)
            if at % 5 == 0:
                await asyncio.sleep(0)  # sleeps: for no time, so that the link reads in between
            handle.remove()

    await asyncio.gather(send(to_server, up, "upstream"), send(to_client, down, "downstream"))
    assert await asyncio.wait_for(from_client.readexactly(len(up)), 20) == up
    assert await asyncio.wait_for(from_server.readexactly(len(down)), 20) == down


WAYS: dict[str, dict[str, Any]] = {
    "websocket": {},
    "socketio": {},
    "polling": {"transports": ["polling"]},
}


@pytest.fixture(params=WAYS)
async def people(lab: ModuleType, request: pytest.FixtureRequest) -> tuple[Any, Any]:
    """Return two clients in a chat."""
    way, options = request.param, WAYS[request.param]
    server = await lab.serve("websocket" if way == "websocket" else "socketio")
    alice = await lab.connect(server, "alice", **options)
    return alice, await lab.connect(server, "bob", **options)


@pytest.mark.parametrize(
    ("fault", "heard"),
    [
        (Drop(text="two"), ["one", "three", "four"]),
        (Drop(nth=2), ["one", "three", "four"]),
        (Duplicate(text="two"), ["one", "two", "two", "three", "four"]),
        (Reorder(nth=2), ["one", "three", "two", "four"]),
        (Corrupt(text="two"), ["one", "twn", "three", "four"]),
        (Delay(0.1, text="two"), ["one", "two", "three", "four"]),
        (SwallowPongs(), ["one", "two", "three", "four"]),
    ],
    ids=repr,
)
@pytest.mark.parametrize("direction", ["upstream", "downstream"])
async def test_a_chat(
    people: tuple[Any, Any], fault: MessageFault, heard: list[str], direction: Direction
) -> None:
    """The libraries at both ends hear what the fault lets pass, and nothing else is damaged."""
    alice, bob = people
    link = alice.link if direction == "upstream" else bob.link
    if alice.transport == "polling" and isinstance(fault, Reorder):
        with pytest.raises(LabError, match="messages are polled"):
            link.add(fault, direction)
        return
    await alice.say("Welcome")
    await bob.hears(lambda message: message == "Welcome")
    handle = link.add(fault, direction)
    for text in ("one", "two", "three", "four"):
        await alice.say(text)
    await bob.hears(heard[-1])
    said = [each for each in map(str, bob.inbox) if "Welcome" not in each]
    assert said == heard
    handle.remove()
    await alice.say("end")
    assert await bob.hears("end") == "end"
    await bob.say("bye")
    assert await alice.hears("bye") == "bye"


async def polling(lab: ModuleType, **options: Any) -> tuple[Any, Any]:
    """Return two clients of one chat, the first one on polling."""
    server = await lab.serve("socketio")
    alice = await lab.connect(server, "alice", transports=["polling"], **options)
    return alice, await lab.connect(server, "bob")


async def test_a_request_that_lost_all_its_packets(lab: ModuleType) -> None:
    """The link answers it in the server's place, the session lives, and rows say what happened."""
    alice, bob = await polling(lab)
    handle = alice.link.add(Drop(text="secret"), "upstream")
    for number in range(1, 4):
        await alice.say("secret")
        await soon(lambda n=number: alice.link.trace.facts().count(f"{ANSWERED} upstream") == n)
        await alice.say("heard")
        assert await bob.hears("heard") == "heard"
        assert await alice.hears("heard") == "heard"
    assert handle.message_count == 3 and "secret" not in bob.inbox
    handle.remove()
    await bob.say("still there?")
    assert await alice.hears("still there?")
    rows = alice.link.trace.rows()
    lost = [row for row in rows if "secret" in row.content and not row.is_fact]
    assert [row.fate for row in lost] == ["dropped"] * 3
    assert not [row for row in rows if row.kind == "garbage"]
    posts = [row for row in rows if row.content.startswith("POST")]
    assert len(posts) == len([row for row in rows if "answers POST" in row.content])


async def test_a_response_that_lost_all_its_packets(lab: ModuleType) -> None:
    """The client gets one that says nothing, and polls on."""
    alice, bob = await polling(lab)
    handle = alice.link.add(Drop(text="secret"), "downstream")
    for number in range(1, 4):
        await bob.say("secret")
        await soon(lambda n=number: handle.message_count == n)
        await bob.say("heard")
        assert await alice.hears("heard") == "heard"
    assert "secret" not in alice.inbox


async def test_compressed_responses(
    lab: ModuleType, socketio_server: tuple[int, socketio.AsyncServer]
) -> None:
    """What a server of the library's compresses, as it does above 1 KiB, is damaged alike."""
    port, sio = socketio_server

    async def tell(sid: str) -> None:
        for each in ("long " * 1000 + "end", b"bytes" * 1000, b"more bytes" * 1000):
            await sio.emit("news", each, to=sid)

    sio.on("ask", tell)
    alice = await lab.connect(f"http://127.0.0.1:{port}", "alice", transports=["polling"])
    alice.link.add(Drop(event="news", nth=2), "downstream")
    alice.link.add(Corrupt(text="long"), "downstream")
    await alice.emit("ask")
    await alice.hears("10000 bytes")
    assert [message.arguments for message in alice.inbox] == [
        ("long " * 1000 + "ene",),
        (b"more bytes" * 1000,),
    ]
    assert b"Content-Encoding: gzip" in alice.link.trace.bytes("downstream")


async def test_a_body_that_is_too_long(lab: ModuleType) -> None:
    """It passes, and a fact says so."""
    alice, bob = await polling(lab)
    alice.link.add(Drop(text="secret"), "upstream")
    await alice.say("secret " * 50_000)
    assert len(str(await bob.hears("secret", within=10))) == 350_000
    assert f"{UNREAD} upstream" in alice.link.trace.facts()


@pytest.mark.exhaustive
async def test_swallowed_pongs_of_polling(lab: ModuleType) -> None:
    """The server ends a session whose pongs do not arrive in bodies."""
    await lab.fresh(timescale=0.1)
    alice, _ = await polling(lab, reconnection=False)
    handle = alice.link.add(SwallowPongs(), "upstream")
    await soon(lambda: alice.state == "closed", within=8)
    assert handle.message_count >= 1
    await lab.fresh()
