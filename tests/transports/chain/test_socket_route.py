"""The chain's WebSocket on the server's side, asked by a client of another library."""

from __future__ import annotations

import asyncio
import json
from contextlib import AbstractAsyncContextManager
from types import ModuleType
from typing import Any, cast

import aiohttp
import pytest
from aiohttp import web
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidMessage, InvalidStatus

from labkit.clock import clock
from labkit.transports.chain import Server
from labkit.transports.chain.frames import write_post
from labkit.transports.http.chat.server import history, listener
from labkit.transports.settings import HEARTBEAT
from tests.conftest import soon

ANN, BEN, CID, DAN = "a" * 16, "b" * 16, "c" * 16, "d" * 16


@pytest.fixture
async def server(lab: ModuleType) -> Server:
    """Serve a chain."""
    return cast("Server", await lab.serve("chain", history=3))


def dial(server: Server, query: str, **options: Any) -> AbstractAsyncContextManager[Any]:
    """Open a WebSocket."""
    return connect(f"ws://{server.host}:{server.port}/ws?{query}", proxy=None, **options)


async def read(socket: ClientConnection, number: int = 1) -> list[Any]:
    """Read some frames."""
    return [json.loads(await socket.recv()) for _ in range(number)]


async def ending(socket: ClientConnection) -> tuple[int | None, str]:
    """Return close code and reason, past what came before."""
    with pytest.raises(ConnectionClosed):
        while True:
            await socket.recv()
    return socket.close_code, socket.close_reason or ""


async def test_a_newcomer_is_greeted_and_gets_a_cursor(server: Server) -> None:
    """So that it can say how far it has read before anybody has said anything."""
    async with dial(server, f"client={ANN}") as ann:
        assert await read(ann, 3) == [
            {"text": "Welcome! You are the first."},
            {"next": f"{server.room.history.epoch}-0"},
            {"heartbeat": clock.seconds(HEARTBEAT)},
        ]
        (connection,) = server.connections
        assert (connection.transport, connection.name) == ("websocket", "guest 1")


async def test_a_message_goes_to_the_others(server: Server) -> None:
    """Its sender gets an acknowledgement, and the cursor behind its own message."""
    epoch = server.room.history.epoch
    async with dial(server, f"client={ANN}") as ann, dial(server, f"client={BEN}") as ben:
        await read(ann, 3)
        await read(ben, 3)
        await ann.send(write_post(1, "hello"))
        assert sorted(map(str, await read(ann, 2))) == [
            f"{{'ack': {1}}}",
            f"{{'next': '{epoch}-1'}}",
        ]
        assert await read(ben) == [{"id": f"{epoch}-1", "text": "hello"}]
        await ben.send(write_post(1, b"\x00\xff"))
        assert await read(ann) == [{"id": f"{epoch}-2", "base64": "AP8="}]
    assert server.log_counts["message"] == 2


async def test_a_repeated_post_is_acknowledged_and_not_passed_on(server: Server) -> None:
    """Its number tells; number 0 says nothing, and is acknowledged, too."""
    async with dial(server, f"client={ANN}") as ann:
        await read(ann, 3)
        for number in (0, 1, 1, 0):
            await ann.send(write_post(number, "hello"))
        frames = await read(ann, 5)
        assert [frame["ack"] for frame in frames if "ack" in frame] == [0, 1, 1, 0]
    assert server.log_counts["message"] == 1


async def test_it_goes_on_where_the_cursor_says(server: Server) -> None:
    """A gap is reported first; nobody is greeted twice."""
    async with dial(server, f"client={BEN}") as ben:
        for number in range(1, 6):
            await ben.send(write_post(number, str(number)))
        await soon(lambda: server.room.history.last == 5)
    epoch = server.room.history.epoch
    async with dial(server, f"client={ANN}&after={epoch}-4") as ann:
        (message, heartbeat) = await read(ann, 2)
        assert message == {"id": f"{epoch}-5", "text": "5"}
        assert "heartbeat" in heartbeat  # so it has all that it had missed
    async with dial(server, f"client={CID}&after={epoch}-0") as ann:
        lost, *frames = await read(ann, 4)
        assert lost == {"lost": 2}
        assert [frame["text"] for frame in frames] == ["3", "4", "5"]
    async with dial(server, f"client={DAN}&after=00000000-9") as ann:
        assert await read(ann, 2) == [{"lost": None}, {"next": f"{epoch}-5"}]


