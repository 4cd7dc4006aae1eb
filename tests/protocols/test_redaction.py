"""Secrets in heads of HTTP messages."""

from __future__ import annotations

import pytest

from labkit.protocols.http1 import HttpMessage
from labkit.protocols.message_reader import MessageReader
from labkit.protocols.redaction import SECRET_PARAMETERS, redact


def parsed(*lines: str) -> HttpMessage:
    """Return a request as it is read."""
    reader = MessageReader(None)
    head = "\r\n".join([*lines, "", ""]).encode("latin-1")
    reader.feed(head, 1)
    assert reader.message is not None
    return reader.message


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ("Cookie: username-127-0=2|1:0|abc; b=c", "Cookie: username-127-0=*********; b=*"),
        ("cookie: bare", "cookie: ****"),
        ("COOKIE: a=b=c;d", "COOKIE: a=***;*"),
        ("Set-Cookie: sid=s3cr3t; Path=/; HttpOnly", "Set-Cookie: sid=******; Path=/; HttpOnly"),
        ("Authorization: Bearer abc.def", "Authorization: Bearer *******"),
        ("Authorization: abc", "Authorization: ***"),
        ("Proxy-Authorization: Basic dTpw", "Proxy-Authorization: Basic ****"),
        ("Referer: http://a/?token=abc#x", "Referer: http://a/?token=***#x"),
        ("Location: /?x=1&access_token=abc", "Location: /?x=1&access_token=***"),
    ],
)
def test_secrets_in_headers(line: str, shown: str) -> None:
    """Each byte of one is an asterisk, names and attributes stay, and so does each place."""
    plain = parsed("GET / HTTP/1.1", "Host: a", line, "X: y")
    hidden = redact(plain)
    assert hidden.redacted and len(hidden.head) == len(plain.head)
    assert hidden.head == plain.head.replace(line.encode(), shown.encode())
    name, value = shown.split(": ", 1)
    assert hidden.header(name).strip() == value and hidden.header("X") == "y"


@pytest.mark.parametrize("name", SECRET_PARAMETERS)
def test_secrets_in_the_target(name: str) -> None:
    """A token in the query is hidden in the target, and in the start line."""
    hidden = redact(parsed(f"GET /a?x=1&{name}=abc&y=2 HTTP/1.1", "Host: a"))
    assert hidden.target == f"/a?x=1&{name}=***&y=2"
    assert hidden.start_line == f"GET {hidden.target} HTTP/1.1"


def test_a_header_of_several_lines() -> None:
    """Also where it goes on behind the end of a line."""
    hidden = redact(parsed("GET / HTTP/1.1", "Host: a", "Cookie: a=b;", "  c=secret", "X: y"))
    assert b"secret" not in hidden.head and hidden.head.endswith(b"\r\nX: y\r\n\r\n")
    assert "secret" not in str(hidden)


@pytest.mark.parametrize("line", ["X-Token: 3", "X: cookie: a=b", "A: b;token=c", "Cookies: a"])
def test_what_is_no_secret(line: str) -> None:
    """A message without any is the same object."""
    message = parsed("GET /token?tokens=1&mytoken=2 HTTP/1.1", "Host: a", line)
    assert redact(message) is message


@pytest.mark.parametrize(
    ("target", "shown"),
    [
        ("/messages?client=0123456789abcdef&after=x", "/messages?client=0123************&after=x"),
        ("/ws?a=1&client=0123456789abcdef", "/ws?a=1&client=0123************"),
        ("/clients/0123456789abcdef", "/clients/0123************"),
        ("/?labkit-page=0123456789abcdef", "/?labkit-page=0123************"),
        ("/a?client=ios", "/a?client=ios"),
        ("/a?client=0123456789abcdefa", "/a?client=0123456789abcdefa"),
        ("/clients/0123456789abcdef0", "/clients/0123456789abcdef0"),
    ],
)
def test_the_id_of_a_client(target: str, shown: str) -> None:
    """What tells clients apart stays, the rest is hidden; what only has the same name stays."""
    hidden = redact(parsed(f"DELETE {target} HTTP/1.1", "Host: a", f"Referer: http://a{target}"))
    assert (hidden.target, hidden.header("Referer")) == (shown, f"http://a{shown}")
    assert hidden.redacted == ("*" in shown)
