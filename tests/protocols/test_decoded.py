"""What the bytes of a connection turn out to be."""

from __future__ import annotations

from dataclasses import replace

import pytest

from labkit.protocols.decoded import DecodedHttp, Packet, is_engineio, is_polling
from labkit.protocols.engineio import decode_packet
from labkit.protocols.http1 import HttpMessage
from labkit.protocols.socketio import SocketPacket

REQUEST = HttpMessage(1, True, "GET", "/", 0, "", (), b"", b"", 0, 0)


def test_the_inner_packet_is_named() -> None:
    """A packet is what Socket.IO says, and what Engine.IO says where it carries none."""
    outer = decode_packet('42["a"]')
    assert Packet(outer).kind == "message" and Packet(outer, SocketPacket("event")).kind == "event"
    wrong = SocketPacket("garbage", problem="no packet begins like this")
    assert Packet(outer, wrong).problem == wrong.problem and Packet(outer).problem == ""
    assert Packet(decode_packet("x")).problem == "no packet begins like this"


def test_which_way_http_goes() -> None:
    """Requests go upstream, responses downstream."""
    response = replace(REQUEST, is_request=False, status=200)
    assert DecodedHttp(REQUEST, REQUEST).direction == "upstream"
    assert DecodedHttp(response, REQUEST).direction == "downstream"


@pytest.mark.parametrize(
    ("target", "told"),
    [
        ("/", (False, False)),
        ("/?transport=polling", (False, False)),
        ("/socket.io/?EIO=4&transport=websocket", (True, False)),
        ("/socket.io/?EIO=4&transport=polling&sid=a", (True, True)),
    ],
)
def test_what_a_request_is_for(target: str, told: tuple[bool, bool]) -> None:
    """Engine.IO names its version and its transport in the query."""
    request = replace(REQUEST, target=target)
    assert (is_engineio(request), is_polling(request)) == told
