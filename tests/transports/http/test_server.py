"""Hosting an application of aiohttp's as it is."""

from __future__ import annotations

import asyncio
import time
from types import ModuleType

import pytest
from aiohttp import ClientError, ClientSession, web

from tests.conftest import soon
from tests.support.applications import an_app
from tests.support.raw import CLOSE, frame, raw, request
from tests.support.servers import names_of


async def status(url: str, **headers: str) -> int:
    """Return the status of an answer."""
    async with ClientSession() as session, session.get(url, headers=headers) as answer:
        return answer.status


async def test_an_application_answers(lab: ModuleType) -> None:
    """Pages, refusals of its own, and what is not there are its own matter."""
    server = await lab.serve(an_app())
    assert await status(server.url) == 200
    assert await status(f"{server.url}conflict") == 409
    assert await status(f"{server.url}nothing") == 404
    assert server.log_entries == []
    assert repr(server) == "<Server 'app': http, running, 0 connected>"


async def test_an_error_of_a_handler(lab: ModuleType) -> None:
    """The peer gets a 500, the view shows it, and it is a background error, once, with the line."""
    server = await lab.serve(an_app())
    assert await status(f"{server.url}broken") == 500
    (error,) = lab.errors()
    assert (
        error.what == "KeyError: 'broken'" and error.source_line.line == 'raise KeyError("broken")'
    )
    assert [(event.kind, event.text) for event in server.log_entries] == [
        ("error", "KeyError: 'broken'")
    ]


async def test_a_handler_that_awaits_what_was_cancelled(lab: ModuleType) -> None:
    """Nobody ended it, so it is an error; a handler that a stop cancels is none."""
    begun = asyncio.Event()

    async def ends(request: web.Request) -> web.Response:
        awaited = asyncio.create_task(asyncio.Event().wait())
        awaited.cancel()
        await awaited
        return web.Response()

    async def waits(request: web.Request) -> web.Response:
        begun.set()
        await asyncio.Event().wait()
        return web.Response()

    app = web.Application()
    app.router.add_post("/ends", ends)
    app.router.add_get("/waits", waits)
    server = await lab.serve(app)
    async with ClientSession() as session:
        with pytest.raises(ClientError):
            await session.post(f"{server.url}ends")  # a GET would be repeated
        (error,) = lab.errors()
        assert error.what == "CancelledError" and error.source_line.line == "await awaited"
        waiting = asyncio.create_task(session.get(f"{server.url}waits"))
        await begun.wait()
        await server.stop()
        await asyncio.gather(waiting, return_exceptions=True)
    assert lab.errors() == []


async def test_websockets_are_guests(lab: ModuleType) -> None:
    """A raw client at a path of the application is there by name, and leaves with its code."""
    server = await lab.serve(an_app())
    alice = await lab.connect(f"ws://127.0.0.1:{server.port}/ws", "alice")
    await alice.say("hello")
    assert await alice.hears() == "hello"
    assert names_of(server) == ["alice"]
    await server.disconnect(server.connections[0])
    assert await alice.ends() == 1000
    await soon(lambda: not server.connections)
    assert [event.text[:4] for event in server.log_entries] == ["", "1000"]


async def test_a_close_frame_without_a_code(lab: ModuleType) -> None:
    """It is 1005, as RFC 6455 section 7.1.5 has it, and no lost connection."""
    server = await lab.serve(an_app())
    async with raw(server.port) as guest:
        await guest.send(request(line="GET /ws HTTP/1.1"), frame(CLOSE))
        await guest.rest()
    await soon(lambda: bool(server.log_entries) and server.log_entries[-1].kind == "closed")
    assert server.log_entries[-1].text.startswith("1005")


async def test_compression_is_not_agreed_on(lab: ModuleType) -> None:
    """It would hide the text on the wire."""
    server = await lab.serve(an_app())
    link = await lab.link(server)
    async with (
        ClientSession() as session,
        session.ws_connect(f"http://127.0.0.1:{link.port}/ws", compress=15) as socket,
    ):
        await socket.send_str("hello")
        assert (await socket.receive()).data == "hello"
        assert socket.compress == 0
    assert [row.content for row in link.trace.rows(kind="text")] == ["hello"] * 2


async def test_who_may_not(lab: ModuleType) -> None:
    """A foreign page gets a 403 before the application sees it, and is told of."""
    server = await lab.serve(an_app())
    assert await status(server.url, Origin="http://evil.example") == 403
    assert await status(server.url, Host="evil.example") == 403
    assert server.log_counts == {"refused": 2}


async def test_the_page_of_a_link_may_come(lab: ModuleType) -> None:
    """From when the link leads here, also if it was refused before, and no longer than that."""
    server, other = await lab.serve(an_app()), await lab.serve("websocket")
    link = await lab.link(other)
    page = f"http://127.0.0.1:{link.port}"
    for leads_to, expected in (other.name, 403), (server.name, 200), (other.name, 403):
        link.leads_to = leads_to
        assert await status(server.url, Origin=page) == expected


async def test_a_silent_connection_is_ended(lab: ModuleType) -> None:
    """Who connects and says nothing is left after 5 s (scaled)."""
    await lab.fresh(timescale=0.1)
    server = await lab.serve(an_app())
    async with raw(server.port) as silent:
        assert await asyncio.wait_for(silent.rest(), 5) == b""
    await lab.fresh()


async def test_it_stops_and_can_be_served_again(lab: ModuleType) -> None:
    """1001 over its WebSockets, within 3 s; then the same application on the same port."""
    app = an_app()
    server = await lab.serve(app)
    alice = await lab.connect(f"ws://127.0.0.1:{server.port}/ws", "alice")
    started = time.monotonic()
    again = await lab.serve(app)
    assert await alice.ends() == 1001 and time.monotonic() - started < 3
    assert again.port == server.port and not server.running
    assert await status(again.url) == 200
    await alice.open()
    await soon(lambda: names_of(again) == ["alice"])


async def test_a_port_that_is_taken(lab: ModuleType) -> None:
    """The error says by whom, and nothing is left of the attempt."""
    first = await lab.serve(an_app(), name="first")
    with pytest.raises(lab.LabError, match=f"Port {first.port} is in use"):
        await lab.serve(an_app(), name="second", port=first.port)


async def test_a_room_is_nowhere(lab: ModuleType) -> None:
    """Only Socket.IO has rooms, and the error says so."""
    server = await lab.serve(an_app())
    await lab.connect(f"ws://127.0.0.1:{server.port}/ws", "alice")
    with pytest.raises(lab.LabError, match="has no rooms"):
        await server.move(server.connections[0], "/", "blue", into=True)
