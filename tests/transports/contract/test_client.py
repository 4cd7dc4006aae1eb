"""The contract of a transport's client."""

from __future__ import annotations

import asyncio
import re
import time
from types import ModuleType

import pytest
from websockets.asyncio.server import ServerConnection

from labkit import bench
from labkit.backoff import Backoff
from labkit.exceptions import ConnectError, Disconnected, LabError, NotHeard
from labkit.transports.contract import Server
from tests.conftest import soon, turn_loop
from tests.support.servers import names_of
from tests.transports.contract.conftest import Join, Transport


@pytest.mark.on_proactor
async def test_others_hear_what_is_said(join: Join, transport: Transport) -> None:
    """A text is relayed to everybody, and to its sender if the transport's chat does that."""
    alice, bob, carol = await join("alice"), await join("bob"), await join("carol")
    await alice.say("hello")
    assert await bob.hears("hello") == await carol.hears("hello") == "hello"
    await bob.say("and back")
    await alice.hears("and back")
    heard = [text for text in alice.inbox if "Welcome" not in text]
    assert heard == (["hello"] if transport.echoes else []) + ["and back"]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "ü",
        "שלום",
        "👩‍👩‍👧 e\u0301",
        "<script>alert(1)</script>",
        "a\nb\x00c",
        "x" * 300_000,
        b"\x00\xff",
    ],
    ids=["empty", "letter", "right to left", "emoji", "markup", "control", "long", "bytes"],
)
async def test_a_message_arrives_as_it_was_said(join: Join, text: str | bytes) -> None:
    """Text and bytes of any kind and length pass unchanged."""
    alice, bob = await join("alice"), await join("bob")
    await alice.say(text)
    assert await bob.hears() == text


async def test_order_is_kept(join: Join, transport: Transport) -> None:
    """Five hundred messages arrive in the order in which they were said; of posts, a hundred."""
    alice, bob = await join("alice"), await join("bob")
    said = [f"message {number}" for number in range(100 if transport.resumes else 500)]
    for text in said:
        await alice.say(text)
    assert await bob.hears(len(said), within=20) == said


async def test_hears_reads_on(join: Join) -> None:
    """What was read is not read again; text, function, number and nothing each find theirs."""
    alice, bob = await join("alice"), await join("bob")
    for text in ("one", "two", "three", "four", "five"):
        await alice.say(text)
    assert await bob.hears() == "one"
    assert await bob.hears(lambda message: len(message) == 5) == "three"
    assert await bob.hears(2) == ["four", "five"]
    with pytest.raises(NotHeard):
        await bob.hears("one", within=0.01)
    assert await bob.hears(0) == []


async def test_a_wait_in_vain_tells_a_story(join: Join) -> None:
    """The error says what was awaited, for how long, what came instead, and where to look."""
    alice, bob = await join("alice"), await join("bob")
    await alice.say("good morning")
    await bob.hears("good morning")
    await alice.say("good evening")
    await soon(lambda: "good evening" in bob.inbox)
    with pytest.raises(TimeoutError) as caught:
        await bob.hears("good night", within=0.1)
    story = str(caught.value)
    assert "bob did not hear 'good night' within 0.1 s" in story
    assert "bob has heard 'good evening' since the last `hears`" in story
    assert "`lab.show`" in story
    with pytest.raises(NotHeard, match="3 messages"):
        await bob.hears(3, within=0.01)
    with pytest.raises(NotHeard, match="`is_long` is true"):
        await bob.hears(is_long, within=0.01)


async def test_a_wait_in_vain_tells_of_what_failed(lab: ModuleType, join: Join) -> None:
    """An error that nobody took is the likelier cause, until it has been taken."""
    alice, bob = await join("alice"), await join("bob")
    bench.current().monitor.background_errors.add(
        ValueError("no"), "handler of 'mine', serving alice"
    )
    failed = (
        r"something failed in the background: ValueError: no \(handler of 'mine', serving alice\)"
    )
    with pytest.raises(NotHeard, match=f"is open, but {failed}; see `lab.errors\\(\\)`") as caught:
        await bob.hears("hello", within=0.01)
    assert "lab.show" not in str(caught.value)
    await alice.close()
    ended = "alice did not hear 'hello' before the connection ended"
    with pytest.raises(NotHeard, match=f"{ended}.* is closed with .*; {failed}"):
        await alice.hears("hello", within=0.01)
    assert len(lab.errors()) == 1
    with pytest.raises(NotHeard, match=r"show it with `lab\.show`"):
        await bob.hears("hello", within=0.01)


