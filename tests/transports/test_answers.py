"""What a server answers over HTTP when it turns a client away."""

from __future__ import annotations

import pytest

from labkit.transports.answers import MAX_ANSWER_TEXT, MAX_BODY_READ, HttpAnswer


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
        ("text/plain", b"x" * 300, "x" * MAX_ANSWER_TEXT + "…"),
    ],
)
def test_the_servers_own_words(content_type: str, body: bytes, words: str) -> None:
    """Text, the message of JSON, the title of a page; nothing that the status says already."""
    assert HttpAnswer(403, content_type, body, "").words == words


def test_an_answer_as_a_sentence() -> None:
    """Status, what it usually means, and what the server says, as far as there is any of it."""
    told = "HTTP 401 Unauthorized: it requires authentication. It says: 'no token'"
    assert str(HttpAnswer(401, "", b"no token", "")) == told
    assert str(HttpAnswer(400, "", b"", "")) == "HTTP 400 Bad Request"
    assert str(HttpAnswer(599, "", b"", "")) == "HTTP 599"


def test_a_redirect_says_where_to() -> None:
    """Its words are cut and quoted; other answers may have a Location that means something else."""
    headers = {"Location": "http://x/\x9b" + "y" * 500}
    told = str(HttpAnswer.of(307, headers, b""))
    assert told.startswith("HTTP 307 Temporary Redirect: it redirects to 'http://x/\\x9byyy")
    assert "if it is the right address, connect to it" in told and len(told) < 400
    assert HttpAnswer.of(201, headers, b"").location == ""


@pytest.mark.parametrize(
    ("kind", "body"), [("application/json", b"[" * 10**6), ("text/html", b"<title>" * 10**5)]
)
def test_words_that_mean_harm(kind: str, body: bytes) -> None:
    """Neither deep nesting nor a million beginnings without an end cost time, or an error."""
    answer = HttpAnswer.of(500, {"Content-Type": kind}, body)
    assert len(answer.body) == MAX_BODY_READ
    assert len(answer.words) <= MAX_ANSWER_TEXT + 1


@pytest.mark.parametrize(("status", "line"), [(502, "HTTP 502 Bad Gateway"), (599, "HTTP 599")])
def test_the_status_with_its_phrase(status: int, line: str) -> None:
    """If it has one."""
    assert HttpAnswer(status, "", b"", "").status_line == line
