"""The files that learners take home: they run by the line that the page prints, without labkit."""

from __future__ import annotations

import asyncio
import json
import os
import re
import shutil
import signal
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from types import ModuleType

import nbformat
import pytest
import socketio
from aiohttp import ClientResponse, ClientSession
from websockets.asyncio.client import connect
from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosedError
from websockets.http11 import Request, Response

from labkit.commands.course import Course
from labkit.commands.lab import jupyterlab_environment
from labkit.faults import DropUpgrade, Fault, StripUpgrade, SwallowFrames
from tests.conftest import ROOT
from tests.support.notebooks import PATHS
from tests.support.ports import free_port
from tests.support.signals import heed_interrupts

EXAMPLES = sorted((ROOT / "notebooks" / "examples").iterdir())

LINE = re.compile(
    r"`(labkit python|\.venv/bin/python) ((?:notebooks/)?examples/[^\s`]+\.py)((?: [^`]+)?)`"
)
"""A line for a terminal: the program, the example, its arguments."""


def practice(number: str) -> str:
    """Return the section "In practice" of a notebook."""
    (path,) = (path for path in PATHS if path.name.startswith(number))
    cells = nbformat.read(path, as_version=4).cells
    (text,) = (cell.source for cell in cells if cell.source.startswith("## In practice"))
    return str(text)


def lines(example: Path) -> list[tuple[str, str, str]]:
    """Return the lines by which the example's notebook runs it."""
    found = LINE.findall(practice(example.name[:2]))
    return [line for line in found if line[1].endswith(f"/{example.name}")]


@asynccontextmanager
async def running(name: str, folder: Path, port: int, *arguments: str) -> AsyncIterator[Process]:
    """Run an example as JupyterLab's terminal does; Ctrl-C ends it, if nothing else has."""
    command, path, _ = lines(ROOT / "notebooks" / "examples" / name)[0]
    program, *verb = command.split()
    course = Course(ROOT, folder)
    course.hand_out()
    env = jupyterlab_environment({**os.environ, "PORT": str(port), "PYTHONUNBUFFERED": "1"})
    found = shutil.which(program, path=env["PATH"])
    assert found is not None
    process = await asyncio.create_subprocess_exec(
        found,
        *verb,
        path,
        *arguments,
        cwd=course.copies,
        env=env,
        stdout=PIPE,
        stderr=PIPE,
        preexec_fn=None if sys.platform == "win32" else heed_interrupts,
    )
    try:
        yield process
        if sys.platform != "win32":  # Ctrl-C there goes to a console, which the test has not
            if process.returncode is None:
                process.send_signal(signal.SIGINT)
            _, complaints = await asyncio.wait_for(process.communicate(), 10)
            assert (process.returncode, complaints) == (0, b"")
    finally:
        if process.returncode is None:
            process.kill()
            await process.communicate()


async def read(process: Process, beginning: str) -> str:
    """Return the next line that begins so."""
    assert process.stdout is not None
    async with asyncio.timeout(20):
        async for line in process.stdout:
            if line.decode().startswith(beginning):
                return line.decode().rstrip()
    assert process.stderr is not None
    raise AssertionError(f"it ended: {(await process.stderr.read()).decode()}")


def test_each_notebook_hands_out_an_example() -> None:
    """There is a file to take home for each."""
    assert {path.name[:2] for path in EXAMPLES} == {path.name[:2] for path in PATHS}


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.name)
def test_an_example_is_short_and_stands_alone(example: Path) -> None:
    """15 to 40 lines, which name no labkit, tell how to run them, and what a public server adds."""
    text = example.read_text("utf-8")
    assert 15 <= len(text.splitlines()) <= 40
    assert "labkit" not in text
    assert f"\npython {example.name}" in text
    assert "public server" in text


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.name)
def test_its_notebook_hands_it_over(example: Path) -> None:
    """It is linked, with a line for JupyterLab's terminal and one for the learner's own shell."""
    assert f"](examples/{example.name})" in practice(example.name[:2])
    arguments = lines(example)[0][2]
    assert lines(example) == [
        ("labkit python", f"examples/{example.name}", arguments),
        (".venv/bin/python", f"notebooks/examples/{example.name}", arguments),
    ]


async def test_the_echo_answers_its_own_client_and_others(tmp_path: Path) -> None:
    """The file of notebook 00 is a server, and with a word its client; Ctrl-C ends it."""
    port = free_port()
    async with running("00_echo.py", tmp_path, port) as server:
        assert f"ws://127.0.0.1:{port}" in await read(server, "The echo is at")
        async with running("00_echo.py", tmp_path, port, "hello") as client:
            assert await read(client, "") == "hello"
            assert await asyncio.wait_for(client.wait(), 10) == 0
        async with connect(f"ws://127.0.0.1:{port}", proxy=None) as alice:
            await alice.send("hello?")
            assert await asyncio.wait_for(alice.recv(), 5) == "hello?"


