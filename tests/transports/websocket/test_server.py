"""The WebSocket server: who gets in, the page, the limits, and the handler's errors."""

from __future__ import annotations

import asyncio
import socket
import time
from http import HTTPStatus
from types import ModuleType
from typing import Any

import pytest
from websockets.asyncio.client import connect
from websockets.asyncio.server import broadcast
from websockets.exceptions import ConnectionClosedError, InvalidStatus

from labkit.transports import slow_reader
from tests.conftest import soon
from tests.support.raw import raw
from tests.support.servers import names_of


async def ask(port: int, *lines: str) -> tuple[int, str]:
    """Send a request as written and return the status and the whole answer."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write("".join(f"{line}\r\n" for line in (*lines, "")).encode())
    answer = (await asyncio.wait_for(reader.read(), 5)).decode()
    writer.close()
    await writer.wait_closed()
    return int(answer.split()[1]), answer


async def test_jupyters_own_page_passes(lab: ModuleType, jupyter_page: str) -> None:
    """A page that a view told of may connect; of another port of this machine, it may not."""
    server = await lab.serve("websocket")
    async with connect(server.url, origin=jupyter_page, proxy=None) as page:
        assert str(await page.recv()).startswith("Welcome")
    with pytest.raises(InvalidStatus, match="403"):
        await connect(server.url, origin="http://localhost:8889", proxy=None)


async def test_its_own_page_passes_wherever_it_is(lab: ModuleType) -> None:
    """From the server itself and from its links, at each of them; a link that is closed is none."""
    server = await lab.serve("websocket")
    link = await lab.link(server)
    for way in (server.port, link.port):
        for source in (server.port, link.port):
            origin = f"http://localhost:{source}"
            async with connect(f"ws://127.0.0.1:{way}/", origin=origin, proxy=None) as page:
                assert str(await page.recv()).startswith("Welcome")
    left = link.port
    await lab.link(server, link.name)
    with pytest.raises(InvalidStatus, match="403"):
        await connect(server.url, origin=f"http://localhost:{left}", proxy=None)


async def test_a_hub_passes_by_name(lab: ModuleType) -> None:
    """`hosts=` lets further names in."""
    server = await lab.serve("websocket", hosts=["hub.example.org"])
    got, _ = await ask(server.port, "GET / HTTP/1.1", "Host: hub.example.org")
    assert got == 200


async def test_the_page_is_at_the_root_alone(lab: ModuleType) -> None:
    """`GET /` gives the chat page, through a link as well; other paths ask for an upgrade."""
    server = await lab.serve("websocket")
    link = await lab.link(server)
    for port in (server.port, link.port):
        got, page = await ask(port, "GET / HTTP/1.1", "Host: localhost")
        assert got == 200 and "text/html; charset=utf-8" in page and "new WebSocket" in page
    got, _ = await ask(server.port, "GET /chat HTTP/1.1", "Host: localhost")
    assert got == 426


async def test_a_learners_request_hook_is_kept(lab: ModuleType) -> None:
    """`process_request` answers first, plain or awaited; what it lets pass goes on."""

    def teapot(connection, request):  # type: ignore[no-untyped-def]
        if request.path == "/tea":
            return connection.respond(HTTPStatus.IM_A_TEAPOT, "short and stout\n")
        return None

    async def later(connection, request):  # type: ignore[no-untyped-def]
        return teapot(connection, request)

    for hook in (teapot, later):
        server = await lab.serve("websocket", name=hook.__name__, process_request=hook)
        assert (await ask(server.port, "GET /tea HTTP/1.1", "Host: localhost"))[0] == 418
        assert (await ask(server.port, "GET / HTTP/1.1", "Host: localhost"))[0] == 200
        with pytest.raises(InvalidStatus):
            await connect(f"{server.url}tea", proxy=None)


@pytest.mark.parametrize("path", ["/", "/?token=open-sesame", "/tea?a=%20b~"])
async def test_a_learners_code_sees_no_key_of_a_page(lab: ModuleType, path: str) -> None:
    """Handler and hooks see the address without the key that the page adds, also when it asks."""
    seen = []

    def process_request(connection, request):  # type: ignore[no-untyped-def]
        seen.append((request.path, connection.request.path))

    def process_response(connection, request, response):  # type: ignore[no-untyped-def]
        seen.append((request.path, connection.request.path))

    async def handler(websocket):  # type: ignore[no-untyped-def]
        seen.append((websocket.request.path, websocket.request.path))
        await websocket.wait_closed()

    server = await lab.serve(
        handler,
        token="open-sesame" if "token" in path else False,
        process_request=process_request,
        process_response=process_response,
    )
    own = f"{path}{'&' if '?' in path else '?'}labkit-page=0123456789abcdef"
    async with connect(f"ws://127.0.0.1:{server.port}{own}", proxy=None):
        await soon(lambda: len(seen) == 3)
        status, answer = await ask(server.port, f"GET {own} HTTP/1.1", "Host: localhost")
        is_page = not path.startswith("/tea")
        assert (status, '{"name": "guest 1"}' in answer) == (200 if is_page else 426, is_page)
        assert seen == [(path, path)] * 5


async def test_a_learners_answer_comes_before_a_name(lab: ModuleType) -> None:
    """A `process_request` that answers at "/" is asked first."""

    def process_request(connection, request):  # type: ignore[no-untyped-def]
        if "Upgrade" in request.headers:
            return None
        return connection.respond(HTTPStatus.OK, "my own page\n")

    server = await lab.serve("websocket", process_request=process_request)
    own = "/?labkit-page=0123456789abcdef"
    async with connect(f"ws://127.0.0.1:{server.port}{own}", proxy=None) as page:
        await page.recv()
        _, answer = await ask(server.port, f"GET {own} HTTP/1.1", "Host: localhost")
        assert answer.endswith("my own page\n")


async def test_a_message_may_have_a_mebibyte(lab: ModuleType) -> None:
    """1 MiB passes; one byte more closes with 1009, and hurts nobody else."""
    server = await lab.serve("websocket")
    alice, bob = await lab.connect(server), await lab.connect(server)
    await alice.say("x" * 2**20)
    await bob.hears("xxx", within=10)
    async with connect(server.url, proxy=None, compression=None) as guest:
        await guest.recv()
        await guest.send("x" * (2**20 + 1))
        with pytest.raises(ConnectionClosedError):
            await asyncio.wait_for(guest.recv(), 10)
        assert guest.close_code == 1009
    await alice.say("still here")
    await bob.hears("still here")


@pytest.mark.parametrize("dropping", [True, False])
async def test_a_frozen_reader(
    lab: ModuleType, dropping: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever stops reading is dropped, unless a lesson asks not to; the others lose nothing."""
    monkeypatch.setattr(slow_reader, "HARD_LIMIT", 4 * 2**20)
    people = set()

    async def hub(websocket) -> None:  # type: ignore[no-untyped-def]
        people.add(websocket)
        async for message in websocket:
            broadcast(people - {websocket}, message)

    # without heartbeats, which would end a frozen one, too, if this took long
    server = await lab.serve(hub, drop_slow_readers=dropping, ping_interval=None)
    alice, bob, frozen = [await lab.connect(server, ping_interval=None) for _ in range(3)]
    frozen.raw.transport.pause_reading()
    await soon(lambda: len(people) == 3)
    for number in range(40):
        await alice.say(f"{number} " + "x" * 500_000)
        await bob.hears(f"{number} ", within=10)
    if dropping:
        await soon(lambda: frozen.name not in names_of(server))
        (event,) = [event for event in server.log_entries if event.kind == "dropped"]
        assert event.who == frozen.name and "MiB" in event.text
    else:
        assert frozen.name in names_of(server)
    assert bob.inbox.dropped + len(bob.inbox) == 40
    frozen.raw.transport.abort()


