"""Event streams and polls, as they cross."""

from __future__ import annotations

from labkit.trace import Trace
from tests.support.traces import recorded

CLIENT = "0123456789abcdef"
EPOCH = "deadbeef"
GET = f"GET /events?client={CLIENT} HTTP/1.1\r\nHost: a\r\n\r\n".encode()
LAST_CHUNK = b"0\r\n\r\n"


def stream_head(
    *lines: str,
    status: str = "200 OK",
    kind: str = "text/event-stream; charset=utf-8",
    framing: str = "Transfer-Encoding: chunked",
) -> bytes:
    """Return the head of an answer that is an event stream, in chunks if not said otherwise."""
    head = [f"HTTP/1.1 {status}", f"Content-Type: {kind}", *lines, *filter(None, [framing])]
    return "\r\n".join([*head, "", ""]).encode()


def chunk(data: bytes) -> bytes:
    """Return a chunk."""
    return b"%x\r\n%b\r\n" % (len(data), data)


def asks(target: str, method: str = "GET", body: bytes = b"", kind: str = "text/plain") -> bytes:
    """Return a request of a client of a chat; CLIENT and EPOCH in its target are replaced."""
    target = target.replace("CLIENT", CLIENT).replace("EPOCH", EPOCH)
    head = [f"{method} {target} HTTP/1.1", "Host: a"]
    if method == "POST":
        head += [f"Content-Type: {kind}", f"Content-Length: {len(body)}"]
    return "\r\n".join([*head, "", ""]).encode() + body


def answers(body: str) -> bytes:
    """Return an answer in JSON; EPOCH in it is the server's epoch."""
    data = body.replace("EPOCH", EPOCH).encode()
    head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(data)}"
    return head.encode() + b"\r\n\r\n" + data


NOTHING = b"HTTP/1.1 204 No Content\r\n\r\n"


def polled_session() -> Trace:
    """Return a trace with an idle poll, one that brings hello, a post, and one without answer."""
    poll = "/messages?client=CLIENT&after=EPOCH-1"
    return recorded(
        ("upstream", asks(poll)),
        ("downstream", NOTHING),
        ("upstream", asks(poll)),
        ("downstream", answers(HELLO)),
        ("upstream", asks("/messages?client=CLIENT&number=1", "POST", b"hi")),
        ("downstream", NOTHING),
        ("upstream", asks(poll)),
    )


HELLO = '{"messages": [{"id": "EPOCH-2", "text": "hello"}], "next": "EPOCH-2"}'