async def test_an_event_stream_goes_on_where_it_broke(tmp_path: Path) -> None:
    """The file of notebook 01 sends what is said as events, and what a client has missed first."""
    port = free_port()
    async with running("01_event_stream.py", tmp_path, port) as server:
        assert f"http://127.0.0.1:{port}" in await read(server, "=")
        async with ClientSession(f"http://127.0.0.1:{port}") as session:
            async with session.get("/events") as stream:
                assert stream.content_type == "text/event-stream"
                for text in ("hello", "one line\nand another"):
                    async with session.post("/messages", data=text) as response:
                        assert response.status == 204
                assert await read_event(stream) == b'id: 1\ndata: "hello"\n\n'
            async with session.get("/events", headers={"Last-Event-ID": "1"}) as stream:
                again = b'id: 2\ndata: "one line\\nand another"\n\n'
                assert await read_event(stream) == again


async def read_event(stream: ClientResponse) -> bytes:
    """Return the next block of an event stream."""
    return await asyncio.wait_for(stream.content.readuntil(b"\n\n"), 5)


async def test_a_websocket_by_hand_speaks_to_a_real_server(tmp_path: Path) -> None:
    """The file of notebook 02 prints the handshake and frames of any length, and answers pings."""
    heard = asyncio.Queue[str | bytes]()

    async def handler(websocket: ServerConnection) -> None:
        heard.put_nowait(await websocket.recv())
        await asyncio.wait_for(await websocket.ping("there?"), 5)
        for length in (125, 126, 65_536):
            await websocket.send("x" * length)
        await websocket.close(1000, "done")

    async with serve(handler, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        arguments = ("127.0.0.1", str(port), "by hand")
        async with running("02_websocket_by_hand.py", tmp_path, 0, *arguments) as hand:
            assert await read(hand, "HTTP/") == "HTTP/1.1 101 Switching Protocols"
            assert await asyncio.wait_for(heard.get(), 5) == "by hand"
            assert await read(hand, "opcode") == "opcode 9, 6 bytes: b'there?'"
            for length in (125, 126, 65_536):
                assert (await read(hand, "opcode")).startswith(f"opcode 1, {length} bytes: b'xxx")
            assert await read(hand, "opcode") == "opcode 8, 6 bytes: b'\\x03\\xe8done'"
            assert await asyncio.wait_for(hand.wait(), 10) == 0


async def test_a_websocket_by_hand_closes(tmp_path: Path) -> None:
    """Ctrl-C at the file of notebook 02 is a normal closure for the server."""
    ended = asyncio.Event()

    async def handler(websocket: ServerConnection) -> None:
        await websocket.send(await websocket.recv())
        await websocket.wait_closed()
        assert websocket.close_code == 1000
        ended.set()

    async with serve(handler, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        arguments = ("127.0.0.1", str(port), "by hand")
        async with running("02_websocket_by_hand.py", tmp_path, 0, *arguments) as hand:
            assert await read(hand, "opcode") == "opcode 1, 7 bytes: b'by hand'"
        await asyncio.wait_for(ended.wait(), 5)


async def test_the_raw_chat_relays_to_everybody_but_the_sender(tmp_path: Path) -> None:
    """Two plain clients chat through the file of notebook 03, and Ctrl-C ends it."""
    port = free_port()
    async with running("03_raw_chat.py", tmp_path, port) as process:
        assert f"ws://127.0.0.1:{port}" in await read(process, "The chat is at")
        url = f"ws://127.0.0.1:{port}"
        async with connect(url, proxy=None) as alice, connect(url, proxy=None) as bob:
            await alice.send("hello")
            assert await asyncio.wait_for(bob.recv(), 5) == "hello"
            await bob.send("hello, alice")
            assert await asyncio.wait_for(alice.recv(), 5) == "hello, alice"


async def test_the_bounded_chat_throws_out_whoever_does_not_read(tmp_path: Path) -> None:
    """Bob, who reads, gets all through the file of notebook 04; carol, who does not, is cut off."""
    port = free_port()
    async with running("04_bounded_chat.py", tmp_path, port) as process:
        await read(process, "The chat is at")
        url = f"ws://127.0.0.1:{port}"
        async with (
            connect(url, proxy=None) as alice,
            connect(url, proxy=None) as bob,
            connect(url, proxy=None, compression=None) as carol,
        ):
            carol.transport.pause_reading()
            for number in range(300):
                await alice.send(bytes([number % 256]) * 60_000)
                assert (await asyncio.wait_for(bob.recv(), 5))[0] == number % 256
            carol.transport.resume_reading()
            with pytest.raises(ConnectionClosedError):
                while True:
                    await asyncio.wait_for(carol.recv(), 5)
            assert carol.close_code == 1006


@pytest.mark.parametrize(
    ("end", "words"),
    [
        ("close", "The server closed: 4000 lunch"),
        ("abort", "It ended without a close frame"),
        pytest.param(  # the library waits ten seconds for the rest of a line that is dead
            "silence",
            "Nobody answered the heartbeat: 1011 keepalive ping timeout",
            marks=pytest.mark.exhaustive,
        ),
    ],
)
async def test_a_client_says_how_its_connection_ended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, end: str, words: str
) -> None:
    """The file of notebook 05 tells a close frame from its absence, and from silence."""
    monkeypatch.setenv("INTERVAL", "0.1")
    monkeypatch.setenv("TIMEOUT", "0.1")

    async def handler(websocket: ServerConnection) -> None:
        await websocket.send("hello")
        if end == "close":
            await websocket.close(4000, "lunch")
        elif end == "abort":
            websocket.transport.abort()
        else:
            websocket.transport.pause_reading()
            await websocket.wait_closed()

    async with serve(handler, "127.0.0.1", 0, ping_interval=None, close_timeout=0.1) as server:
        address = f"ws://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        async with running("05_is_anybody_there.py", tmp_path, 0, address) as client:
            assert await read(client, "hello") == "hello"
            assert (await read(client, words[:9])).startswith(words)
            for connection in server.connections:
                connection.transport.abort()
            assert await asyncio.wait_for(client.wait(), 15) == 0


async def welcome(websocket: ServerConnection) -> None:
    """Answer one message, and stay."""
    await websocket.send(f"welcome, {await websocket.recv()!r}")
    await websocket.wait_closed()


async def test_a_client_says_hello_and_leaves(tmp_path: Path) -> None:
    """The file of notebook 06 says its words, prints what comes, and waits after a loss."""
    async with serve(welcome, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        arguments = (f"ws://127.0.0.1:{port}", "alice")
        async with running("06_reconnecting_client.py", tmp_path, 0, *arguments) as client:
            assert await read(client, "") == "welcome, 'alice'"
            server.close()
            said = await read(client, "")
            assert re.fullmatch(r"No connection\. Attempt 1 in (0\.\d|1\.0) s\.", said)


@pytest.mark.exhaustive
async def test_a_client_comes_back(tmp_path: Path) -> None:
    """After a restart the file of notebook 06 says hello again; a 404 ends its attempts."""
    port = free_port()
    arguments = (f"ws://127.0.0.1:{port}", "alice")
    async with running("06_reconnecting_client.py", tmp_path, 0, *arguments) as client:
        assert (await read(client, "")).startswith("No connection. Attempt 1 in ")
        async with serve(welcome, "127.0.0.1", port):
            assert await read(client, "welcome") == "welcome, 'alice'"
        assert (await read(client, "")).startswith("No connection. Attempt ")

        def refuse(connection: ServerConnection, request: Request) -> Response:
            return connection.respond(404, "gone")

        async with serve(welcome, "127.0.0.1", port, process_request=refuse):
            assert (await read(client, "Giving up")).endswith("HTTP 404")
            assert await asyncio.wait_for(client.wait(), 10) == 0


async def test_a_client_made_by_hand_joins_the_socketio_chat(tmp_path: Path) -> None:
    """The files of notebooks 07 and 08 chat with each other and with the library's client."""
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    heard: asyncio.Queue[str] = asyncio.Queue()
    alice = socketio.AsyncClient(handle_sigint=False)
    alice.on("chat message", heard.put)
    async with running("07_socketio_chat.py", tmp_path, port) as server:
        await read(server, "=")
        await alice.connect(address, transports=["websocket"])
        async with running("08_socketio_by_hand.py", tmp_path, 0, address, "by hand") as hand:
            assert '"pingInterval":' in await read(hand, "0{")
            assert await read(hand, "431") == '431["sent"]'
            assert await asyncio.wait_for(heard.get(), 5) == "by hand"
            assert await alice.call("chat message", "welcome", timeout=5) == "sent"
            assert await read(hand, "42") == '42["chat message","welcome"]'
        await alice.disconnect()


@pytest.mark.parametrize(
    ("box", "said"),
    [
        (None, ["connected over websocket"]),
        (StripUpgrade(), ["websocket: Connection error", "connected over polling"]),
        pytest.param(
            DropUpgrade(),
            ["websocket: no answer", "connected over polling"],
            marks=pytest.mark.exhaustive,
        ),
        pytest.param(
            SwallowFrames(),
            ["websocket: no answer", "connected over polling"],
            marks=pytest.mark.exhaustive,
        ),
    ],
    ids=["nothing", "strip", "drop", "swallow"],
)
async def test_a_client_falls_back(
    lab: ModuleType, tmp_path: Path, box: Fault | None, said: list[str]
) -> None:
    """The file of notebook 09 takes polling where a WebSocket is refused, or gets no answer."""
    chat = await lab.serve("socketio")
    bob = await lab.connect(chat, "bob")
    link = await lab.link(chat, "middlebox")
    if box is not None:
        link.add(box)
    arguments = (link.url, "hello", "1")  # s
    async with running("09_socketio_fallback.py", tmp_path, 0, *arguments) as client:
        for words in said:
            assert await read(client, "") == words
        await bob.hears("hello")
        await bob.say("welcome")
        assert await read(client, "welcome") == "welcome"


async def test_an_outbox_is_emptied_in_order(tmp_path: Path) -> None:
    """The file of notebook 10 says its lines in order, and closes behind them."""
    port, heard = free_port(), list[str | bytes]()

    async def handler(websocket: ServerConnection) -> None:
        heard.extend([message async for message in websocket])
        assert websocket.close_code == 1000

    arguments = (f"ws://127.0.0.1:{port}", "one", "two", "three")
    async with (
        serve(handler, "127.0.0.1", port),
        running("10_outbox.py", tmp_path, 0, *arguments) as client,
    ):
        assert await asyncio.wait_for(client.wait(), 20) == 0
    assert heard == ["one", "two", "three"]


@pytest.mark.exhaustive
async def test_an_outbox_waits_for_its_chat(tmp_path: Path) -> None:
    """It may start before its server, and keeps what a connection did not take."""
    port = free_port()
    heard = asyncio.Queue[str | bytes]()

    async def handler(websocket: ServerConnection) -> None:
        async for message in websocket:
            heard.put_nowait(message)

    arguments = (f"ws://127.0.0.1:{port}", "one", "two")
    async with running("10_outbox.py", tmp_path, 0, *arguments) as client:
        await asyncio.sleep(2)  # sleeps: Python starts, and the first attempts fail
        async with serve(handler, "127.0.0.1", port):
            assert await read(client, "Connected") == "Connected."
            assert await asyncio.wait_for(client.wait(), 20) == 0
    assert [heard.get_nowait(), heard.get_nowait()] == ["one", "two"]


async def test_a_chat_stores_once_and_replays(tmp_path: Path) -> None:
    """The file of notebook 11 stores a repeated key once, and replays from an offset."""
    port = free_port()
    url = f"ws://127.0.0.1:{port}"
    async with running("11_once.py", tmp_path, port) as server:
        assert url in await read(server, "The chat is at")
        async with connect(url, proxy=None) as alice, connect(url, proxy=None) as bob:
            for key, text, told in (
                ("a 1", "hello", [[1, "hello"]]),
                ("a 1", "hello", []),
                ("b 1", "hello", [[2, "hello"]]),
            ):
                await alice.send(json.dumps([key, text]))
                assert json.loads(await asyncio.wait_for(alice.recv(), 5)) == {"stored": key}
                for each in (alice, bob):
                    assert json.loads(await asyncio.wait_for(each.recv(), 5)) == told
            await bob.send(json.dumps({"after": 1}))
            assert json.loads(await asyncio.wait_for(bob.recv(), 5)) == [[2, "hello"]]


async def test_round_trips_are_measured_seven_times(tmp_path: Path) -> None:
    """Each run has a median, a mean and the time that one in a hundred exceeds."""

    async def echo(websocket: ServerConnection) -> None:
        async for message in websocket:
            await websocket.send(message)

    async with serve(echo, "127.0.0.1", 0) as server:
        url = f"ws://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        async with running("14_round_trips.py", tmp_path, 0, url) as client:
            for run in ("warm-up", *range(1, 8)):
                line = await read(client, f"{run}: ")
                shown = re.search(r"median (\S+) ms, mean (\S+), p99 (\S+)$", line)
                assert shown is not None
                middle, average, slow = map(float, shown.groups())
                assert 0 < middle <= slow and average > 0
            assert await asyncio.wait_for(client.wait(), 10) == 0


@pytest.mark.skipif(os.name == "nt", reason="the page has another line for Windows")
@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.name)
def test_the_line_for_a_shell_of_ones_own(example: Path) -> None:
    """In the course's folder, the program and the example of that line are there."""
    program, path, _ = lines(example)[1]
    assert (ROOT / path).is_file()
    assert sys.prefix != str(ROOT / ".venv") or os.access(ROOT / program, os.X_OK)
