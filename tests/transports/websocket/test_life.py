"""Connecting, reconnecting, and ending."""

from __future__ import annotations

import asyncio
import time
from http import HTTPStatus
from itertools import pairwise
from types import ModuleType, SimpleNamespace

import pytest
from websockets.asyncio.server import ServerConnection
from websockets.http11 import Request, Response

from labkit.backoff import Backoff
from labkit.exceptions import ConnectError, Disconnected
from labkit.faults import BlackHole
from labkit.transports.contract import Client
from labkit.transports.websocket import life
from tests.conftest import soon, turn_loop
from tests.support.hostile import Peer, hostile
from tests.support.servers import names_of

QUICK = Backoff(0.01, cap=0.04, jitter="none")
SLOW = Backoff(60, cap=60, jitter="none")


def notes(client: Client) -> list[str]:
    """Return the notes in a client's transcript."""
    return [str(entry.text) for entry in client.transcript if entry.kind == "note"]


async def state(client: Client, *wanted: str) -> None:
    """Wait until a client is in a state."""
    assert await client.changes.until(lambda: client.state in wanted, within=5), client.state


async def test_it_comes_back_after_a_cut(lab: ModuleType) -> None:
    """It tries, tells when, and is back when the plug is; its inbox stays, and a note says what
    does not."""
    server = await lab.serve("websocket")
    alice = await lab.connect(server, "alice", reconnect=QUICK)
    bob = await lab.connect(server, "bob")
    await alice.hears("Welcome")
    first = alice.raw
    alice.link.cut()
    assert await alice.ends() == 1006
    assert await alice.changes.until(lambda: alice.attempt == 3, within=5)
    await bob.say("alice cannot hear this")
    alice.link.restore()
    await state(alice, "open")
    assert (alice.attempt, alice.retry_at, alice.ending) == (0, None, None)
    assert alice.raw is not first
    await alice.hears("Welcome")
    await bob.say("hello")
    await alice.hears("hello")
    assert notes(alice) == [
        "connected",
        "lost: 1006 (abnormal closure: the connection ended without a close frame)",
        "connected again; messages in between are lost",
    ]
    assert names_of(server) == ["bob", "alice"]
    assert [text for text in alice.inbox if "Welcome" not in str(text)] == ["hello"]