async def test_much_that_was_missed(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    """It comes in parts, one at once after the other, and the first heartbeat after all of them."""
    monkeypatch.setattr(history, "MAX_ANSWER", 1)
    async with dial(server, f"client={BEN}") as ben:
        for number in range(1, 4):
            await ben.send(write_post(number, str(number)))
        await soon(lambda: server.room.history.last == 3)
    after = f"{server.room.history.epoch}-0"
    async with (
        asyncio.timeout(clock.seconds(HEARTBEAT) / 2),
        dial(server, f"client={ANN}&after={after}") as ann,
    ):
        *frames, heartbeat = await read(ann, 4)
    assert [frame["text"] for frame in frames] == ["1", "2", "3"]
    assert "heartbeat" in heartbeat


async def test_the_newest_request_that_listens_wins(server: Server) -> None:
    """The older WebSocket of a client is closed, and the client has not left."""
    async with dial(server, f"client={ANN}") as old:
        await read(old, 2)
        after = f"{server.room.history.epoch}-0"
        async with dial(server, f"client={ANN}&after={after}") as new:
            assert await ending(old) == (1000, "a newer request of this client listens")
            assert server.connection_count == 1
            async with aiohttp.ClientSession() as session:
                where = f"{server.url}messages?client={ANN}&after={after}"
                async with session.get(where) as answer:
                    assert answer.status == 204
            assert (await ending(new))[0] == 1000
            assert server.connection_count == 1


async def test_a_post_goes_over_any_way(server: Server) -> None:
    """One count over all of them: what came over a WebSocket is not taken from a request again."""
    async with dial(server, f"client={ANN}") as ann, aiohttp.ClientSession() as session:
        await read(ann, 2)
        await ann.send(write_post(1, "hello"))
        await read(ann)
        where = f"{server.url}messages?client={ANN}&number="
        for number in (1, 2):
            async with session.post(f"{where}{number}", data="again") as answer:
                assert answer.status == 204
    assert server.log_counts["message"] == 2


async def test_who_is_sent_away_is_told(server: Server) -> None:
    """By a close code of its own; a WebSocket that comes back gets 410."""
    async with dial(server, f"client={ANN}") as ann:
        await read(ann, 2)
        await server.disconnect(server.connections[0])
        assert await ending(ann) == (4410, "the server ended it")
    with pytest.raises(InvalidStatus, match="410"):
        async with dial(server, f"client={ANN}"):
            pass


async def test_the_server_stops(server: Server) -> None:
    """It says so, as a WebSocket server does."""
    async with dial(server, f"client={ANN}") as ann:
        await read(ann, 2)
        await server.stop()
        assert (await ending(ann))[0] == 1001


async def test_how_a_client_left(server: Server) -> None:
    """With 1000 it leaves for good; with another code, or none, it may come back in another way."""
    async with dial(server, f"client={ANN}") as ann:
        await read(ann, 2)
    await soon(lambda: not server.connections)
    assert server.log_entries[-1].text == "client disconnect"
    with pytest.raises(InvalidStatus, match="410"):
        async with dial(server, f"client={ANN}"):
            pass
    for code in (1001, 4001, None):
        async with dial(server, f"client={BEN}") as ben:
            await read(ben, 2)
            if code is None:
                ben.transport.abort()
            else:
                await ben.close(code)
            await soon(lambda: not server.connections)
        assert server.log_entries[-1].text == "transport close"


async def test_heartbeats_can_be_seen(server: Server, hurry: None) -> None:
    """A page cannot see a ping, so they are frames, which say when the next one comes."""
    async with dial(server, f"client={ANN}") as ann:
        await read(ann, 3)
        assert await read(ann, 2) == [{"heartbeat": 0.25}] * 2


@pytest.mark.parametrize(
    ("query", "headers", "status"),
    [
        (f"client={ANN}&after=x", {}, 400),
        (f"client={ANN}&after=-1", {}, 400),
        ("client=ann", {}, 400),
        ("", {}, 400),
        (f"client={ANN}", {"Origin": "http://evil.example"}, 403),
    ],
    ids=["cursor", "negative", "client", "nobody", "origin"],
)
async def test_who_gets_no_websocket(
    server: Server, query: str, headers: dict[str, str], status: int
) -> None:
    """The answer to the handshake says why, and the log, too; nobody was connected."""
    with pytest.raises(InvalidStatus, match=str(status)):
        async with dial(server, query, additional_headers=headers):
            pass
    assert [entry.kind for entry in server.log_entries] == ["refused"]


async def test_a_get_without_an_upgrade(server: Server) -> None:
    """If something on the way has removed it, the client must learn that."""
    async with (
        aiohttp.ClientSession() as session,
        session.get(f"{server.url}ws?client={ANN}") as answer,
    ):
        assert (answer.status, answer.headers["Upgrade"]) == (426, "websocket")
    assert [entry.kind for entry in server.log_entries] == ["refused"]


async def test_what_breaks_the_rules_ends_it(server: Server) -> None:
    """The close frame says why, and the log says it once."""
    async with dial(server, f"client={ANN}") as ann:
        await read(ann, 2)
        await ann.send("hello")
        assert await ending(ann) == (1008, "a frame is not JSON")
    entries = [entry.text for entry in server.log_entries if entry.kind == "refused"]
    assert entries == ["1008 (policy violation: the peer does not want this): a frame is not JSON"]


async def test_a_reader_that_reads_no_more(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is dropped while something waits for it, and the sender is not delayed."""
    monkeypatch.setattr(listener, "SLOW_READER_TIMEOUT", 0.2)
    async with (
        dial(server, f"client={ANN}") as ann,
        dial(server, f"client={BEN}", max_queue=1, close_timeout=0.1) as ben,
    ):
        await read(ann, 2)
        await read(ben, 2)
        for number in range(1, 20):
            await ann.send(write_post(number, "x" * 500_000))
        while {"ack": 19} not in await read(ann):
            pass
        await soon(lambda: server.log_counts.get("dropped"))
        await soon(lambda: server.connection_count == 1)
    (entry,) = (each for each in server.log_entries if each.kind == "dropped")
    assert entry.who == "guest 2" and "read" in entry.text


async def test_a_client_that_leaves_before_it_is_answered(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody is told of an error: it was nobody's mistake."""

    async def prepare(socket: web.WebSocketResponse, request: web.BaseRequest) -> None:
        assert request.transport is not None
        request.transport.close()
        raise ConnectionResetError

    monkeypatch.setattr(web.WebSocketResponse, "prepare", prepare)
    with pytest.raises(InvalidMessage):
        async with dial(server, f"client={ANN}"):
            pass
    await soon(lambda: not server.connections)
    assert server.log_entries[-1].text == "transport close"
