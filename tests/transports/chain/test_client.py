"""A client with a fallback chain, behind middleboxes."""

from __future__ import annotations

from collections.abc import Sequence
from types import ModuleType
from typing import cast

import pytest

from labkit.exceptions import ConnectError, LabError
from labkit.faults import (
    BufferResponses,
    DropUpgrade,
    Fault,
    IdleKill,
    LimitConnections,
    RefuseUpgrade,
    RequireProxy,
    StripUpgrade,
    SwallowFrames,
)
from labkit.links import Link
from labkit.transports.chain import Client, Server
from labkit.transports.contract import describe_transport
from tests.conftest import soon
from tests.support.servers import names_of
from tests.support.timed import seconds_of

SCALE = 0.2


@pytest.fixture
async def server(lab: ModuleType) -> Server:
    """Serve a chain, in a hurry."""
    await lab.fresh(timescale=SCALE)
    return cast("Server", await lab.serve("chain"))


async def behind(lab: ModuleType, server: Server, *boxes: Fault) -> Link:
    """Return a link with middleboxes."""
    link = cast("Link", await lab.link(server, "middleboxes"))
    for box in boxes:
        link.add(box)
    return link


async def chats(lab: ModuleType, server: Server, alice: Client) -> None:
    """Assert that a client hears and is heard."""
    bob = await lab.connect(server, "bob")
    await alice.say("up")
    await bob.hears("up", within=10)
    await bob.say("down")
    await alice.hears("down", within=10)


FORBIDDEN = "the upgrade was answered with HTTP 403 Forbidden"
SILENT = "nothing came down within 3 s"


@pytest.mark.parametrize(
    ("boxes", "way", "waits", "why"),
    [
        ((), "websocket", 0, {}),
        ((StripUpgrade(),), "sse", 0, {"websocket": "426 Upgrade Required"}),
        ((RefuseUpgrade(403),), "sse", 0, {"websocket": FORBIDDEN}),
        ((DropUpgrade(),), "sse", 3, {"websocket": SILENT}),
        ((SwallowFrames(),), "sse", 3, {"websocket": SILENT}),
        (
            (StripUpgrade(), BufferResponses()),
            "longpoll",
            3,
            {"websocket": "426", "sse": SILENT},
        ),
        (
            (RefuseUpgrade(502), BufferResponses(headers_pass=True)),
            "longpoll",
            3,
            {"websocket": "502", "sse": SILENT},
        ),
    ],
    ids=["none", "strip", "403", "drop", "swallow", "strip and buffer", "buffer the body"],
)
async def test_it_takes_the_first_way_that_works(
    lab: ModuleType,
    server: Server,
    boxes: Sequence[Fault],
    way: str,
    waits: float,
    why: dict[str, str],
) -> None:
    """A refusal costs nothing, and silence 3 s; the badge says the way, and notes say why."""
    link = await behind(lab, server, *boxes)
    joined: list[Client] = []
    took: list[float] = []

    async def join() -> None:
        joined.append(await lab.connect(link, "alice"))

    while not took or (len(took) < 3 and min(took) >= waits + 2.5):  # a machine may be slow, once
        took.append(await seconds_of(join) / SCALE)
        assert took[-1] >= waits
    assert min(took) < waits + 2.5
    alice = joined[-1]
    assert (alice.state, alice.transport) == ("open", way)
    assert describe_transport(alice) == f"chain over {way}"
    assert list(alice.refusals) == list(why)
    notes = [str(entry.text) for entry in alice.transcript if entry.kind == "note"]
    assert notes.pop() == f"connected over {way}"
    for note, (refused, reason) in zip(notes, why.items(), strict=True):
        assert note.startswith(f"{refused} refused: ") and reason in note
        assert reason in alice.refusals[refused]
    await chats(lab, server, alice)


async def test_no_way_works(lab: ModuleType, server: Server) -> None:
    """The error names the reason of each way, and nothing of the attempts is left."""
    link = await behind(lab, server, RequireProxy())
    with pytest.raises(ConnectError) as caught:
        await lab.connect(link, "alice")
    story = str(caught.value)
    assert "alice cannot connect: none of its ways works (websocket: " in story
    assert story.count("HTTP 403") == 3 and "; sse: " in story and "; longpoll: " in story
    assert "RequireProxy" in story
    assert server.connections == []


async def test_nothing_listens_there(lab: ModuleType) -> None:
    """What is the same for all ways is said, too."""
    with pytest.raises(ConnectError, match=r"longpoll: .*\. Nothing listens there"):
        await lab.connect("http://127.0.0.1:1", "alice", protocol=["sse", "longpoll"])


