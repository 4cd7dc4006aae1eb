"""Hostile words, on every way to a person's eyes: shown as text, and nothing else.

A person who reads a twin, a table, a drawing, an error, a log entry or a line of the terminal sees
what a stranger wrote; no escape sequence is obeyed, nothing is reordered, typeset or hidden.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable
from types import ModuleType
from typing import Any
from xml.etree import ElementTree

import pytest
import socketio

from labkit.exceptions import ConnectError, HandlerFailed, LabError, Unfinished
from labkit.transports.contract import Server
from tests.conftest import soon
from tests.support.hostile import hostile, replies
from tests.support.untrusted import HOSTILE, SPOKEN, hidden_in, texts_of, typeset_in

NAME = f"eve{HOSTILE}"


@pytest.fixture(params=["websocket", "socketio"])
async def seen(lab: ModuleType, request: pytest.FixtureRequest) -> AsyncIterator[Any]:
    """Have a server, clients and links whose names and words are all hostile; show them."""
    server = await lab.serve(request.param, name=f"server{HOSTILE}")
    eve, bob = await lab.connect(server, NAME), await lab.connect(server, "bob")
    await eve.say(SPOKEN)
    await bob.hears(SPOKEN)
    if request.param == "socketio":
        await eve.emit("join", SPOKEN[:90])
        await eve.emit("room message", SPOKEN[:90], SPOKEN)
        await eve.emit(SPOKEN, SPOKEN)
    server.log("refused", SPOKEN, SPOKEN)
    shown = lab.show(eve, bob, server, eve.link, bob.link)
    yield eve, bob, server, shown
    shown.close()


async def test_no_twin_obeys(lab: ModuleType, seen: Any) -> None:
    """The static twins are well-formed, hold no TeX and hide nothing; nor does the text twin."""
    eve, bob, server, shown = seen
    rows = eve.link.trace.rows() + bob.link.trace.rows()
    ladder = lab.ladder(eve, bob, times=True)
    opened = [row.open() for row in rows]
    for html in (shown.html, rows._repr_html_(), ladder._repr_html_()):
        assert "evil.example" in html
        assert not hidden_in(html, lines=True)
        assert not typeset_in(html)
        assert "<img src=x" not in html
    for thing in (shown, rows, ladder, eve, server, eve.link, *rows, *opened):
        assert not hidden_in(repr(thing), lines=thing in (rows, ladder, *opened))
    drawing = ElementTree.fromstring(ladder.svg)
    assert not hidden_in("".join(drawing.itertext()), lines=True)


async def test_no_box_obeys(seen: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """The live boxes get texts that can be encoded and hide nothing, rows and layers, too."""
    *_, shown = seen
    wire = next(view for view in shown.views if view.line.startswith("link eve"))
    told: list[Any] = []
    monkeypatch.setattr(
        type(wire.widget), "send", lambda self, content: told.append(content["result"])
    )
    everything = {"first": -1, "rows": 100, "direction": "", "of": "", "text": "", "opened": 0}
    everything |= {"heartbeats": True}
    wire.receive({"kind": "window", "id": 1, **everything})
    await soon(lambda: told)
    shown_rows = told[0]["rows"]
    for row in shown_rows:
        wire.receive({"kind": "row", "id": 2, "number": row["n"]})
    await soon(lambda: len(told) == 1 + len(shown_rows))
    states = [view.widget.state for view in shown.views]
    texts = [*texts_of(states), *texts_of(told)]
    assert any("evil.example" in text for text in texts)
    json.dumps([states, told], ensure_ascii=False).encode()
    for text in texts:
        assert not hidden_in(text, lines=True)


async def test_no_log_entry_obeys(seen: Any) -> None:
    """What a server and a client note about others hides nothing."""
    eve, bob, server, _ = seen
    assert any("evil.example" in event.text for event in server.log_entries)
    noted = [entry.text for who in (eve, bob) for entry in who.transcript if entry.kind == "note"]
    for text in (*noted, *(f"{event.who} {event.text}" for event in server.log_entries)):
        assert not hidden_in(text)


async def fail(socket: Any) -> None:
    """Fail, as a learner's handler does, with what the other side said in the error."""
    raise ValueError(await socket.recv())


