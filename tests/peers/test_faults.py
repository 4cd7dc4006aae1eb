"""Message faults on links between npm packages and labkit's servers."""

from __future__ import annotations

from types import ModuleType
from typing import Any

import pytest

from labkit.faults import Corrupt, CutBeforeAck, Drop, Duplicate, Reorder, SwallowPongs
from labkit.faults.choice import IN_PARTS
from labkit.transports.contract import Server
from tests.conftest import soon
from tests.support.node import node
from tests.support.servers import names_of

pytestmark = pytest.mark.usefixtures("node_modules")

OVER_WEBSOCKET = {"transports": ["websocket"], "reconnection": False}
OVER_POLLING = {"transports": ["polling"], "reconnection": False}


@pytest.mark.parametrize("over", [OVER_WEBSOCKET, OVER_POLLING], ids=["websocket", "polling"])
async def test_events_and_their_attachments(lab: ModuleType, over: dict[str, Any]) -> None:
    """Whatever a fault does to an event with attachments, Node and Python read on behind it."""
    server = await lab.serve("socketio")
    alice, link = await lab.connect(server, "alice"), await lab.link(server)
    async with node("socketio_client.cjs", link.url, over) as bob:
        await bob.tells("connect")
        file = {"hex": "0102"}
        for direction in ("upstream", "downstream"):
            for fault, times in ((Drop(nth=1), 0), (Duplicate(nth=1), 2)):
                with link.add(fault, direction):
                    before = len(alice.inbox)
                    await bob.does("emit", name="chat message", values=[file])
                    await bob.does("emit", name="chat message", values=["next"])
                    await alice.hears("next")
                    heard = [bytes(m) for m in list(alice.inbox)[before:] if isinstance(m, bytes)]
                    if direction == "upstream" and over is OVER_POLLING and times:
                        times = 1  # Node sends attachments in a request of their own
                        assert f"{IN_PARTS} upstream" in link.trace.facts()
                    assert heard == [b"\x01\x02"] * (times if direction == "upstream" else 1)
                    for _ in range(times):
                        assert (await bob.tells("event"))["values"] == [file]
                    assert (await bob.tells("event"))["values"] == ["next"]
        await bob.does("call", name="join", values=["attic"])
        assert (await bob.tells("answer"))["value"] == ["attic"]


async def test_an_answer_that_never_arrives(lab: ModuleType) -> None:
    """The server has done what it was asked, and the client's call fails."""
    server = await lab.serve("socketio")
    link = await lab.link(server)
    async with node("socketio_client.cjs", link.url, OVER_WEBSOCKET) as bob:
        await bob.tells("connect")
        handle = link.add(CutBeforeAck(event="join"))
        await bob.does("call", name="join", values=["attic"], within=1000)
        assert (await bob.tells("disconnect"))["reason"] == "transport close"
        assert "error" in await bob.tells("answer")
        assert handle.message_count == 1
    (cut,) = [each for each in link.trace.facts() if each.startswith("cut")]
    assert cut == "cut: CutBeforeAck(event='join')"
    asked = [row for row in link.trace.rows(kind="event") if "join" in row.content]
    assert [row.fate for row in asked] == ["passed"]


async def test_a_chat_of_ws(lab: ModuleType) -> None:
    """Text of any script, masked by npm `ws`, is dropped, swapped and damaged as asked."""
    server = await lab.serve("websocket")
    alice, link = await lab.connect(server, "alice"), await lab.link(server)
    async with node("ws_client.cjs", link.url) as bob:
        await bob.tells("open")
        link.add(Drop(text="שלום"), "upstream")
        link.add(Reorder(text="first"), "upstream")
        link.add(Corrupt(text="hello"), "upstream")
        for text in ("שלום 👩‍👩‍👧", "first", "hello", "last"):
            await bob.does("send", text=text)
        await alice.hears("last")
        heard = [str(each) for each in alice.inbox if "Welcome" not in str(each)]
        assert heard == ["helln", "first", "last"]
        link.heal()
        link.add(Corrupt("utf-8"), "downstream")
        await alice.say("hello")
        assert (await bob.tells("error"))[
            "text"
        ] == "Invalid WebSocket frame: invalid UTF-8 sequence"
    await soon(lambda: names_of(server) == ["alice"])


@pytest.mark.parametrize("protocol", ["websocket", "socketio"])
async def test_swallowed_pongs(lab: ModuleType, protocol: str) -> None:
    """The server ends a connection whose pongs do not arrive, though messages do."""
    await lab.fresh(timescale=0.1)
    server: Server = await lab.serve(protocol)
    alice, link = await lab.connect(server, "alice"), await lab.link(server)
    script, options = ("ws_client.cjs", {})
    if protocol == "socketio":
        script, options = ("socketio_client.cjs", OVER_WEBSOCKET)
    async with node(script, link.url, options) as bob:
        await bob.tells("open")
        handle = link.add(SwallowPongs(), "upstream")
        if protocol == "websocket":
            await bob.does("send", text="still here")
            assert await alice.hears("still here")
        await bob.tells("close" if protocol == "websocket" else "disconnect")
        assert handle.message_count >= 1
    await soon(lambda: names_of(server) == ["alice"])
    await lab.fresh()
