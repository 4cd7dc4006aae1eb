"""What the court says of Socket.IO for JavaScript alone, and what differs there, seen in Node."""

from __future__ import annotations

import math
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from labkit.faults import Latency
from labkit.links import Link
from labkit.measure.instruments.recorded import find_packet, until_recorded
from tests.support.node import Node, node

pytestmark = pytest.mark.usefixtures("node_modules")

TEXTS = ("first", "second", "third")

SOON = {"reconnectionDelay": 50, "randomizationFactor": 0}
"""Options of a client that comes back sooner than by default."""

ONE_WAY = 0.5
"""Seconds (scaled) of a latency, in each direction."""


@asynccontextmanager
async def node_server(lab: ModuleType, **options: Any) -> AsyncIterator[tuple[Node, Link]]:
    """Run a Socket.IO server of Node's, and open a link to it."""
    async with node("socketio_server.cjs", options) as server:
        port = (await server.tells("listening"))["port"]
        yield server, await lab.link(f"http://127.0.0.1:{port}")


async def test_javascript_sends_later_what_was_emitted_offline(lab: ModuleType) -> None:
    """Each text, in order, once it is back; Python's client keeps none of them."""
    server = await lab.serve("socketio")
    bob, link = await lab.connect(server, "bob"), await lab.link(server)
    async with node("socketio_client.cjs", link.url, SOON) as alice:
        await alice.tells("connect")
        link.cut()
        await alice.tells("disconnect")
        for text in TEXTS:
            await alice.does("emit", name="chat message", values=[text])
        await alice.does("call", name="chat message", values=["in vain"], within=1)
        assert "error" in await alice.tells("answer")  # it was too late for this one: it is removed
        link.restore()
        assert await bob.hears(len(TEXTS), within=10) == list(TEXTS)


@pytest.mark.parametrize("is_on", [True, False], ids=["asked for", "by default"])
async def test_node_restores_a_connection_if_it_is_told_to(lab: ModuleType, is_on: bool) -> None:
    """Its id, its room, and the events in between; by default it restores none of them."""
    options = {"connectionStateRecovery": {}} if is_on else {}
    async with (
        node_server(lab, **options) as (server, link),
        node("socketio_client.cjs", link.url, SOON) as alice,
    ):
        before = (await server.tells("connection"))["sid"]
        await alice.tells("connect")
        await alice.does("emit", name="join", values=["room"])
        await server.tells("event")
        await server.does("emit", room="room", name="chat message", values=["before"])
        # with recovery, each event has its offset behind its arguments, and the last one is kept
        assert (await alice.tells("event"))["values"][0] == "before"
        link.cut()
        await server.tells("disconnect")
        await server.does("emit", room="room", name="chat message", values=["in between"])
        await server.does("emit", name="chat message", values=["in between, to all"])
        await alice.tells("disconnect")
        link.restore()
        assert ((await server.tells("connection"))["sid"] == before) is is_on
        await server.does("emit", room="room", name="chat message", values=["to the room"])
        await server.does("emit", name="chat message", values=["the end"])
        heard = []
        while "the end" not in heard:
            heard.append((await alice.tells("event"))["values"][0])
    missed = ["in between", "in between, to all", "to the room"] if is_on else []
    assert heard == [*missed, "the end"]


async def test_an_idle_connection_of_nodes_is_silent_only_on_raw_websocket(
    lab: ModuleType, node_modules: Path
) -> None:
    """The library `ws` has no timer but that of closing; a Socket.IO server pings."""
    async with (
        node_server(lab, pingInterval=100) as (_, link),
        node("socketio_client.cjs", link.url),
    ):
        await until_recorded(
            link.trace, lambda rows: find_packet(rows, "ping", "downstream") is not None, "a ping"
        )
    timers = [
        line.strip()
        for path in sorted((node_modules / "ws" / "lib").glob("*.js"))
        for line in path.read_text("utf-8").splitlines()
        if "setInterval(" in line or " setTimeout(" in line
    ]
    assert timers == ["websocket._closeTimer = setTimeout("]


def round_trips(link: Link) -> int:
    """Return how many round trips passed from the first request to the joined namespace."""
    rows = link.trace.rows()
    joined = find_packet(rows, "connect", "downstream")
    assert joined is not None and joined.left is not None
    first = next(row for row in rows if row.kind == "request")
    return math.floor((joined.left - first.time) / (2 * ONE_WAY) + 0.2)


async def test_javascript_needs_two_round_trips_at_a_server_of_nodes(lab: ModuleType) -> None:
    """By default: it joins over polling, and upgrades afterwards."""
    async with node_server(lab) as (_, link):
        link.add(Latency(ONE_WAY))
        async with node("socketio_client.cjs", link.url) as alice:
            await alice.tells("connect")
            assert round_trips(link) == 2


async def test_javascript_needs_four_at_a_server_of_pythons(lab: ModuleType) -> None:
    """The same client: the answer to its join waits until the upgrade is over."""
    server = await lab.serve("socketio")
    link = await lab.link(server)
    link.add(Latency(ONE_WAY))
    async with node("socketio_client.cjs", link.url) as alice:
        await alice.tells("connect")
        assert round_trips(link) == 4