async def test_a_handler_that_fails_for_another_is_named(lab: ModuleType) -> None:
    """Bob waits in vain since alice's handler failed: the error points there."""
    people: list[ServerConnection] = []

    async def leaky(websocket: ServerConnection) -> None:
        people.append(websocket)
        async for message in websocket:
            for person in people:
                await person.send(message)

    server = await lab.serve(leaky)
    carol, alice, bob = [await lab.connect(server, name) for name in ("carol", "alice", "bob")]
    await carol.close()
    await alice.say("hello")
    with pytest.raises(NotHeard, match="handler of 'leaky', serving alice"):
        await bob.hears("hello", within=0.2)
    assert "await person.send(message)" in str(lab.errors())


def is_long(message: str | bytes) -> bool:
    """Tell a long message."""
    return len(message) > 100


async def test_a_wait_ends_early_when_nothing_can_come(join: Join) -> None:
    """On a connection that ends, `hears` does not sit out its time."""
    alice = await join("alice")
    alice.link.cut()
    started = time.monotonic()
    with pytest.raises(NotHeard, match="link is cut"):
        await alice.hears("anything", within=30)
    assert time.monotonic() - started < 10


@pytest.mark.on_proactor
async def test_the_states_of_a_life(join: Join, transport: Transport) -> None:
    """open, closed by itself, open again, and each is noted in the transcript."""
    alice = await join("alice")
    assert (alice.state, alice.ending) == ("open", None)
    await alice.close()
    assert (alice.state, alice.ending) == ("closed", transport.left)
    assert await alice.ends() == transport.left
    await alice.close()
    await alice.open()
    assert (alice.state, alice.ending) == ("open", None)
    notes = [entry.text for entry in alice.transcript if entry.kind == "note"]
    assert [re.split(r"\W", str(note))[0] for note in notes] == [
        "connected",
        "closed",
        "connected",
    ]


async def test_an_end_is_not_missed(lab: ModuleType, server: Server, transport: Transport) -> None:
    """`ends` returns how a connection ended, though the next one is made without any wait."""
    if transport.stands:
        pytest.skip(transport.stands)
    at_once = {"reconnect": Backoff(0, jitter="none")}
    alice = await lab.connect(server, "alice", **transport.options | at_once)
    for number in range(3):
        if number == 0 or not transport.resumes:
            await transport.greets(alice)
        alice.link.reset()
        assert await alice.ends() == transport.cut
        assert await alice.changes.until(lambda: alice.state == "open", within=5)


async def test_coming_back(lab: ModuleType, server: Server, transport: Transport) -> None:
    """Attempts are counted and announced while the plug is out; then the chat goes on, and what was
    heard before is still there."""
    told = {"reconnect": Backoff(0.02, cap=0.1, jitter="none")}
    alice = await lab.connect(server, "alice", **transport.options | told)
    bob = await lab.connect(server, "bob", **transport.options)
    await transport.greets(alice)
    await bob.say("first")
    await alice.hears("first")
    alice.link.cut()
    assert await alice.ends() == transport.cut
    if transport.resumes:
        saying = asyncio.create_task(alice.say("into the hole"))
    else:
        with pytest.raises(Disconnected, match=r"be lost.*`alice\.link\.restore\(\)`, then"):
            await alice.say("into the hole")
    assert await alice.changes.until(lambda: alice.attempt == 3, within=5)
    assert alice.retry_at is not None and alice.retry_at - time.time() <= 0.1
    await bob.say("unheard")
    alice.link.restore()
    assert await alice.changes.until(lambda: alice.state == "open", within=5)
    assert (alice.attempt, alice.retry_at, alice.ending) == (0, None, None)
    if not transport.resumes:
        await transport.greets(alice)
    await bob.say("last")
    await alice.hears("last")
    heard = [text for text in alice.inbox if "Welcome" not in text]
    notes = [str(entry.text) for entry in alice.transcript if entry.kind == "note"]
    if transport.resumes:
        await saying
        await bob.hears("into the hole")
        assert heard == ["first", "unheard", "last"]
        assert notes[-1].startswith("connected again")
    else:
        assert heard == ["first", "last"]
        assert notes[-1].endswith("; messages in between are lost")
        assert "into the hole" not in [entry.text for entry in alice.transcript]
    alice.link.cut()
    await alice.ends()
    await alice.close()
    assert (alice.state, alice.attempt, alice.retry_at) == ("closed", 0, None)


async def test_a_reconnect_that_is_none_changes_nothing(
    lab: ModuleType, server: Server, transport: Transport
) -> None:
    """One sentence says what it may be, and whoever had the name stays connected."""
    alice = await lab.connect(server, "alice", **transport.options)
    for given in ("yes", 1, 0, Backoff, 5.0, (1, 5)):
        with pytest.raises(LabError, match="`reconnect` must be True, False or a Backoff"):
            await lab.connect(server, "alice", **transport.options | {"reconnect": given})
    assert (alice.state, names_of(server)) == ("open", ["alice"])
    assert bench.current().clients == {"alice": alice}


async def test_a_wait_for_an_end_that_does_not_come_is_bounded(join: Join) -> None:
    """`ends` gives up with a sentence."""
    alice = await join("alice")
    with pytest.raises(NotHeard, match="did not end within"):
        await alice.ends(within=0.01)


