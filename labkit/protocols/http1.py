"""HTTP/1.1 messages, read from bytes without I/O; `h11` does the parsing."""

from __future__ import annotations

import zlib
from copy import deepcopy
from dataclasses import dataclass
from typing import Any, Self

import h11

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


class MessageReader:
    """Reads one message; `h11` gets a connection of its own for each.

    Parameters
    ----------
    request
        Of a response, the request that it answers; None to read a request.
    """

    def __init__(self, request: HttpMessage | None) -> None:
        limit = {"max_incomplete_event_size": MAX_HEAD}
        if request is None:
            self._parser = h11.Connection(h11.SERVER, **limit)
        else:
            self._parser = h11.Connection(h11.CLIENT, **limit)
            upgrade = [("Upgrade", "x"), ("Connection", "upgrade")] * asks_to_leave(request)
            asked = h11.Request(
                method=request.method, target="/", headers=[("Host", "x"), *upgrade]
            )
            self._parser.send(asked)
            self._parser.send(h11.EndOfMessage())
        self._raw = bytearray()
        self._event: h11.Request | h11.Response | h11.InformationalResponse | None = None
        self._body = bytearray()
        self._length = self.size = 0

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        """Return a reader that reads on by itself; h11 cannot copy its events, nor changes them."""
        twin = memo[id(self)] = type(self).__new__(type(self))
        memo[id(self._event)] = self._event
        vars(twin).update({name: deepcopy(each, memo) for name, each in vars(self).items()})
        return twin

    def feed(self, chunk: bytes, exchange: int) -> tuple[HttpMessage, bytes] | None:
        """Return the message with the bytes behind it, None if it has not ended."""
        self.size += len(chunk)
        if len(self._raw) < MAX_HEAD:
            self._raw += chunk
        self._parser.receive_data(chunk)
        while True:
            event = self._parser.next_event()
            if event is h11.PAUSED and isinstance(self._event, h11.Response):
                return self._message(exchange)  # to CONNECT: what follows is in the tunnel
            if event is h11.NEED_DATA or event is h11.PAUSED:
                return None
            if isinstance(event, h11.Data):
                self._length += len(event.data)
                self._body += event.data[: MAX_BODY_KEPT - len(self._body)]
            elif isinstance(event, (h11.Request, h11.Response, h11.InformationalResponse)):
                self._event = event
                if isinstance(event, h11.InformationalResponse):
                    return self._message(exchange)
            elif isinstance(event, (h11.EndOfMessage, h11.ConnectionClosed)):
                return self._message(exchange)

    @property
    def raw(self) -> bytes:
        """The first bytes that were fed."""
        return bytes(self._raw)

    def close(self, exchange: int) -> tuple[HttpMessage, bytes] | None:
        """Return the message that the end of the bytes completes, if any: some bodies end so."""
        if self._event is None:
            return None
        return self.feed(b"", exchange)

    def _message(self, exchange: int) -> tuple[HttpMessage, bytes]:
        event = self._event
        assert event is not None
        behind = bytes(self._parser.trailing_data[0])
        self.size -= len(behind)
        head = bytes(self._raw).split(b"\r\n\r\n", 1)[0] + b"\r\n\r\n"
        is_request = isinstance(event, h11.Request)
        message = HttpMessage(
            exchange,
            is_request,
            event.method.decode("latin-1") if isinstance(event, h11.Request) else "",
            event.target.decode("latin-1") if isinstance(event, h11.Request) else "",
            0 if isinstance(event, h11.Request) else event.status_code,
            "" if isinstance(event, h11.Request) else bytes(event.reason).decode("latin-1"),
            tuple(
                (name.decode("latin-1"), value.decode("latin-1"))
                for name, value in event.headers.raw_items()
            ),
            head,
            bytes(self._body),
            self._length,
            self.size,
        )
        return message, behind


def asks_to_leave(request: HttpMessage) -> bool:
    """Whether a request asks to leave HTTP (RFC 9110 section 7.8)."""
    words = request.header("Connection").lower().replace(" ", "").split(",")
    return bool(request.header("Upgrade")) and "upgrade" in words
