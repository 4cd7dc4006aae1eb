"""Heads of requests, judged before they pass, whatever the chunks."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labkit.protocols.http1 import MAX_HEAD
from labkit.protocols.request_heads import RequestHead, RequestHeads, RequestRefused

GET = b"GET /a HTTP/1.1\r\nHost: one\r\nCookie: a=b\r\n\r\n"
POST = b"POST /b HTTP/1.1\r\nHost: two\r\nContent-Length: 25\r\n\r\nGET / HTTP/1.1\r\nHost: x\r\n"
CHUNKED = (
    b"POST /c HTTP/1.1\r\nHost: three\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n"
)
UPGRADE = b"GET /d HTTP/1.1\r\nHost: four\r\nConnection: Upgrade\r\nUpgrade: WebSocket\r\n\r\n"
EVIL = b"GET /e HTTP/1.1\r\nHost: evil\r\n\r\n"


class Gate:
    """Notes the Host of each head, and refuses that of evil."""

    def __init__(self) -> None:
        self.hosts: list[str] = []
        self.passed = b""
        self.requests = RequestHeads(self._judge)

    def _judge(self, head: RequestHead) -> None:
        (host,) = head.values("HOST")
        self.hosts.append(host)
        if host == "evil":
            raise RequestRefused(403, "no")

    def feed(self, *chunks: bytes) -> None:
        """Feed bytes, and keep what passes."""
        for chunk in chunks:
            self.passed += self.requests.feed(chunk)


def split(data: bytes, cuts: list[int]) -> list[bytes]:
    """Cut bytes into chunks."""
    at = sorted({0, len(data), *(cut % len(data) for cut in cuts)})
    return [data[a:b] for a, b in pairwise(at)]


@given(st.lists(st.integers(0, 2000), max_size=12), st.binary(max_size=30))
def test_bytes_pass_unchanged(cuts: list[int], payload: bytes) -> None:
    """However they are cut: pipelined requests, bodies of both kinds, an upgrade, and frames."""
    frame = bytes([0x82, 0x80 | len(payload), 1, 2, 3, 4]) + payload
    whole = GET + POST + CHUNKED + GET + UPGRADE + frame + EVIL
    gate = Gate()
    gate.feed(*split(whole, cuts))
    assert gate.passed == whole
    assert gate.hosts == ["one", "two", "three", "one", "four"]


@pytest.mark.parametrize("before", [b"", GET, POST, CHUNKED, UPGRADE])
@given(st.lists(st.integers(0, 2000), max_size=8))
def test_nothing_of_a_bad_request_passes(before: bytes, cuts: list[int]) -> None:
    """Also behind good ones on the same connection, and behind a WebSocket that was refused."""
    gate = Gate()
    with pytest.raises(RequestRefused, match="no"):
        gate.feed(*split(before + EVIL, cuts))
    assert before.startswith(gate.passed)


def test_a_head_waits_until_it_is_whole() -> None:
    """Its bytes are held back, and those of the body are not."""
    gate = Gate()
    gate.feed(POST[:30])
    assert gate.passed == b""
    gate.feed(POST[30:-5])
    assert gate.passed == POST[:-5]


@pytest.mark.parametrize("first", [0x81, 0x01, 0x41, 0x42, 0x88, 0xC1])
def test_frames_follow_an_upgrade(first: int) -> None:
    """Any that a client may begin with, also one that looks like a letter."""
    gate = Gate()
    gate.feed(UPGRADE, bytes([first]), b"\x80mask", EVIL)
    assert gate.passed == UPGRADE + bytes([first]) + b"\x80mask" + EVIL


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (b"\x16\x03\x01\x02\x00\r\n\r\n", 400),
        (b"hello there\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nHost : a\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nHost: a\r\nX: " + b"a" * MAX_HEAD, 431),
        (UPGRADE + b"\x81\x05hello\r\n\r\n", 400),
    ],
)
def test_what_cannot_be_read_does_not_pass(sent: bytes, status: int) -> None:
    """What is no request, what could be read in two ways, and what is too long."""
    with pytest.raises(RequestRefused) as refused:
        Gate().feed(sent)
    assert refused.value.status == status


def test_many_requests_in_one_chunk_take_time_in_proportion() -> None:
    """A flood of tiny requests in a chunk is read in one go, each of them judged."""
    gate = Gate()
    gate.feed(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n" * 2000)
    assert len(gate.hosts) == 2000