@pytest.mark.exhaustive
async def test_one_connection_is_too_few_for_a_stream(lab: ModuleType, server: Server) -> None:
    """An event stream comes down, but no post ever leaves: only short polls work."""
    link = await behind(lab, server, RefuseUpgrade(403), LimitConnections(1))
    with pytest.raises(ConnectError) as caught:
        await lab.connect(link, "alice")
    assert "sse: nothing that goes up is answered within 3 s; longpoll: " in str(caught.value)
    order = ["websocket", "sse", "longpoll", "poll"]
    alice = await lab.connect(link, "alice", protocol=order)
    assert (alice.transport, list(alice.refusals)) == ("poll", order[:3])
    await chats(lab, server, alice)


@pytest.mark.exhaustive
async def test_a_way_that_breaks_again_and_again_is_left(lab: ModuleType, server: Server) -> None:
    """Behind a box that cuts after 3 s of silence, the chain ends with polls that are held less."""
    link = await behind(lab, server, IdleKill(3))
    alice = await lab.connect(link, "alice")
    ways = [alice.transport]
    alice.changes.subscribe(
        lambda: alice.transport == ways[-1] or ways.append(alice.transport)  # type: ignore[func-returns-value]
    )
    left = "it broke 3 times within 10 s of opening"
    await soon(lambda: alice.transport == "longpoll", within=30)
    assert dict(alice.refusals) == {"websocket": left, "sse": left}
    assert ways == ["websocket", "sse", "longpoll"]
    await chats(lab, server, alice)


async def test_it_goes_down_and_up_without_loss(lab: ModuleType, server: Server) -> None:
    """A way that is closed off in the middle of a conversation is changed, and changed back."""
    link = await behind(lab, server)
    alice = await lab.connect(link, "alice", upgrade=True)
    bob = await lab.connect(server, "bob")
    with link.add(StripUpgrade()):
        link.reset()
        await bob.say("one")
        assert await alice.hears(str, within=5) and await alice.hears("one", within=5)
        await alice.say("two")
        await bob.hears("two")
        assert alice.transport == "sse"
    await bob.say("three")
    await soon(lambda: alice.transport == "websocket")
    await bob.say("four")
    assert await alice.hears(2, within=5) == ["three", "four"]
    await alice.say("five")
    await bob.hears("five")
    assert dict(alice.refusals) == {}
    notes = [str(entry.text) for entry in alice.transcript if entry.kind == "note"]
    assert notes[-1] == "changed to websocket"
    assert sorted(names_of(server)) == ["alice", "bob"]
    how = [entry.text for entry in server.log_entries if entry.kind == "closed"]
    assert how[-1] == "client disconnect"  # the probe's


async def test_what_was_known_is_forgotten_when_it_is_opened_again(
    lab: ModuleType, server: Server
) -> None:
    """The middlebox may have gone, or the client may be elsewhere."""
    link = await behind(lab, server, StripUpgrade())
    alice = await lab.connect(link, "alice")
    await alice.close()
    assert list(alice.refusals) == ["websocket"]
    link.heal()
    await alice.open()
    assert (alice.transport, dict(alice.refusals)) == ("websocket", {})


@pytest.mark.parametrize(
    ("protocol", "options", "why"),
    [
        ([], {}, "A chain needs one or more different ways"),
        (["sse", "sse"], {}, "A chain needs one or more different ways"),
        (["sse", "socketio"], {}, "A chain has no way 'socketio'. Its ways are \"websocket\""),
        (["sse", ["poll"]], {}, r"A chain has no way \['poll'\]"),
        (None, {"upgrade": "yes"}, "`upgrade` must be True or False, not 'yes'"),
        (None, {"upgrades": True}, "does not know the option upgrades. Did you mean upgrade?"),
        (None, {"ways": ["sse"]}, "does not know the option ways"),
    ],
)
async def test_what_is_no_chain(
    lab: ModuleType, server: Server, protocol: object, options: dict[str, object], why: str
) -> None:
    """The error says what would be one, and whoever had the name stays connected."""
    alice = await lab.connect(server, "alice", protocol=("websocket", "poll"))
    with pytest.raises(LabError, match=why):
        await lab.connect(server, "alice", protocol=protocol, **options)
    assert alice.state == "open"


@pytest.mark.parametrize("kind", ["server", "link"])
@pytest.mark.parametrize("protocol", ["websocket", "sse", "socketio"])
async def test_a_chain_needs_a_chain_s_server(lab: ModuleType, protocol: str, kind: str) -> None:
    """Elsewhere, no change of the way could be without loss, and the error says why."""
    server = await lab.serve(protocol)
    to = server if kind == "server" else await lab.link(server)
    with pytest.raises(LabError, match=f"' speaks only {protocol}.*lost or doubled"):
        await lab.connect(to, "alice", protocol=["websocket", "sse"])


async def test_a_chain_at_an_address(lab: ModuleType, server: Server) -> None:
    """A server that runs elsewhere may be a chain's; a list says that it is."""
    alice = await lab.connect(server.url, "alice", protocol=["sse", "longpoll"])
    assert (alice.protocol, alice.transport) == ("chain", "sse")
    bob = await lab.connect(server.url, "bob", protocol="chain")
    assert bob.transport == "websocket"
