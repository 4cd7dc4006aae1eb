"""Requests and responses as bytes."""

from __future__ import annotations

from tests.support.raw import request

UPGRADE = request()
"""A request for a WebSocket."""


def get(path: str = "/", *headers: str) -> bytes:
    """Return a plain request."""
    return "\r\n".join([f"GET {path} HTTP/1.1", "Host: a", *headers, "", ""]).encode()


def post(body: bytes, path: str = "/") -> bytes:
    """Return a request with a body."""
    return f"POST {path} HTTP/1.1\r\nHost: a\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body


def ok(body: bytes = b"ok", *headers: str) -> bytes:
    """Return a response with a body, and its length."""
    lines = ["HTTP/1.1 200 OK", f"Content-Length: {len(body)}", *headers, "", ""]
    return "\r\n".join(lines).encode() + body


STREAM = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"
"""The head of a response that does not end by itself."""


def chunk(data: bytes) -> bytes:
    """Return a chunk of such a response; an empty one ends it."""
    return b"%x\r\n%s\r\n" % (len(data), data)
