"""HTTP/1.1 messages, and what could not be read as one."""

from __future__ import annotations

import zlib
from dataclasses import dataclass

from labkit.protocols.directions import Direction

MAX_BODY_KEPT = 256 * 1024
"""Bytes of a body that are kept; more are counted."""

MAX_HEAD = 64 * 1024
"""Bytes that a start line and headers may have."""


@dataclass(frozen=True, slots=True)
class HttpMessage:
    """A request or a response.

    Attributes
    ----------
    exchange
        Counts the requests of the connection from 1; a response has its request's number.
    is_request
        Which of the two it is.
    method, target
        Of a request ("" otherwise).
    status, reason
        Of a response (0 and "" otherwise).
    headers
        Names as they were written, and values.
    head
        The bytes of start line and headers, with the empty line.
    body
        Without the framing of chunks; at most `MAX_BODY_KEPT` bytes.
    length
        Bytes of the whole body.
    size
        Bytes on the wire.
    redacted
        Whether secrets in its head are hidden.
    opens_stream
        Whether it is the head of an event stream, whose blocks follow it.
    """

    exchange: int
    is_request: bool
    method: str
    target: str
    status: int
    reason: str
    headers: tuple[tuple[str, str], ...]
    head: bytes
    body: bytes
    length: int
    size: int
    redacted: bool = False
    opens_stream: bool = False

    def header(self, name: str) -> str:
        """Return the values of a header, joined by commas, "" if it is absent."""
        return ", ".join(value for key, value in self.headers if key.lower() == name.lower())

    @property
    def content(self) -> bytes:
        """The body, at most `MAX_BODY_KEPT` bytes, decompressed as far as it can be."""
        return self.unpacked[0]

    @property
    def unpacked(self) -> tuple[bytes, str]:
        """The body, with its compression undone, and what is missing of it ("" if nothing is).

        A body that is not what its Content-Encoding says, or of which only libraries that are not
        here know how to read it, is as it was sent.
        """
        cut = f"the first {len(self.body)} of {self.length} bytes"
        missing = "" if len(self.body) == self.length else cut
        coding = self.header("Content-Encoding").strip().lower()
        if coding in ("", "identity") or not self.body:
            return self.body, missing
        if coding not in ("gzip", "x-gzip", "deflate"):
            return self.body, f"still compressed ({coding}){missing and ', '}{missing}"
        stream = zlib.decompressobj(wbits=zlib.MAX_WBITS | 32)
        try:
            content = stream.decompress(self.body, MAX_BODY_KEPT)
        except zlib.error:
            return self.body, f"as it was sent, because it is not {coding}"
        if stream.unconsumed_tail and not missing:
            missing = f"the first {len(content)} bytes of what it unpacks to"
        elif not stream.eof and not missing:
            missing = f"what can be read of it, because its {coding} does not end"
        return content, missing

    @property
    def start_line(self) -> str:
        """First line, without the end of line."""
        return self.head.split(b"\r\n", 1)[0].decode("latin-1")

    @property
    def switches(self) -> bool:
        """Whether HTTP ends behind it (RFC 9110 section 15.2.2)."""
        return self.status == 101


@dataclass(frozen=True, slots=True)
class Garbage:
    """Bytes that could not be decoded.

    Attributes
    ----------
    data
        The first of them.
    size
        How many there are.
    why
        Why they could not be decoded.
    direction
        Which way they went.
    stop
        The offset behind the last of them in their direction of the connection.
    """

    data: bytes
    size: int
    why: str
    direction: Direction
    stop: int = 0


def asks_to_leave(request: HttpMessage) -> bool:
    """Whether a request asks to leave HTTP (RFC 9110 section 7.8)."""
    words = request.header("Connection").lower().replace(" ", "").split(",")
    return bool(request.header("Upgrade")) and "upgrade" in words


def body_length(head: bytes) -> int | None:
    """Return the length of a body, as its head says; None if it does not, or if it is chunked."""
    found = None
    for line in head.lower().split(b"\r\n"):
        name, _, value = line.partition(b":")
        if name == b"transfer-encoding":
            return None
        if name == b"content-length" and value.strip().isdigit():
            found = int(value)
    return found