async def test_who_is_closed_cannot_speak(join: Join, transport: Transport) -> None:
    """`say` on a closed client tells how it ended and what to do; nothing is marked as sent."""
    alice = await join("alice")
    await alice.close()
    with pytest.raises(Disconnected) as caught:
        await alice.say("too late")
    assert str(transport.left) in str(caught.value) and "await alice.open()" in str(caught.value)
    assert "too late" not in [entry.text for entry in alice.transcript]


async def test_what_was_said_has_a_tick(join: Join, transport: Transport) -> None:
    """A message that was handed to the network is marked as sent, and as acknowledged if it is."""
    alice = await join("alice")
    await alice.say("hello")
    (said,) = (entry for entry in alice.transcript if entry.kind == "said")
    assert said.send_status == transport.tick


@pytest.mark.on_proactor
async def test_a_cut_and_a_way_back(join: Join, server: Server, transport: Transport) -> None:
    """A cut shows on both sides; after `restore` and `open` the chat goes on."""
    alice = await join("alice")
    alice.link.cut()
    assert await alice.ends() == transport.cut
    await soon(lambda: not server.connections)
    assert server.log_entries[-1].kind == "closed"
    assert server.log_entries[-1].text.startswith(("1006", "transport", "ping"))
    alice.link.restore()
    await alice.open()
    await transport.greets(alice)


@pytest.mark.on_proactor
async def test_a_reset(join: Join, transport: Transport) -> None:
    """A reset shows as a cut does, and new connections get through at once."""
    if transport.stands:
        pytest.skip(transport.stands)
    alice = await join("alice")
    alice.link.reset()
    assert await alice.ends() == transport.cut
    await alice.open()
    await transport.greets(alice)


async def test_one_line_says_what_a_thing_is(
    join: Join, server: Server, transport: Transport
) -> None:
    """A `repr` is one line without port or address."""
    alice = await join("alice")
    name = transport.name
    assert repr(server) == f"<Server {name!r}: {name}, running, 1 connected>"
    assert repr(alice) == f"<Client 'alice': {transport.badge}, open>"
    await alice.close()
    ending = f"<Client 'alice': {transport.badge}, closed with {transport.left!r} ("
    assert repr(alice).startswith(ending)


@pytest.mark.on_proactor
async def test_clients_and_servers_are_context_managers(join: Join, server: Server) -> None:
    """`async with` closes at the end, and opens what is closed."""
    async with await join("alice") as alice:
        assert alice.state == "open"
    assert alice.state == "closed"
    async with alice:
        assert alice.state == "open"
    async with server:
        assert server.running
    assert not server.running


async def test_two_who_open_at_once_open_one_connection(
    join: Join, server: Server, transport: Transport
) -> None:
    """A message is heard once, and there is one connection."""
    alice, bob = await join("alice"), await join("bob")
    await alice.close()
    await soon(lambda: names_of(server) == ["bob"])
    await asyncio.gather(alice.open(), alice.open())
    await transport.greets(alice)
    assert sorted(names_of(server)) == ["alice", "bob"]
    await bob.say("once")
    await alice.hears("once")
    await bob.say("and then")
    await alice.hears("and then")
    assert alice.inbox.count("once") == 1


async def test_a_client_that_is_closed_while_it_opens_is_closed(join: Join) -> None:
    """Whoever awaits the opening gets a sentence; later it opens as ever."""
    alice = await join("alice")
    await alice.close()
    opening = asyncio.create_task(alice.open())
    assert await alice.changes.until(lambda: alice.state == "connecting", within=2)
    await asyncio.gather(alice.close(), alice.close())
    with pytest.raises(ConnectError, match="alice was closed before the connection was open"):
        await opening
    assert alice.state == "closed"
    await alice.open()
    assert alice.state == "open"


async def test_an_opening_that_is_cancelled_leaves_nothing(join: Join) -> None:
    """Cancelled by its caller, it ends with its caller."""
    alice = await join("alice")
    await alice.close()
    opening = asyncio.create_task(alice.open())
    assert await alice.changes.until(lambda: alice.state == "connecting", within=2)
    opening.cancel()
    await asyncio.wait({opening})
    assert opening.cancelled() and alice.state == "closed"


async def test_an_opening_may_be_cancelled_at_any_moment(join: Join) -> None:
    """Also in the one in which it succeeds: no connection of its own stays on the link."""
    alice = await join("alice")
    await alice.close()
    for turns in range(200):
        opening = asyncio.create_task(alice.open())
        await turn_loop(turns)
        if opening.done():
            break
        opening.cancel()
        await asyncio.wait({opening})
        assert opening.cancelled() and alice.state == "closed"
        await soon(lambda: not alice.link.connection_count, every=0)
    assert alice.state == "open"
