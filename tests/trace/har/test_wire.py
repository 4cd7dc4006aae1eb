"""Bytes that are made of what a HAR says."""

from __future__ import annotations

import pytest

from labkit.protocols.directions import Direction
from labkit.protocols.exchanges import Exchanges
from labkit.protocols.frames import FrameDecoder
from labkit.protocols.http1 import HttpMessage
from labkit.trace.har.wire import SWITCH, Unreadable, frame_bytes, request_bytes, response_bytes

GET = request_bytes("GET", "/", "a", [], b"", False)


@pytest.mark.parametrize("side", ["upstream", "downstream"])
@pytest.mark.parametrize("size", [0, 125, 126, 65_535, 65_536])
def test_frames(side: Direction, size: int) -> None:
    """A frame of every length is read as what it was made of, without a problem."""
    payload = b"x" * size
    (frame,) = FrameDecoder(side == "upstream").feed(frame_bytes(side, 2, payload))
    assert (frame.opcode, frame.payload, frame.problem) == (2, payload, "")


def test_a_request() -> None:
    """one Host header, no header that would be untrue, and no byte that a head may not have."""
    headers = [("host", "b"), ("HOST", "c"), ("Content-Length", "99"), ("X", "a\0b\x7f")]
    data = request_bytes("POST", "/ü x", "a", headers, b"hello", False)
    (found,) = Exchanges().feed("upstream", data)
    assert isinstance(found, HttpMessage)
    assert (found.target, found.header("Host"), found.body) == ("/%C3%BC%20x", "b", b"hello")
    assert (found.header("Content-Length"), found.header("X")) == ("5", "a?b?")
    assert GET == b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"


def test_a_handshake_that_was_left_out() -> None:
    """What asks to leave HTTP, and what agrees, says so."""
    asked = request_bytes("GET", "/", "a", [("upgrade", "x")], b"", True)
    assert asked.count(b"pgrade:") == 1 and b"Connection: Upgrade" in asked
    assert response_bytes(asked, 101, "Switching Protocols", [], b"ignored") == SWITCH


@pytest.mark.parametrize(("asked", "status"), [(GET, 204), (GET, 304), (b"HEAD" + GET[3:], 200)])
def test_answers_without_a_body(asked: bytes, status: int) -> None:
    """Where HTTP has no body, none is made."""
    assert response_bytes(asked, status, "", [], b"hello").endswith(b"\r\n\r\n")


def test_what_cannot_be_made() -> None:
    """The reason is told."""
    with pytest.raises(Unreadable, match="its method is 'G T'"):
        request_bytes("G T", "/", "a", [], b"", False)
    with pytest.raises(Unreadable, match=r"not HTTP/1\.1"):
        response_bytes(GET, 99, "", [], b"")