async def test_what_waits_for_a_frozen_reader_is_counted(lab: ModuleType) -> None:
    """It is queued at the server, but for what the operating system keeps, until it is read."""

    async def flood(websocket) -> None:  # type: ignore[no-untyped-def]
        broadcast([websocket] * 20, bytes(2**20))
        await websocket.wait_closed()

    server = await lab.serve(flood, ping_interval=None, drop_slow_readers=False)
    async with connect(server.url, proxy=None, compression=None) as frozen:
        frozen.transport.pause_reading()
        await soon(lambda: server.queued_bytes > 2**20)
        assert server.queued_bytes < 20 * (2**20 + 14)
        frozen.transport.resume_reading()
        for _ in range(20):
            await asyncio.wait_for(frozen.recv(), 10)
        assert server.queued_bytes == 0


async def test_an_error_in_a_handler(lab: ModuleType) -> None:
    """1011 for one, nothing for the others; `errors` has the line, the view has the words."""

    async def fragile(websocket) -> None:  # type: ignore[no-untyped-def]
        async for message in websocket:
            await websocket.send(str(int(message)))

    server = await lab.serve(fragile)
    alice, bob = await lab.connect(server, "alice"), await lab.connect(server, "bob")
    await alice.say("x")
    assert await alice.ends() == 1011
    await bob.say("1")
    await bob.hears("1")
    (error,) = lab.errors()
    assert error.where == "handler of 'fragile', serving alice"
    assert error.source_line.line == "await websocket.send(str(int(message)))"
    assert "error" in [event.kind for event in server.log_entries]