async def test_an_attempt_is_seen(lab: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each attempt is first waited for, then under way; so a box can show both."""
    monkeypatch.setattr(life, "time", SimpleNamespace(time=lambda: 1000.0))
    alice = await lab.connect(await lab.serve("websocket"), "alice", reconnect=QUICK)
    await alice.hears("Welcome")
    seen: list[tuple[str, int]] = []
    waits: dict[int, float] = {}

    def look() -> None:
        seen.append((alice.state, alice.attempt))
        if alice.retry_at is not None:
            waits.setdefault(alice.attempt, alice.retry_at - 1000)

    unsubscribe = alice.changes.subscribe(look)
    alice.link.cut()
    assert await alice.changes.until(lambda: alice.attempt == 3, within=5)
    assert waits == pytest.approx({1: 0.01, 2: 0.02, 3: 0.04})
    alice.link.restore()
    await state(alice, "open")
    unsubscribe()
    states = list(dict.fromkeys(seen))
    assert states[:6] == [
        ("reconnecting", 0),
        ("reconnecting", 1),
        ("connecting", 1),
        ("reconnecting", 2),
        ("connecting", 2),
        ("reconnecting", 3),
    ]
    assert states[-2][0] == "connecting" and states[-1] == ("open", 0)


async def test_it_comes_back_to_a_new_server(lab: ModuleType) -> None:
    """One that was replaced, and one that was stopped and started again, on whatever port."""
    server = await lab.serve("websocket")
    alice = await lab.connect(server, "alice", reconnect=QUICK)
    again = await lab.serve("websocket")
    assert await alice.ends() == 1001
    await state(alice, "open")
    assert names_of(again) == ["alice"]
    await again.stop()
    assert await alice.changes.until(lambda: alice.attempt == 3, within=5)
    third = await lab.serve("websocket", port=0)
    await state(alice, "open")
    assert names_of(third) == ["alice"]


async def test_a_server_that_accepts_and_hangs_up(lab: ModuleType) -> None:
    """It is dialled no more often than the backoff says, though each attempt succeeds."""
    at: list[float] = []

    async def hang_up(websocket: ServerConnection) -> None:
        at.append(time.monotonic())

    server = await lab.serve(hang_up)
    alice = await lab.connect(server, "alice", reconnect=QUICK)
    await soon(lambda: len(at) >= 6)
    await alice.close()
    gaps = [later - earlier for earlier, later in pairwise(at)]
    for gap, delay in zip(gaps, [0.01, 0.02, 0.04, 0.04, 0.04], strict=False):
        assert gap >= delay - 0.002, gaps


async def test_a_stable_connection_starts_the_backoff_afresh(
    lab: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After it was lost, the first wait is the shortest one again."""
    monkeypatch.setattr(life, "STABLE", 0)
    alice = await lab.connect(await lab.serve("websocket"), "alice", reconnect=QUICK)
    tries: list[int] = []
    unsubscribe = alice.changes.subscribe(lambda: tries.append(alice.attempt))
    for _ in range(3):
        alice.link.reset()
        await alice.ends()
        await state(alice, "open")
    unsubscribe()
    assert max(tries) == 1


@pytest.mark.parametrize(
    ("status", "comes_back"), [(403, False), (404, False), (503, True), (500, True)]
)
async def test_what_the_server_answers_decides(
    lab: ModuleType, status: int, comes_back: bool
) -> None:
    """Forbidden and not found are final; a server that is overloaded or fails is asked again."""
    asked: list[int] = []

    def answer(websocket: ServerConnection, request: Request) -> Response | None:
        asked.append(status)
        if len(asked) in (2, 3):
            return websocket.respond(HTTPStatus(status), "not now\n")
        return None

    server = await lab.serve("websocket", process_request=answer)
    alice = await lab.connect(server, "alice", reconnect=QUICK)
    alice.link.reset()
    await alice.ends()
    await state(alice, "closed", "open")
    assert alice.state == ("open" if comes_back else "closed")
    if not comes_back:
        assert notes(alice)[-1] == (
            f"closed: it does not try again: server rejected WebSocket connection: HTTP {status}"
        )
        assert (alice.attempt, alice.retry_at, alice.close_code) == (0, None, 1006)
        with pytest.raises(Disconnected, match=r"To connect again: `await alice\.open\(\)`\."):
            await alice.say("hello?")
        await turn_loop(20)
        assert len(asked) == 2
        with pytest.raises(ConnectError, match=f"HTTP {status}"):
            await alice.open()
        await alice.open()
    assert len(asked) == 4


async def test_a_learner_decides_what_is_final(lab: ModuleType) -> None:
    """`process_exception`, as in the library, is asked after each failed attempt but the first."""
    refused: list[str] = []

    def final(error: Exception) -> Exception | None:
        refused.append(type(error).__name__)
        return error if len(refused) == 2 else None

    server = await lab.serve("websocket")
    alice = await lab.connect(server, "alice", reconnect=QUICK, process_exception=final)
    alice.link.cut()
    await state(alice, "closed")
    assert refused == ["InvalidMessage", "InvalidMessage"]
    with pytest.raises(ConnectError, match="the link is cut"):
        await alice.open()
    assert len(refused) == 2


async def test_a_process_exception_that_fails(lab: ModuleType) -> None:
    """The client is closed, and the failure is a background error, not silence."""

    def broken(error: Exception) -> Exception | None:
        raise KeyError("oops")

    server = await lab.serve("websocket")
    alice = await lab.connect(server, "alice", reconnect=QUICK, process_exception=broken)
    alice.link.cut()
    await state(alice, "closed")
    await lab.close()
    assert [error.what for error in lab.errors()] == ["KeyError: 'oops'"]


async def test_a_silent_server_is_tried_again(lab: ModuleType) -> None:
    """An attempt that gets no answer ends after its timeout, and another one follows."""
    seen = 0

    async def once(peer: Peer) -> None:
        nonlocal seen
        seen += 1
        if seen in (1, 4):
            await peer.accept()
        if seen > 1:
            await peer.reader.read()

    async with hostile(once) as (port, _):
        url = f"ws://127.0.0.1:{port}"
        alice = await lab.connect(url, "alice", reconnect=QUICK, open_timeout=0.4)
        assert await alice.ends() == 1006
        await state(alice, "open")
        assert seen == 4


async def test_a_black_hole(lab: ModuleType) -> None:
    """Its heartbeat notices it, attempts that nobody answers end after their timeout, and it is
    back when the line is."""
    server = await lab.serve("websocket")
    timeouts = dict.fromkeys(("ping_timeout", "open_timeout"), 0.25)
    brief = dict.fromkeys(("ping_interval", "close_timeout"), 0.05)
    alice = await lab.connect(server, "alice", reconnect=QUICK, **timeouts, **brief)
    with alice.link.add(BlackHole()):
        assert await alice.ends() == 1006
        assert await alice.changes.until(lambda: alice.attempt == 3, within=5)
        with pytest.raises(Disconnected, match="keeps nothing for later"):
            await alice.say("into the hole")
    await state(alice, "open")
    await alice.say("out of the hole")
    await soon(lambda: server.log_counts.get("message") == 1)


async def test_its_heartbeat_finds_a_silent_server(lab: ModuleType) -> None:
    """A server that answers no ping is left within interval, timeout and close timeout, by the
    lab's clock."""
    await lab.fresh(timescale=2)

    async def silent(peer: Peer) -> None:
        await peer.accept()
        await peer.reader.read()

    async with hostile(silent) as (port, _):
        url = f"ws://127.0.0.1:{port}"
        brief = {"ping_interval": 0.1, "ping_timeout": 0.1, "close_timeout": 0.05}
        started = time.monotonic()
        alice = await lab.connect(url, "alice", **brief)
        assert await alice.ends() == 1006
        assert 0.4 < time.monotonic() - started < 4  # by default it would be 24
        sent = alice.raw.protocol.close_sent
        assert (sent.code, sent.reason) == (1011, "keepalive ping timeout")
    await lab.fresh()


async def test_the_first_attempt_decides(lab: ModuleType) -> None:
    """Who has never been connected gets the reason at once, and no client is left."""
    server = await lab.serve("websocket")
    link = await lab.link(server)
    link.cut()
    with pytest.raises(ConnectError, match="the link is cut"):
        await lab.connect(link, "alice", reconnect=True)
    link.restore()
    assert (await lab.connect(link, "alice")).state == "open"


async def test_a_closed_link_is_final(lab: ModuleType) -> None:
    """There is nothing left that could be dialled."""
    alice = await lab.connect(await lab.serve("websocket"), "alice", reconnect=QUICK)
    await alice.link.close()
    await state(alice, "closed")
    assert notes(alice)[-1] == "closed: it does not try again: the link is closed"


async def test_open_does_not_wait_for_the_countdown(lab: ModuleType) -> None:
    """It connects at once, also if two ask for it, and still comes back by itself the next time."""
    server = await lab.serve("websocket")
    alice = await lab.connect(server, "alice", reconnect=SLOW)
    for _ in range(2):
        alice.link.reset()
        await alice.ends()
        assert alice.state == "reconnecting" and alice.retry_at - time.time() > 50
        await asyncio.gather(alice.open(), alice.open())
        assert alice.state == "open" and names_of(server) == ["alice"]
    assert notes(alice)[-2:] == [
        "lost: 1006 (abnormal closure: the connection ended without a close frame)",
        "connected again; messages in between are lost",
    ]


async def test_nothing_can_be_said_while_it_is_away(lab: ModuleType) -> None:
    """The error says that nothing is kept for later, and how to be back at once."""
    alice = await lab.connect(await lab.serve("websocket"), "alice", reconnect=SLOW)
    alice.link.cut()
    with pytest.raises(Disconnected) as caught:
        await alice.say("into the hole")
        await alice.ends()
        await alice.say("into the hole")
    assert str(caught.value) == (
        "alice cannot say anything: the connection is reconnecting with 1006 (abnormal closure: "
        "the connection ended without a close frame). alice keeps nothing for later, so the "
        "message would be lost. To connect at once: `alice.link.restore()`, then "
        "`await alice.open()`."
    )


async def test_closing_while_it_waits(lab: ModuleType) -> None:
    """It stops trying, at once, and is closed."""
    server = await lab.serve("websocket")
    alice = await lab.connect(server, "alice", reconnect=SLOW)
    alice.link.cut()
    await alice.ends()
    await alice.close()
    assert (alice.state, alice.attempt, alice.retry_at) == ("closed", 0, None)
    assert (notes(alice)[-1], alice.close_code) == ("closed", 1006)
    alice.link.restore()
    await alice.open()
    await alice.close()
    assert (alice.state, alice.close_code) == ("closed", 1000)


async def test_closing_while_it_dials(lab: ModuleType) -> None:
    """The attempt ends, however far it is, and leaves no connection."""
    heard = asyncio.Event()
    gone = asyncio.Event()
    seen = 0

    async def silent(peer: Peer) -> None:
        nonlocal seen
        seen += 1
        if seen == 1:
            await peer.accept()
            return
        await peer.request()
        heard.set()
        await peer.reader.read()
        gone.set()

    async with hostile(silent) as (port, _):
        alice = await lab.connect(f"ws://127.0.0.1:{port}", "alice", reconnect=QUICK)
        await asyncio.wait_for(heard.wait(), 5)
        assert (alice.state, alice.attempt) == ("connecting", 1)
        await alice.close()
        assert alice.state == "closed"
        await asyncio.wait_for(gone.wait(), 5)
        await soon(lambda: alice.link.connection_count == 0)


async def test_closing_at_any_moment_of_an_attempt(lab: ModuleType) -> None:
    """However far the attempt is, the client is closed, and stays so."""
    server = await lab.serve("websocket")
    alice = await lab.connect(server, "alice", reconnect=Backoff(0))
    for turns in range(12):
        alice.link.reset()
        await alice.ends()
        await turn_loop(turns)
        await alice.close()
        assert alice.state == "closed"
        await alice.open()
    await alice.close()
    await soon(lambda: names_of(server) == [])
    assert alice.state == "closed"


async def test_its_own_close_is_final(lab: ModuleType) -> None:
    """Who closes does not come back; also in the moment in which the connection is lost."""
    server = await lab.serve("websocket")
    alice = await lab.connect(server, "alice", reconnect=QUICK)
    await alice.close(4000, "lunch")
    assert (alice.state, alice.close_code) == ("closed", 4000)
    await alice.open()
    alice.link.reset()
    await alice.close()
    assert (alice.state, alice.attempt) == ("closed", 0)


async def test_a_client_whose_tasks_are_cancelled(lab: ModuleType) -> None:
    """A learner who cancels all tasks ends the connection, and what waits for the next one."""
    server = await lab.serve("websocket")
    alice = await lab.connect(server, "alice", reconnect=SLOW)
    bob = await lab.connect(server, "bob")
    alice.link.cut()
    await alice.ends()
    alice._reader.cancel()
    bob._reader.cancel()
    await state(alice, "closed")
    await state(bob, "closed")
    assert (notes(alice)[-1], bob.close_code) == ("closed", 1011)
