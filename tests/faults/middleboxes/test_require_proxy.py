"""A network that lets nobody out, except through its proxy."""

from __future__ import annotations

from types import ModuleType

import aiohttp
import pytest
from websockets.asyncio.client import connect

from labkit.exceptions import ConnectError
from labkit.faults import RequireProxy
from labkit.faults.middleboxes.require_proxy import ESTABLISHED, REFUSED
from tests.support.handshakes import SWITCH
from tests.support.http_texts import UPGRADE, get, ok, post
from tests.support.raw import TEXT, frame
from tests.support.turned_connection import TurnedConnection

CONNECT = b"CONNECT a:80 HTTP/1.1\r\nHost: a:80\r\n\r\n"


def test_a_request_as_to_a_server_is_refused() -> None:
    """Each one, with its body, and the connection goes on."""
    connection = TurnedConnection(RequireProxy())
    connection.send(get() + post(b"body") + UPGRADE)
    connection.send(post(b"3", "/socket.io/?EIO=4&transport=polling&sid=a"))
    assert connection.server.written == b""
    assert connection.client.written == REFUSED * 4
    requests = [row for row in connection.rows() if row.kind == "request"]
    assert [row.fate for row in requests] == ["dropped"] * 4


def test_what_is_in_the_tunnel_passes() -> None:
    """And is decoded as if there were none."""
    connection = TurnedConnection(RequireProxy())
    connection.send(CONNECT)
    assert connection.client.written == ESTABLISHED
    hello = frame(TEXT, b"hello")
    connection.send(UPGRADE)
    connection.answer(SWITCH)
    connection.send(hello)
    assert connection.server.written == UPGRADE + hello
    assert connection.client.written == ESTABLISHED + SWITCH
    assert [row.kind for row in connection.rows()] == [
        *("request", "response", "request", "response", "text")
    ]


def test_what_is_in_the_tunnel_may_be_ciphertext() -> None:
    """It passes all the same."""
    connection = TurnedConnection(RequireProxy())
    hello = b"\x16\x03\x01\x00\x05hello"
    connection.send(CONNECT + hello)
    connection.answer(hello)
    assert connection.server.written == hello
    assert connection.client.written == ESTABLISHED + hello


@pytest.mark.parametrize(
    ("asked", "passed"),
    [
        (b"http://a:80/path?x=1", b"/path?x=1"),
        (b"HTTP://a/", b"/"),
        (b"http://a", b"/"),
        (b"http://a?x=1", b"/?x=1"),
        (b"http://[", b"/"),
    ],
)
def test_a_whole_address_in_the_first_line_passes_as_its_path(asked: bytes, passed: bytes) -> None:
    """So a plain request needs no tunnel; the next one is judged again."""
    connection = TurnedConnection(RequireProxy())
    connection.send(get().replace(b"/", asked, 1))
    connection.answer(ok())
    assert connection.server.written == get().replace(b"/", passed, 1)
    connection.send(get())
    assert connection.client.written == ok() + REFUSED


async def test_clients_with_and_without_a_proxy(lab: ModuleType) -> None:
    """websockets opens a tunnel, aiohttp sends the whole address, and others are refused."""
    server = await lab.serve("websocket")
    link = await lab.link(server)
    link.add(RequireProxy())
    with pytest.raises(ConnectError, match="403"):
        await lab.connect(link, "alice")
    proxy = f"http://{link.host}:{link.port}"
    async with connect(f"ws://127.0.0.1:{server.port}/", proxy=proxy) as websocket:
        assert "Welcome" in str(await websocket.recv())
    async with aiohttp.ClientSession() as session:
        async with session.get(f"http://127.0.0.1:{server.port}/", proxy=proxy) as answer:
            assert answer.status == 200
        with pytest.raises(aiohttp.WSServerHandshakeError, match="403"):
            await session.ws_connect(f"ws://127.0.0.1:{server.port}/", proxy=proxy)
