"""Parts of HTTP messages, as they pass."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labkit.protocols.http_parts import (
    HttpHead,
    HttpPart,
    PartSplitter,
    read_head,
    rewrite_head,
    write_answer,
)
from tests.support.http_texts import UPGRADE, get, ok


def test_a_head_is_read() -> None:
    """Names keep how they are written, and are found however they are."""
    head = read_head(get("/chat", "A: b", "a:c", "no header"))
    assert (head.method, head.target, head.status) == ("GET", "/chat", 0)
    assert head.headers == (("Host", "a"), ("A", "b"), ("a", "c"))
    assert head.header("A") == "b, c" and head.header("none") == ""
    assert read_head(ok()).status == 200


@pytest.mark.parametrize(
    ("headers", "asks"),
    [
        (("Upgrade: websocket", "Connection: Upgrade"), True),
        (("upgrade: h2c, WebSocket", "connection: keep-alive, upgrade"), True),
        (("Upgrade: h2c", "Connection: Upgrade"), False),
        (("Upgrade: websocket",), False),
        ((), False),
    ],
)
def test_a_request_that_asks_for_a_websocket(headers: tuple[str, ...], asks: bool) -> None:
    """Both headers say so."""
    assert read_head(get("/", *headers)).asks_to_upgrade is asks


@given(st.binary())
def test_whatever_a_head_is_it_is_read(data: bytes) -> None:
    """Garbage has no target, or another one."""
    head = read_head(data)
    assert isinstance(head, HttpHead) and isinstance(head.method, str)
    assert isinstance(head.status, int) and head.asks_to_upgrade in (True, False)
    rewrite_head(data, lambda line: line)


def test_a_head_is_rewritten_line_by_line() -> None:
    """A line may go, and the empty one stays."""
    passed = rewrite_head(UPGRADE, lambda line: None if line.startswith("Up") else line)
    assert passed == UPGRADE.replace(b"Upgrade: websocket\r\n", b"")
    assert rewrite_head(UPGRADE, lambda line: line) == UPGRADE


def test_an_answer() -> None:
    """It says how long it is, so that the connection can go on."""
    assert write_answer(403, "Forbidden", "no\n") == (
        b"HTTP/1.1 403 Forbidden\r\nContent-Type: text/plain; charset=utf-8\r\n"
        b"Content-Length: 3\r\n\r\nno\n"
    )
    assert (
        write_answer(204, "No Content") == b"HTTP/1.1 204 No Content\r\nContent-Length: 0\r\n\r\n"
    )


def test_a_dropped_part_has_its_place_and_no_bytes() -> None:
    """One that is altered has others."""
    part = HttpPart(b"abc", 7)
    assert (len(part), part.fate) == (3, "")
    assert part.dropped(b"answer") == HttpPart(b"", 7, fate="dropped", answer=b"answer")
    assert part.altered(b"x") == HttpPart(b"x", 7, fate="altered")
    assert part.cut(1) == (HttpPart(b"a", 5), HttpPart(b"bc", 7))
    head = HttpPart(UPGRADE, 200, read_head(UPGRADE))
    assert head.altered(get()).head == read_head(get())
    assert [each.head for each in head.cut(3)] == [head.head, None]


def test_parts_of_a_message() -> None:
    """They begin once its head is whole, and end with it."""
    parts = PartSplitter()
    assert parts.feed("upstream", get()[:-1], 10) == []
    assert not parts.is_inside("upstream")
    (head,) = parts.feed("upstream", get(), len(get()))
    assert head.data == get() and head.head is not None and head.head.method == "GET"
    assert parts.is_inside("upstream") and not parts.is_inside("downstream")
    assert parts.feed("upstream", b"body", 99) == [HttpPart(b"body", 99)]
    parts.leave("upstream")
    assert not parts.is_inside("upstream")