async def test_no_background_error_obeys(lab: ModuleType) -> None:
    """The words of a handler's error hide nothing in the errors, in `finish` and in the twin."""
    server = await lab.serve(fail)
    alice = await lab.connect(server, "alice")
    await alice.say(SPOKEN)
    await alice.ends()
    with pytest.raises(Unfinished) as caught:
        await lab.finish()
    assert "evil.example" in str(caught.value)
    shown = lab.show(server)
    for text in (str(caught.value), shown.html):
        assert not hidden_in(text, lines=True)
    assert not typeset_in(shown.html)
    (error,) = lab.errors()
    assert not hidden_in(f"{error} {error!r}")


async def test_no_error_of_an_acknowledgement_obeys(lab: ModuleType) -> None:
    """A handler that fails over what came is told to its sender without what hides in it."""
    sio = socketio.AsyncServer(async_mode="aiohttp")

    @sio.on("ask")
    async def ask(sid: str, words: str) -> None:
        raise ValueError(words)

    alice = await lab.connect(await lab.serve(sio), "alice")
    with pytest.raises(HandlerFailed, match=r"evil\.example") as caught:
        await alice.call("ask", SPOKEN)
    assert not hidden_in(str(caught.value))
    lab.errors()


SWITCH = b"HTTP/1.1 101 x\r\nConnection: Upgrade\r\nUpgrade: "

ANSWERS = {
    "status line": b"HTTP/1.1 403 \x9b2J\x1b[2J\r\n\r\n",
    "upgrade": SWITCH + b"\x9b2J\xe2\x80\xae\r\n\r\n",
    "accept": SWITCH + b"websocket\r\nSec-WebSocket-Accept: \x9b2J\r\n\r\n",
    "no HTTP": b"\x1b[2J\x9b\r\n\r\n",
}


@pytest.mark.parametrize("answer", ANSWERS.values(), ids=ANSWERS)
async def test_no_connect_error_obeys(lab: ModuleType, answer: bytes) -> None:
    """Whatever a hostile server answers, the error about it hides nothing."""
    async with hostile(replies(answer)) as (port, _):
        with pytest.raises(ConnectError) as caught:
            await lab.connect(f"ws://127.0.0.1:{port}", "alice")
    assert not hidden_in(str(caught.value))


async def test_no_refusal_obeys(lab: ModuleType, socketio_server: Any) -> None:
    """A Socket.IO server's reason for a refusal hides nothing in the error about it."""
    port, sio = socketio_server

    @sio.event
    def connect(sid: str, environ: Any) -> None:
        raise socketio.exceptions.ConnectionRefusedError({"message": SPOKEN}, SPOKEN)

    with pytest.raises(ConnectError, match=r"evil\.example") as caught:
        await lab.connect(f"http://127.0.0.1:{port}", "alice")
    assert not hidden_in(str(caught.value))


async def _not_heard(lab: ModuleType, server: Server) -> None:
    alice = await lab.connect(server, NAME)
    await alice.say(SPOKEN)
    await alice.hears("what nobody says", within=0.01)


async def _unknown_room(lab: ModuleType, server: Server) -> None:
    await lab.connect(server, "alice")
    await server.move("alice", "/", SPOKEN, into=False)


async def _unknown_guest(lab: ModuleType, server: Server) -> None:
    await lab.connect(server, NAME)
    await server.disconnect("bob")


@pytest.mark.parametrize("provoke", [_not_heard, _unknown_room, _unknown_guest])
async def test_no_other_error_obeys(lab: ModuleType, provoke: Callable[..., Any]) -> None:
    """The errors that name peers, or say what was heard instead, hide nothing."""
    server = await lab.serve("socketio")
    with pytest.raises(LabError) as caught:
        await provoke(lab, server)
    assert not hidden_in(str(caught.value))