async def test_a_handler_that_calls_exit(lab: ModuleType) -> None:
    """`sys.exit` in a handler ends that connection, not the kernel."""

    async def leave(websocket) -> None:  # type: ignore[no-untyped-def]
        raise SystemExit("bye")

    alice = await lab.connect(await lab.serve(leave))
    assert await alice.ends() == 1011
    assert [error.what for error in lab.errors()] == ["SystemExit: bye"]


async def test_a_lost_connection_is_nobodys_mistake(lab: ModuleType) -> None:
    """When its own line breaks, a handler may end in ConnectionClosed."""

    async def talk(websocket) -> None:  # type: ignore[no-untyped-def]
        while True:
            await websocket.recv()

    server = await lab.serve(talk)
    alice, bob = await lab.connect(server), await lab.connect(server)
    alice.link.reset()
    await bob.close()
    await soon(lambda: not server.connections)
    assert lab.errors() == []


async def listen(connection: Any) -> None:
    """Listen to nobody in particular, until the connection ends."""
    while True:
        await connection.recv()


@pytest.mark.parametrize("code", [1000, 1001, None], ids=str)
async def test_a_close_in_a_task_group_is_nobodys_mistake(
    lab: ModuleType, code: int | None
) -> None:
    """However the connection ends, a group made only of that end is silent."""

    async def handler(connection):  # type: ignore[no-untyped-def]
        async with asyncio.TaskGroup() as group:
            group.create_task(listen(connection))
            group.create_task(listen_in_a_group(connection))

    async def listen_in_a_group(connection):  # type: ignore[no-untyped-def]
        async with asyncio.TaskGroup() as group:
            group.create_task(connection.wait_closed())
            await connection.wait_closed()
            await connection.send("too late")

    server = await lab.serve(handler)
    alice = await lab.connect(server, "alice")
    if code is None:
        alice.link.cut()
    else:
        await alice.close(code)
    await soon(lambda: "closed" in server.log_counts)
    assert "error" not in server.log_counts and lab.errors() == []


async def test_an_error_in_a_task_group_is_named_with_its_line(lab: ModuleType) -> None:
    """Each error in the group is one of its own, at its line; the end of the connection is none."""

    async def answer(connection):  # type: ignore[no-untyped-def]
        raise KeyError(await connection.recv())

    async def leave(connection):  # type: ignore[no-untyped-def]
        try:
            await asyncio.Event().wait()
        finally:
            await connection.close()
            await connection.send("too late")

    async def handler(connection):  # type: ignore[no-untyped-def]
        async with asyncio.TaskGroup() as group:
            group.create_task(answer(connection))
            group.create_task(leave(connection))

    server = await lab.serve(handler, name="chat")
    alice = await lab.connect(server, "alice")
    await alice.say("name")
    await alice.ends()
    await soon(lambda: "error" in server.log_counts)
    (error,) = lab.errors()
    assert (error.what, error.where) == ("KeyError: 'name'", "handler of 'chat', serving alice")
    assert error.source_line.line == "raise KeyError(await connection.recv())"
    assert [each.text for each in server.log_entries if each.kind == "error"] == [
        "KeyError: 'name'"
    ]


