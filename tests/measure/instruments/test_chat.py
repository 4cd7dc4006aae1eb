"""The chats that are compared."""

from __future__ import annotations

from contextlib import suppress
from types import ModuleType
from typing import Any

import pytest

from labkit import bench
from labkit.exceptions import Disconnected, NotHeard
from labkit.measure.instruments.chat import WAYS, open_chat, say_to
from labkit.measure.instruments.recorded import find_packet
from labkit.protocols.directions import Direction


@pytest.mark.parametrize("subject", WAYS)
async def test_people_chat(lab: ModuleType, subject: str) -> None:
    """Each over a link of their own, in a subject's own way."""
    chat = await open_chat(bench.current(), subject, "alice", "bob")
    alice, bob = chat.people
    await say_to(alice, "hello", bob)
    assert alice.link is not bob.link
    assert alice.transport == ("polling" if subject == "socketio polling" else "websocket")
    handshake = next(row for row in alice.link.trace.rows() if row.kind == "request")
    has_deflate = b"permessage-deflate" in alice.link.trace.bytes("upstream", handshake.connection)
    assert has_deflate is (subject == "websocket deflate")


@pytest.mark.parametrize(("side", "way"), [("serve", "downstream"), ("connect", "upstream")])
async def test_options_are_added(lab: ModuleType, side: str, way: Direction) -> None:
    """To those of the subject, for its server or its clients: neither reads more than 10 bytes."""
    options: dict[str, Any] = {side: {"max_size": 10}}
    alice = (await open_chat(bench.current(), "websocket", "alice", **options)).people[0]
    with suppress(Disconnected):  # the greeting may have been too long for it already
        await alice.say("much more than ten bytes")
    await alice.changes.until(lambda: alice.state == "closed", 2)
    close = find_packet(alice.link.trace.rows(), "close", way)
    assert close is not None and "1009" in close.content


async def test_who_has_to_hear_does(lab: ModuleType) -> None:
    """Otherwise it is said who did not."""
    await lab.fresh(timescale=0.2)
    alice, bob = (await open_chat(bench.current(), "websocket", "alice", "bob")).people
    with pytest.raises(NotHeard, match="websocket alice"):
        await say_to(alice, "hello", bob, alice)
