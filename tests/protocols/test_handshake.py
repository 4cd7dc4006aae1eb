"""The opening handshake, header by header."""

from __future__ import annotations

import pytest

from labkit.protocols.exchanges import Exchanges
from labkit.protocols.handshake import (
    Deflate,
    accept_key,
    agreed_deflate,
    judge_request,
    judge_response,
)
from labkit.protocols.http1 import Garbage, HttpMessage
from tests.support.raw import KEY, request


def exchange(asked: bytes, answered: str = "") -> list[HttpMessage]:
    """Decode a request and its answer."""
    http = Exchanges()
    items = http.feed("upstream", asked) + http.feed(
        "downstream", answered.replace("\n", "\r\n").encode()
    )
    return [item for item in items if isinstance(item, HttpMessage)]


ANSWER = f"""HTTP/1.1 101 Switching Protocols
Upgrade: websocket
Connection: Upgrade
Sec-WebSocket-Accept: {accept_key(KEY)}
EXTENSION

"""


def test_the_key_of_the_rfc() -> None:
    """The example of section 1.3."""
    assert accept_key("dGhlIHNhbXBsZSBub25jZQ==") == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="


def test_a_good_handshake() -> None:
    """Nothing is wrong with either side, and each header has a purpose."""
    asked, answered = exchange(request("Origin: http://x"), ANSWER.replace("EXTENSION", "A: b"))
    findings = [*judge_request(asked), *judge_response(asked, answered)]
    assert all(finding.purpose and not finding.problem for finding in findings)
    assert "Origin" in [finding.name for finding in findings]
    assert agreed_deflate(answered) is None


@pytest.mark.parametrize(
    "name", ["Connection", "Upgrade", "Sec-WebSocket-Version", "Sec-WebSocket-Key"]
)
def test_each_header_is_needed(name: str) -> None:
    """A header that is missing is the one finding with a problem."""
    (asked,) = exchange(request(without=name))
    wrong = [finding for finding in judge_request(asked) if finding.problem]
    assert [(finding.name, finding.problem) for finding in wrong] == [(name, "it is missing")]


def test_without_a_host_it_is_no_http() -> None:
    """HTTP/1.1 itself demands a Host (RFC 9112 section 3.2), so there is nothing to judge."""
    (item,) = Exchanges().feed("upstream", request(without="Host"))
    assert isinstance(item, Garbage) and "Host" in item.why


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("Connection", "keep-alive", "upgrade"),
        ("Upgrade", "h2c", "websocket"),
        ("Sec-WebSocket-Version", "8", "13"),
        ("Sec-WebSocket-Key", "c2hvcnQ=", "16 bytes in base64, not 5"),
        ("Sec-WebSocket-Key", "???", "not base64"),
    ],
)
def test_wrong_values_are_told(name: str, value: str, words: str) -> None:
    """What is wrong with a value is said."""
    (asked,) = exchange(request(f"{name}: {value}", without=name))
    (wrong,) = [finding for finding in judge_request(asked) if finding.problem]
    assert wrong.name == name and words in wrong.problem


def test_a_wrong_proof() -> None:
    """An accept key for another key is told with the right one; a refusal is told as one."""
    asked, answered = exchange(
        request(), ANSWER.replace(accept_key(KEY), "x").replace("EXTENSION", "A: b")
    )
    (wrong,) = [finding for finding in judge_response(asked, answered) if finding.problem]
    assert accept_key(KEY) in wrong.problem
    asked, refused = exchange(request(), "HTTP/1.1 403 Forbidden\nContent-Length: 0\n\n")
    assert judge_response(asked, refused)[0].problem.startswith("refused")
    asked = exchange(request(line="POST / HTTP/1.1"))[0]
    assert judge_request(asked)[0].problem == "it must be GET"


@pytest.mark.parametrize(
    ("header", "agreed"),
    [
        ("permessage-deflate", Deflate()),
        ("permessage-deflate; server_no_context_takeover", Deflate(server_takeover=False)),
        (
            'permessage-deflate; client_max_window_bits="12"; server_max_window_bits=10',
            Deflate(client_bits=12, server_bits=10),
        ),
        ("permessage-deflate; client_max_window_bits=99", Deflate()),
        ("x-other", None),
    ],
)
def test_compression_is_read(header: str, agreed: Deflate | None) -> None:
    """The parameters of permessage-deflate, malformed ones at their defaults."""
    answer = ANSWER.replace("EXTENSION", f"Sec-WebSocket-Extensions: {header}")
    assert agreed_deflate(exchange(request(), answer)[1]) == agreed
