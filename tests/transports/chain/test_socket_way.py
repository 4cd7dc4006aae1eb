"""The chain's way over WebSocket on the client's side."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from types import ModuleType
from typing import Any

import pytest
from websockets.asyncio.server import ServerConnection, serve

from labkit.links import Link
from labkit.transports.chain.socket_way import NOT_HERE, WebSocketWay
from labkit.transports.http.chat.client.client_requests import Requests
from labkit.transports.http.chat.client.conversation import Conversation
from labkit.transports.http.chat.client.failed_request import Failed
from labkit.transports.http.chat.cursor import Cursor
from labkit.transports.settings import MAX_MESSAGE
from tests.conftest import soon

Handler = Callable[[ServerConnection], Awaitable[None]]


class Told(list[Any]):
    """What a way told of, and the way."""

    def __init__(self, requests: Requests) -> None:
        super().__init__()
        self.talk = Conversation(self.append, lambda count: self.append(("lost", count)))
        self.way = WebSocketWay(requests, self.talk)
        self.way.on_answer = lambda: self.append("answer")


@contextlib.asynccontextmanager
async def against(handler: Handler) -> AsyncIterator[Told]:
    """Give a way to a server of another library."""
    async with serve(handler, "127.0.0.1", 0) as server:
        port = next(iter(server.sockets)).getsockname()[1]
        link = await Link(lambda: ("127.0.0.1", port), "link").open()
        requests = Requests(link, f"http://127.0.0.1:{port}/")
        try:
            yield Told(requests)
        finally:
            await requests.close()
            await link.close()


async def failure(told: Told) -> Failed:
    """Listen, and return how that ends."""
    with pytest.raises(Failed) as caught:
        await told.way.listen()
    return caught.value


def says(*frames: str | bytes, then: int | None = 1000) -> Handler:
    """Return what a server does that sends frames, and closes."""

    async def handler(websocket: ServerConnection) -> None:
        for frame in frames:
            await websocket.send(frame)
        if then is None:
            await websocket.wait_closed()
        else:
            await websocket.close(then)

    return handler


async def test_what_comes_down(lab: ModuleType) -> None:
    """Messages, a gap, the cursor; each frame shows that the way down works."""
    epoch = "aaaaaaaa"
    frames = [
        {"text": "Welcome!"},
        {"lost": 2},
        {"id": f"{epoch}-5", "text": "hello"},
        {"id": f"{epoch}-5", "text": "hello"},
        {"id": f"{epoch}-6", "base64": "AP8="},
        {"next": f"{epoch}-9"},
        {"heartbeat": 5},
        {"ack": 7},
        {"ack": [7]},
    ]
    async with against(says(*map(json.dumps, frames))) as told:
        why = await failure(told)
    assert [each for each in told if each != "answer"] == [
        "Welcome!",
        ("lost", 2),
        "hello",
        b"\x00\xff",
    ]
    assert told.count("answer") == len(frames)
    assert told.talk.cursor == Cursor(epoch, 9)
    assert (why.reason, str(why)[:30]) == ("transport close", "the WebSocket ended with 1000 ")


@pytest.mark.parametrize(
    ("frames", "why"),
    [
        (["hello"], "a frame is not JSON"),
        (["[]"], "a frame is not a JSON object"),
        ([b"{}"], "the server sent bytes"),
        (["{}"], "the server sent no message"),
        (['{"lost": "7"}'], "the server sent no number of lost messages"),
        (['{"next": 7}'], "the server sent no cursor"),
        (['{"next": "x"}'], "the server sent no cursor"),
        (['{"id": "x", "text": "a"}'], "the server sent no message"),
    ],
)
async def test_a_server_that_breaks_the_rules(
    lab: ModuleType, frames: list[str | bytes], why: str
) -> None:
    """The way breaks, so that another one is tried; it says why."""
    async with against(says(*frames, then=None)) as told:
        failed = await failure(told)
    assert why in str(failed) and not failed.is_final


async def test_it_says_who_asks_and_how_far_it_has_read(lab: ModuleType) -> None:
    """In the address of the handshake."""
    asked: list[str] = []

    async def handler(websocket: ServerConnection) -> None:
        assert websocket.request is not None
        asked.append(websocket.request.path)

    async with against(handler) as told:
        await failure(told)
        told.talk.move("aaaaaaaa-7")
        await failure(told)
    client = told.talk.client
    assert asked == [f"/ws?client={client}", f"/ws?client={client}&after=aaaaaaaa-7"]


async def test_a_post_waits_for_its_acknowledgement(lab: ModuleType) -> None:
    """Text or bytes; an acknowledgement of another number is not its own."""
    heard: list[Any] = []

    async def handler(websocket: ServerConnection) -> None:
        async for frame in websocket:
            heard.append(json.loads(frame))
            await websocket.send('{"ack": 99}')
            await websocket.send(json.dumps({"ack": heard[-1]["number"]}))

    async with against(handler) as told:
        listening = asyncio.ensure_future(failure(told))
        with pytest.raises(Failed, match="not open"):
            await told.way.post(1, "early")
        await soon(lambda: told.way._socket)
        await told.way.post(1, "hello")
        await told.way.post(2, b"\x00\xff")
        await told.way.leave()
        await listening
    assert heard == [{"number": 1, "text": "hello"}, {"number": 2, "base64": "AP8="}]


async def test_a_post_that_is_not_acknowledged(lab: ModuleType, hurry: None) -> None:
    """After a heartbeat it counts as lost; when the WebSocket breaks, at once, with its reason."""
    async with against(says('{"heartbeat": 5}', then=None)) as told:
        listening = asyncio.ensure_future(failure(told))
        await soon(lambda: told)
        with pytest.raises(Failed, match="no acknowledgement came in time"):
            await told.way.post(1, "hello")
        posting = asyncio.ensure_future(told.way.post(1, "hello"))
        await soon(lambda: told.way._acks)
        told.way.requests._link.reset()
        with pytest.raises(Failed, match="ended with 1006"):
            await posting
        assert str(await listening).startswith("the WebSocket ended with 1006")


async def test_silence_breaks_it(lab: ModuleType, hurry: None) -> None:
    """Two heartbeats without a frame are too many: something on the way may swallow all."""
    async with against(says(then=None)) as told:
        assert str(await failure(told)) == "the WebSocket was silent"


@pytest.mark.parametrize("leaves", [True, False])
async def test_how_it_closes(lab: ModuleType, leaves: bool) -> None:
    """With 1000 the client leaves; with another code it only goes on in another way."""
    codes: list[int | None] = []

    async def handler(websocket: ServerConnection) -> None:
        await websocket.send('{"heartbeat": 5}')
        await websocket.wait_closed()
        codes.append(websocket.close_code)

    async with against(handler) as told:
        listening = asyncio.create_task(told.way.listen())
        await soon(lambda: told)
        if leaves:
            await told.way.leave()
        else:
            listening.cancel()
        with pytest.raises((Failed, asyncio.CancelledError)):
            await listening
        await soon(lambda: codes)
    assert codes == [1000 if leaves else NOT_HERE]


async def test_a_refused_upgrade(lab: ModuleType) -> None:
    """The answer says why."""

    def refuse(connection: ServerConnection, request: object) -> Any:
        return connection.respond(403, "no\n")  # type: ignore[arg-type]

    async with serve(says(), "127.0.0.1", 0, process_request=refuse) as server:
        port = next(iter(server.sockets)).getsockname()[1]
        async with await Link(lambda: ("127.0.0.1", port), "link").open() as link:
            requests = Requests(link, f"http://127.0.0.1:{port}/")
            failed = await failure(Told(requests))
            await requests.close()
    assert str(failed).startswith("the upgrade was answered with HTTP 403 Forbidden")
    assert failed.answer is not None and failed.answer.status == 403


async def test_who_is_sent_away(lab: ModuleType) -> None:
    """The close code 4410 is final, as 410 is."""
    async with against(says(then=4410)) as told:
        failed = await failure(told)
    assert (failed.reason, failed.is_final) == ("server disconnect", True)


async def test_a_message_that_is_too_long_goes_as_a_request(lab: ModuleType) -> None:
    """Its answer refuses the message, and the WebSocket stays open."""
    server = await lab.serve("chain")
    alice = await lab.connect(server, "alice")
    with pytest.raises(lab.LabError, match="413"):
        await alice.say("x" * (MAX_MESSAGE + 1))
    assert (alice.state, alice.transport) == ("open", "websocket")
    assert "closed" not in server.log_counts
