"""The WebSocket client: its errors, one for each way in which connecting fails."""

from __future__ import annotations

import asyncio
import socket
import time
from types import ModuleType

import pytest
from aiohttp import web
from websockets.asyncio.server import serve

from labkit import bench
from labkit.exceptions import ConnectError, Disconnected
from labkit.transports.what_answers import Answer
from tests.conftest import soon
from tests.support.hostile import hostile, replies
from tests.support.servers import names_of


async def refused(lab: ModuleType, url: str) -> str:
    """Connect in vain and return what the error says; it comes within 5 s."""
    started = time.monotonic()
    with pytest.raises(ConnectError) as caught:
        await lab.connect(url, "alice")
    assert time.monotonic() - started < 5.5
    assert caught.value.__cause__ is not None
    return str(caught.value)


async def test_a_closed_port(lab: ModuleType) -> None:
    """Nobody listens: the error says so, and how to start a server."""
    assert "nothing listens there" in await refused(lab, "ws://127.0.0.1:1/")


@pytest.mark.exhaustive
async def test_a_silent_port(lab: ModuleType) -> None:
    """Somebody accepts and says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        assert "stays silent" in await refused(lab, f"ws://127.0.0.1:{port}/")


async def test_a_web_server(lab: ModuleType) -> None:
    """An HTTP server without WebSocket: the status is told."""
    runner = web.AppRunner(web.Application(), access_log=None, shutdown_timeout=0.05)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    told = await refused(lab, f"ws://127.0.0.1:{runner.addresses[0][1]}/")
    assert "HTTP 404 Not Found: there is nothing under this path. Check the path" in told
    await runner.cleanup()


async def test_a_socketio_server(lab: ModuleType, socketio_server) -> None:  # type: ignore[no-untyped-def]
    """Socket.IO is named, with the two ways that lead on."""
    told = await refused(lab, f"ws://127.0.0.1:{socketio_server[0]}/")
    assert "Socket.IO server answers" in told and "EIO=4&transport=websocket" in told


async def test_socketio_by_hand(lab: ModuleType, socketio_server) -> None:  # type: ignore[no-untyped-def]
    """On its own path a Socket.IO server speaks to a raw client, which can answer."""
    url = f"ws://127.0.0.1:{socketio_server[0]}/socket.io/?EIO=4&transport=websocket"
    alice = await lab.connect(url, "alice")
    assert (await alice.hears()).startswith('0{"sid":')
    await alice.say("40")
    assert (await alice.hears()).startswith('40{"sid":')


@pytest.mark.parametrize(
    ("answer", "words"), [("other", "does not speak WebSocket"), ("http", "does not speak")]
)
async def test_another_protocol(lab: ModuleType, answer: Answer, words: str) -> None:
    """What is no web server, or a broken one, is told apart from silence."""
    reply = b"220 ready\r\n" if answer == "other" else b"HTTP/1.1 200\r\n\r\n"
    async with hostile(replies(reply)) as (port, _):
        assert words in await refused(lab, f"ws://127.0.0.1:{port}/")


async def test_a_cut_link(lab: ModuleType) -> None:
    """The plug is named, and how to put it back."""
    alice = await lab.connect(await lab.serve("websocket"), "alice")
    alice.link.cut()
    await alice.ends()
    with pytest.raises(ConnectError, match=r"alice\.link\.restore\(\)"):
        await alice.open()
    alice.link.restore()
    await alice.open()


async def test_a_server_that_stopped_meanwhile(lab: ModuleType) -> None:
    """Opening again after the server has stopped says that it is stopped."""
    server = await lab.serve("websocket")
    alice = await lab.connect(server, "alice")
    await server.stop()
    await alice.ends()
    with pytest.raises(ConnectError, match="'websocket' is stopped"):
        await alice.open()


async def test_a_proxy_variable_is_passed_by(
    lab: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`http_proxy`, as schools set it, does not lead a client astray."""
    for name in ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9/")
    alice = await lab.connect(await lab.serve("websocket"), "alice")
    await alice.hears("Welcome")


async def test_what_is_no_message(lab: ModuleType) -> None:
    """Numbers and objects are refused with the way out; the connection stays."""
    alice = await lab.connect(await lab.serve("websocket"), "alice")
    for thing in (42, None, {"a": 1}, ["a", "b"]):
        with pytest.raises(TypeError, match=r"json\.dumps"):
            await alice.say(thing)
    await alice.say("still here")
    assert alice.state == "open"


async def test_half_a_character(lab: ModuleType) -> None:
    """A lone surrogate is refused before it can cost the connection."""
    alice = await lab.connect(await lab.serve("websocket"), "alice")
    with pytest.raises(lab.LabError, match="half a character at position 2"):
        await alice.say("hi\ud83d")
    await alice.say("👋 whole")
    assert alice.state == "open"