async def test_a_handler_that_awaits_what_was_cancelled(lab: ModuleType) -> None:
    """Nobody ended this handler, so that it ended is an error, at its line."""

    async def handler(connection):  # type: ignore[no-untyped-def]
        waiting = asyncio.create_task(connection.wait_closed())
        waiting.cancel()
        await waiting

    alice = await lab.connect(await lab.serve(handler), "alice")
    assert await alice.ends() == 1011
    (error,) = lab.errors()
    assert error.what == "CancelledError" and error.source_line.line == "await waiting"


async def test_a_handler_that_is_ended_is_no_error(lab: ModuleType) -> None:
    """A server that stops cancels its handlers, in a task group or not."""

    async def handler(connection):  # type: ignore[no-untyped-def]
        async with asyncio.TaskGroup() as group:
            group.create_task(asyncio.Event().wait())

    await lab.fresh(timescale=0.05)
    server = await lab.serve(handler)
    await lab.connect(server, "alice")
    await server.stop()
    assert lab.errors() == []
    await lab.fresh()


async def test_a_port_in_use(lab: ModuleType) -> None:
    """Who has the port is told, and what to do."""
    taken = await lab.serve("websocket")
    with pytest.raises(lab.LabError, match="Omit `port`") as caught:
        await lab.serve("websocket", name="second", port=taken.port)
    assert f"Port {taken.port} is in use by process" in str(caught.value)
    assert isinstance(caught.value.__cause__, OSError)


async def test_an_address_of_somebody_else(lab: ModuleType) -> None:
    """A host that is not this machine's cannot be listened on."""
    with pytest.raises(lab.LabError, match=r"Cannot listen on '192\.0\.2\.1'"):
        await lab.serve("websocket", host="192.0.2.1")


async def test_only_this_machine_is_served(lab: ModuleType) -> None:
    """The socket is bound to 127.0.0.1 unless told otherwise."""
    server = await lab.serve("websocket")
    (sock,) = server.raw.sockets
    assert sock.getsockname()[0] == "127.0.0.1"


async def test_options_reach_the_library(lab: ModuleType) -> None:
    """Whatever `websockets` takes can be given."""
    server = await lab.serve("websocket", subprotocols=["chat"], compression="deflate")
    async with connect(server.url, subprotocols=["chat"], proxy=None) as guest:
        assert guest.subprotocol == "chat" and guest.protocol.extensions


async def test_a_silent_connection_is_not_kept(lab: ModuleType) -> None:
    """A TCP connection that never asks is closed after the heartbeat's time."""
    await lab.fresh(timescale=0.05)
    server = await lab.serve("websocket")
    with socket.create_connection(("127.0.0.1", server.port)) as silent:
        silent.setblocking(False)
        loop = asyncio.get_running_loop()
        assert await asyncio.wait_for(loop.sock_recv(silent, 1), 5) == b""
    await lab.fresh()


async def test_its_heartbeat_finds_a_silent_client(lab: ModuleType) -> None:
    """A client that answers no ping is left within interval, timeout and close timeout, by the
    lab's clock, and the log says why."""
    await lab.fresh(timescale=2)
    brief = {"ping_interval": 0.1, "ping_timeout": 0.1, "close_timeout": 0.05}
    server = await lab.serve("websocket", **brief)
    async with raw(server.port) as silent:
        started = time.monotonic()
        await silent.shake_hands()
        await soon(lambda: names_of(server))
        assert await server.changes.until(lambda: not server.connections, within=20)
        assert 0.4 < time.monotonic() - started < 4  # by default it would be 24
    (ending,) = [entry.text for entry in server.log_entries if entry.kind == "closed"]
    assert ending.startswith("1011") and ending.endswith("keepalive ping timeout")
    await lab.fresh()


async def test_handlers_get_as_long_to_end_as_the_server_says(lab: ModuleType) -> None:
    """One that waits for something else than its connection is cancelled then."""
    ended: list[str] = []

    async def handler(websocket: Any) -> None:
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            ended.append("cancelled")
            raise

    server = await lab.serve(handler)
    server.handler_timeout = 0.01
    await lab.connect(server, "alice")
    async with asyncio.timeout(1.5):  # without it, the server gives handlers 2 s
        await server.stop()
    assert ended == ["cancelled"]
