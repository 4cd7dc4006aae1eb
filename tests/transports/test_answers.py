"""What a server answers over HTTP when it turns a client away."""

from __future__ import annotations

import pytest

from labkit.transports.answers import LONGEST, HttpAnswer


@pytest.mark.parametrize(
    ("content_type", "body", "words"),
    [
        ("text/plain", b"who are you?\n", "who are you?"),
        ("text/plain", b"", ""),
        ("text/plain", b"Forbidden", ""),
        ("text/plain; charset=utf-8", b"403: Forbidden", ""),
        ("text/html", b"<html><title>Keep\n out</title><p>...", "Keep out"),
        ("text/html", b"<p>...", ""),
        ("application/json", b'"not an accepted origin"', "not an accepted origin"),
        ("application/json", b'{"code": 4, "message": "forbidden here"}', "forbidden here"),
        ("application/json", b'{"code": 4}', '{"code": 4}'),
        ("application/json", b"{broken", "{broken"),
        ("", b"caf\xe9", "caf\ufffd"),
        ("text/plain", b"x" * 300, "x" * LONGEST + "…"),
    ],
)
def test_the_servers_own_words(content_type: str, body: bytes, words: str) -> None:
    """Text, the message of JSON, the title of a page; nothing that the status says already."""
    assert HttpAnswer(403, content_type, body, "").words == words


def test_an_answer_as_a_sentence() -> None:
    """Status, what it usually means, and what the server says, as far as there is any of it."""
    told = "HTTP 401 Unauthorized: it wants to know who you are. It says: 'no token'"
    assert str(HttpAnswer(401, "", b"no token", "")) == told
    assert str(HttpAnswer(400, "", b"", "")) == "HTTP 400 Bad Request"
    assert str(HttpAnswer(599, "", b"", "")) == "HTTP 599"