async def test_before_the_first_connection_there_is_nothing_raw(lab: ModuleType) -> None:
    """`raw` is the library's connection, once there is one."""
    from labkit.transports.websocket import Client

    link = await lab.link("ws://127.0.0.1:9/")
    dave = Client("dave", link, link.url)
    with pytest.raises(Disconnected, match="has not connected yet"):
        _ = dave.raw
    await dave.close()
    assert (await lab.connect(await lab.serve("websocket"))).raw.state.name == "OPEN"


@pytest.mark.exhaustive
async def test_a_peer_that_never_answers_a_close(lab: ModuleType) -> None:
    """`close` ends within 3 s though the other side is silent, also with much unread."""

    async def flood(websocket) -> None:  # type: ignore[no-untyped-def]
        for number in range(100):
            await websocket.send(str(number))
        websocket.transport.pause_reading()
        await asyncio.Event().wait()

    server = await lab.serve(flood)
    alice = await lab.connect(server, "alice")
    await alice.hears(100)
    started = time.monotonic()
    await alice.close()
    assert time.monotonic() - started < 3.5
    assert alice.state == "closed"


async def test_a_close_code_of_ones_own(lab: ModuleType) -> None:
    """The code and the reason reach the other side."""
    seen: asyncio.Future[tuple[int, str]] = asyncio.get_running_loop().create_future()

    async def watch(websocket) -> None:  # type: ignore[no-untyped-def]
        await websocket.wait_closed()
        seen.set_result((websocket.close_code, websocket.close_reason))

    async with serve(watch, "127.0.0.1", 0) as foreign:
        port = foreign.sockets[0].getsockname()[1]
        alice = await lab.connect(f"ws://127.0.0.1:{port}", "alice")
        await alice.close(4000, "lunch")
        assert await asyncio.wait_for(seen, 5) == (4000, "lunch")
    assert alice.close_code == 4000 and alice.close_reason == "lunch"


@pytest.mark.parametrize(("code", "reason"), [(1006, ""), ("1000", ""), (1000, "x" * 130)])
async def test_a_close_that_cannot_be_sent_changes_nothing(
    lab: ModuleType, code: int, reason: str
) -> None:
    """The state stays open, the server keeps her, and a proper close still gives 1000."""
    server = await lab.serve("websocket")
    alice = await lab.connect(server, "alice")
    with pytest.raises(lab.LabError, match="close"):
        await alice.close(code, reason)
    assert alice.state == "open" and names_of(server) == ["alice"]
    await alice.close()
    assert alice.close_code == 1000


async def test_who_has_opened_speaks_before_anything_is_read(lab: ModuleType) -> None:
    """Between `open` and what a cell does next, nothing else comes into the transcript."""
    alice = await lab.connect(await lab.serve("websocket"), "alice")
    await alice.hears("Welcome")
    await alice.close()
    await alice.open()
    await alice.say("here I am again")
    await alice.hears("Welcome")
    kinds = [entry.kind for entry in alice.transcript]
    assert kinds == ["note", "heard", "note", "note", "said", "heard"]


async def test_a_close_after_everybodys_tasks_were_cancelled(lab: ModuleType) -> None:
    """A learner who cancels all tasks cancels the client's reader, too: it still closes."""
    alice = await lab.connect(await lab.serve("websocket"), "alice")
    alice._reader.cancel()
    await alice.close()
    assert (alice.state, alice.close_code) == ("closed", 1000)


async def test_what_the_reader_failed_with_is_told(lab: ModuleType) -> None:
    """Nothing that failed while it read is swallowed at the end."""
    alice = await lab.connect(await lab.serve("websocket"), "alice")
    await alice.hears("Welcome")

    def broken() -> None:
        raise RuntimeError("a broken listener")

    unsubscribe = alice.changes.subscribe(broken)
    bob = await lab.connect(bench.current().servers["websocket"], "bob")
    await bob.say("hello")
    await soon(lambda: alice._reader.done())
    unsubscribe()
    await lab.close()
    assert [error.what for error in lab.errors()] == ["RuntimeError: a broken listener"]
    assert alice.state == "closed"


async def test_the_way_back_is_one(lab: ModuleType) -> None:
    """After `fresh` has closed the link, `open` is not advised: it cannot succeed."""
    alice = await lab.connect(await lab.serve("websocket"), "alice")
    await lab.fresh()
    again = r"`await lab\.connect\(\.\.\., 'alice'\)` makes a new one"
    with pytest.raises(lab.LabError, match=again):
        await alice.say("hello")
    with pytest.raises(lab.LabError, match=f"The link is closed: {again}"):
        await alice.hears("hello", within=0)
    with pytest.raises(lab.LabError, match=again):
        await alice.open()
