"""One direction's lane, where faults that understand HTTP act on connections that live."""

from __future__ import annotations

import pytest

from labkit.faults import BlackHole, Drop, Latency, RefuseUpgrade, Slicer, StripUpgrade
from labkit.links.message_lanes import IN_PLACE
from tests.conftest import soon
from tests.support.ends import Ends
from tests.support.handshakes import SWITCH, shake_hands
from tests.support.http_texts import UPGRADE, get, ok
from tests.support.raw import TEXT, frame

STRIPPED = UPGRADE.replace(b"Connection: Upgrade\r\nUpgrade: websocket\r\n", b"")


@pytest.mark.on_proactor
async def test_an_answer_in_the_server_s_place(ends: Ends) -> None:
    """It is in the record, behind those before it, and the connection goes on."""
    (from_server, to_server), (from_client, to_client) = await ends.pair()
    ends.link.add(RefuseUpgrade())
    to_server.write(get("/1") + UPGRADE + get("/2"))
    assert await from_client.readexactly(len(get("/1"))) == get("/1")
    to_client.write(ok(b"one"))
    assert await from_client.readexactly(len(get("/2"))) == get("/2")
    to_client.write(ok(b"two"))
    assert await from_server.readexactly(len(ok(b"one"))) == ok(b"one")
    assert (await from_server.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 403 Forbidden")
    await from_server.readuntil(ok(b"two"))
    rows = ends.link.trace.rows()
    asked = [row for row in rows if row.kind == "request"]
    answered = [row for row in rows if row.kind == "response"]
    assert [row.fate for row in asked] == ["passed", "dropped", "passed"]
    assert [row.content.split()[1] for row in answered] == ["200", "403", "200"]
    assert f"{IN_PLACE} upstream" in ends.link.trace.facts()


@pytest.mark.on_proactor
async def test_what_leaves_is_accounted_for_behind_a_head_that_was_rewritten(ends: Ends) -> None:
    """Though it is shorter, and other faults cut up, delay and lose what follows it."""
    for fault in (StripUpgrade(), Slicer(7), Latency(0.001), Drop(text="secret")):
        ends.link.add(fault)
    (from_server, to_server), (from_client, to_client) = await ends.pair()
    to_server.write(UPGRADE)
    assert await from_client.readexactly(len(STRIPPED)) == STRIPPED
    to_client.write(ok())
    await from_server.readexactly(len(ok()))
    to_server.write(get("/2") + UPGRADE)
    to_client.write(ok() + ok())
    await from_client.readexactly(len(get("/2") + STRIPPED))
    await from_server.readexactly(len(ok() + ok()))
    rows = [row for row in ends.link.trace.rows() if row.kind in ("request", "response")]
    fates = [row.fate for row in rows if row.kind == "request"]
    assert fates == ["altered", "passed", "altered"]
    assert all(row.left is not None for row in rows)


async def test_message_faults_act_behind_the_upgrade_as_before(ends: Ends) -> None:
    """A fault that understands HTTP shares the lane with them."""
    ends.link.add(Drop(text="secret"))
    ends.link.add(RefuseUpgrade())
    handle = ends.link.faults[1]
    handle.remove()
    ends.link.add(StripUpgrade()).remove()
    (_, to_server), (from_client, _) = await shake_hands(ends)
    to_server.write(frame(TEXT, b"secret") + b"\x81\x80abcd")
    assert await from_client.readexactly(6) == b"\x81\x80abcd"


async def test_a_black_hole_holds_the_answer_too(ends: Ends) -> None:
    """Byte faults stand behind the lane, whoever has sent the bytes."""
    ends.link.add(RefuseUpgrade())
    hole = ends.link.add(BlackHole(), "downstream")
    (from_server, to_server), _ = await ends.pair()
    to_server.write(UPGRADE)
    await soon(lambda: hole.held > 0)
    hole.remove()
    assert (await from_server.readuntil(b"\r\n")).startswith(b"HTTP/1.1 403")


async def test_it_acts_on_open_connections_from_the_next_request_on(ends: Ends) -> None:
    """A WebSocket that is open stays as it is."""
    (from_server, _), (_, to_client) = await shake_hands(ends)
    ends.link.add(RefuseUpgrade())
    to_client.write(frame(TEXT, b"hello", masked=False))
    hello = frame(TEXT, b"hello", masked=False)
    assert await from_server.readexactly(len(hello)) == hello
    assert ends.link.trace.bytes("downstream") == SWITCH + hello
