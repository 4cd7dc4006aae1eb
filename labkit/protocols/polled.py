"""The body of a request or response of Engine.IO's polling, whose packets are units.

Each packet is held as a frame, as which it would cross a WebSocket, so that whatever acts on units
acts on it. When they have changed, the body is written anew, and its length put right.
"""

from __future__ import annotations

import base64
import binascii
import contextlib
import gzip
import re
import zlib
from collections.abc import Sequence
from typing import Literal

from labkit.protocols.decoded import is_polling
from labkit.protocols.engineio import SEPARATOR
from labkit.protocols.frame_splitter import FrameSplitter
from labkit.protocols.http1 import MAX_BODY_KEPT, MAX_HEAD, HttpMessage, body_length
from labkit.protocols.units import BINARY, TEXT, Agreed, Fate, Unit

POLLED = Agreed(is_engineio=True, is_polling=True)
"""What is agreed on where there is no handshake of WebSocket."""

NOOP = b"6"
"""The packet that says nothing: what a response holds that has lost all of its packets."""

_LENGTH = re.compile(rb"(?im)^(content-length[ \t]*:[ \t]*)\d+")

_BREAK = SEPARATOR.encode()


class PolledBody:
    """A request or response with packets in its body.

    Parameters
    ----------
    message
        The request or response.
    raw
        Its bytes on the wire.
    stop
        Offset behind the last of them in their direction of the connection.
    session
        The id of the session to which they belong.
    units
        The packets; if omitted, those that came.

    Attributes
    ----------
    is_request
        Which of the two it is.
    """

    def __init__(
        self,
        message: HttpMessage,
        raw: bytes,
        stop: int,
        session: str = "",
        units: Sequence[Unit] | None = None,
    ) -> None:
        self.message = message
        self.stop = stop
        self.session = session
        self.is_request = message.is_request
        self._raw = raw
        self.units = read_units(message.content) if units is None else tuple(units)
        self._is_changed = units is not None
        self._data = b"" if self._is_changed else raw

    @property
    def as_it_came(self) -> PolledBody:
        """The same with the packets with which it came."""
        return PolledBody(self.message, self._raw, self.stop, self.session)

    def with_units(self, units: Sequence[Unit]) -> PolledBody:
        """Return the same with other packets; itself if they are the same."""
        if len(units) == len(self.units) and all(map(_is_same, units, self.units)):
            return self
        return PolledBody(self.message, self._raw, self.stop, self.session, units)

    @property
    def is_empty(self) -> bool:
        """Whether all of its packets are lost."""
        return self._is_changed and not any(map(len, self.units))

    @property
    def fate(self) -> Fate:
        """What faults did to it."""
        if not self._is_changed:
            return ""
        return "dropped" if self.is_empty and self.is_request else "altered"

    @property
    def data(self) -> bytes:
        """Its bytes on the wire, as they are now."""
        if not self._data:
            self._data = self._written()
        return self._data

    def _written(self) -> bytes:
        packets = [packet for unit in self.units for packet in _encoded(unit)]
        body = _BREAK.join(packets) or NOOP
        coding = self.message.header("Content-Encoding").strip().lower()
        if coding in ("gzip", "x-gzip"):
            body = gzip.compress(body, mtime=0)
        elif coding == "deflate":
            body = zlib.compress(body)
        return _LENGTH.sub(rb"\g<1>%d" % len(body), self.message.head, count=1) + body

    def __len__(self) -> int:
        return len(self.data)

    def __repr__(self) -> str:
        return f"<PolledBody: {len(self.units)} packets>"


def read_units(content: bytes) -> tuple[Unit, ...]:
    """Return the units in a body that has no compression any more."""
    splitter = FrameSplitter(POLLED)
    found = [unit for part in content.split(_BREAK) for unit in splitter.feed(_framed(part))]
    return tuple(unit for unit in [*found, *splitter.give_up()] if isinstance(unit, Unit))


Outlook = Literal["passes", "waits", "unread"]
"""What becomes of a message: it "waits" until it is whole if it may hold packets, and is "unread"
if it does, but in a way that cannot be read."""


def may_hold_packets(request: HttpMessage, status: int) -> bool:
    """Return whether a request, if `status` is 0, or an answer to it may have packets."""
    asks_rightly = request.method == ("GET" if status else "POST")
    return is_polling(request) and asks_rightly and status in (0, 200)


def judge_whole(message: HttpMessage, request: HttpMessage) -> Outlook:
    """Return the outlook of a message that is whole, as if it had waited."""
    size = message.size - len(message.head)
    if not size or not may_hold_packets(request, message.status):
        return "passes"
    is_plain = body_length(message.head) == size and not message.unpacked[1]
    return "waits" if is_plain else "unread"


def judge_beginning(data: bytearray, asked: HttpMessage | None) -> Outlook:
    """Return the outlook of a message that has begun to come.

    Parameters
    ----------
    data
        What has come of it.
    asked
        The request that it answers; None if it is a request.
    """
    may_hold = data[:5] == b"POST "[: len(data)] if asked is None else may_hold_packets(asked, 200)
    head, end, _ = data.partition(b"\r\n\r\n")
    if not may_hold or not end:
        return "waits" if may_hold and len(data) <= MAX_HEAD else "passes"
    first = head.split(b"\r\n", 1)[0]
    named = b"EIO=" in first and b"transport=polling" in first
    if not (named if asked is None else b" 200 " in first):
        return "passes"
    length = body_length(bytes(head) + end)
    return "unread" if length is None or length > MAX_BODY_KEPT else "waits"


def find_session(request: HttpMessage) -> str:
    """Return the id of the session to which a request belongs, "" if it has none yet."""
    found = re.search("[?&]sid=([^&]*)", request.target)
    return found[1] if found else ""


def _framed(packet: bytes) -> bytes:
    """Return a packet as an unmasked frame."""
    opcode, payload = TEXT, packet
    if packet[:1] == b"b":
        with contextlib.suppress(binascii.Error, ValueError):  # then it is no attachment
            opcode, payload = BINARY, base64.b64decode(packet[1:], validate=True)
    size = len(payload)
    if size < 126:
        head = bytes((0x80 | opcode, size))
    elif size < 2**16:
        head = bytes((0x80 | opcode, 126)) + size.to_bytes(2, "big")
    else:
        head = bytes((0x80 | opcode, 127)) + size.to_bytes(8, "big")
    return head + payload


def _encoded(unit: Unit) -> list[bytes]:
    """Return the packets of a unit as a body holds them."""
    return [
        b"b" + base64.b64encode(each.content) if each.opcode == BINARY else each.content
        for each in (unit, *unit.attachments)
        if each.frames
    ]


def _is_same(unit: Unit, other: Unit) -> bool:
    return unit is other


def answer_in_place_of_server(request: HttpMessage) -> bytes:
    """Return the answer to a request whose packets are all lost.

    A server must not get it: Python's would leave an empty body without an answer, and Node's would
    end the session. To the client, all was well.
    """
    lines = ["HTTP/1.1 200 OK", "Content-Type: text/html", "Content-Length: 2"]
    origin = request.header("Origin")
    if origin:
        lines += [
            f"Access-Control-Allow-Origin: {origin}",
            "Access-Control-Allow-Credentials: true",
        ]
    return "\r\n".join([*lines, "", "ok"]).encode("latin-1")
