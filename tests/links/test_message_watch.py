"""What counts the messages that enter links."""

from __future__ import annotations

import pytest

from labkit.faults import Drop, NoOp
from labkit.links.message_watch import MessageWatch
from labkit.protocols.directions import Direction
from tests.conftest import soon
from tests.support.ends import Ends
from tests.support.handshakes import shake_hands
from tests.support.raw import CONTINUATION, PING, TEXT, frame

FRAGMENTS = frame(TEXT, b"in ", fin=False) + frame(CONTINUATION, b"pieces")
ONE = frame(TEXT, b"one")
TAKEOVER = (
    b"HTTP/1.1 101 S\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
    b"Sec-WebSocket-Extensions: permessage-deflate\r\n\r\n"
)


@pytest.mark.on_proactor
async def test_it_reports_messages_before_faults_meet_them(ends: Ends) -> None:
    """Fragments are one message, a ping is none; what is lost counts, too."""
    seen: list[Direction] = []
    watch = MessageWatch(seen.append)
    (_, to_server), (from_client, to_client) = await shake_hands(ends)
    ends.link.add(Drop(text="one"))
    ends.link.faults.watch(watch)
    to_server.write(ONE + frame(PING) + FRAGMENTS)
    wanted = len(frame(PING) + FRAGMENTS)
    assert len(await from_client.readexactly(wanted)) == wanted
    to_client.write(frame(TEXT, b"answer", masked=False))
    await soon(lambda: seen == ["upstream", "upstream", "downstream"])
    ends.link.heal()
    assert ends.connection.upstream.enter is not None
    ends.link.faults.unwatch(watch)
    assert ends.connection.upstream.enter is None
    to_server.write(ONE)
    await from_client.readexactly(len(ONE))
    assert len(seen) == 3
    ends.link.faults.unwatch(watch)  # which changes nothing


async def test_it_sees_connections_to_come_and_lets_go_of_those_that_end(ends: Ends) -> None:
    """Also where compression keeps faults from acting: to count damages nothing."""
    seen: list[Direction] = []
    watch = MessageWatch(seen.append)
    ends.link.faults.watch(watch)
    (_, to_server), (_, to_client) = await shake_hands(ends, TAKEOVER)
    to_server.write(ONE * 2)
    await soon(lambda: len(seen) == 2)
    to_server.transport.abort()
    to_client.transport.abort()
    await soon(lambda: not ends.link.connection_count)
    assert watch._stages == {}
    ends.link.add(NoOp())
    ends.link.faults.unwatch(watch)
