"""Parts of HTTP messages, as they pass: the head, some of the body, the end.

They keep the bytes as they came, or as a fault has changed them.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace

from labkit.protocols.directions import DIRECTIONS, Direction
from labkit.protocols.http1 import HttpMessage
from labkit.protocols.units import Fate

_END_OF_HEAD = re.compile(rb"\r?\n\r?\n")


@dataclass(frozen=True, slots=True)
class HttpHead:
    """What stands in a head.

    Attributes
    ----------
    first
        The request line or the status line, in words.
    headers
        Names as they were written, and values.
    """

    first: tuple[str, ...]
    headers: tuple[tuple[str, str], ...]

    @property
    def method(self) -> str:
        """The method of a request."""
        return self.first[0]

    @property
    def target(self) -> str:
        """The target of a request, "" if it has none."""
        return self.first[1] if len(self.first) > 1 else ""

    @property
    def status(self) -> int:
        """The status of a response, 0 if it is none."""
        is_response = self.first[0].startswith("HTTP/") and self.target.isdecimal()
        return int(self.target) if is_response else 0

    def header(self, name: str) -> str:
        """Return the values of a header, joined by commas, "" if it is absent."""
        return ", ".join(value for key, value in self.headers if key.lower() == name.lower())

    @property
    def asks_to_upgrade(self) -> bool:
        """Whether a request asks for a WebSocket (RFC 6455 section 4.1)."""
        asked = self.header("Upgrade").lower().replace(" ", "").split(",")
        return "websocket" in asked and "upgrade" in self.header("Connection").lower()


@dataclass(frozen=True, slots=True)
class HttpPart:
    """A part of a request or of a response.

    Attributes
    ----------
    data
        Its bytes, as they pass.
    stop
        Offset behind the last byte that came of it, in its direction of the connection.
    head
        What stands in it, if it is the head; None otherwise.
    message
        The whole message, if this is its end; None otherwise. An end has no bytes.
    fate
        What a fault did to it. One that was dropped has no bytes any more.
    answer
        What is answered in the server's place, at the end of a request that was dropped.
    """

    data: bytes
    stop: int
    head: HttpHead | None = None
    message: HttpMessage | None = None
    fate: Fate = ""
    answer: bytes = b""

    def __len__(self) -> int:
        return len(self.data)

    def dropped(self, answer: bytes = b"") -> HttpPart:
        """Return its place, which is empty; with the answer, if it is the end of a request."""
        return replace(self, data=b"", fate="dropped", answer=answer)

    def altered(self, data: bytes) -> HttpPart:
        """Return the same part with other bytes."""
        head = None if self.head is None else read_head(data)
        return replace(self, data=data, head=head, fate="altered")

    def cut(self, size: int) -> tuple[HttpPart, HttpPart]:
        """Return a part with so many of its bytes, and one with the others."""
        first, rest = self.data[:size], self.data[size:]
        begin = replace(self, data=first, stop=self.stop - len(rest), message=None)
        return begin, replace(self, data=rest, head=None)


def read_head(data: bytes) -> HttpHead:
    r"""Return what stands in the bytes of a head, whatever they are.

    Examples
    --------
    >>> read_head(b"GET /chat HTTP/1.1\r\nHost: a\r\n\r\n")
    HttpHead(first=('GET', '/chat', 'HTTP/1.1'), headers=(('Host', 'a'),))
    """
    first, *lines = data.decode("latin-1").splitlines() or [""]
    pairs = (line.partition(":") for line in lines if ":" in line)
    headers = tuple((name.strip(), value.strip()) for name, _, value in pairs)
    return HttpHead(tuple(first.split(" ", 2)), headers)


def rewrite_head(data: bytes, change: Callable[[str], str | None]) -> bytes:
    r"""Return a head with each of its lines changed, and without those that become None.

    Examples
    --------
    >>> rewrite_head(b"GET / HTTP/1.1\r\nA: b\r\n\r\n", lambda line: line.replace("b", "c"))
    b'GET / HTTP/1.1\r\nA: c\r\n\r\n'
    """
    lines = data.decode("latin-1").replace("\r\n", "\n").rstrip("\n").split("\n")
    changed = [each for each in map(change, lines) if each is not None]
    return "\r\n".join([*changed, "", ""]).encode("latin-1")


def write_answer(status: int, phrase: str, text: str = "") -> bytes:
    """Return a response of plain text that ends without ending the connection."""
    body = text.encode()
    lines = [f"HTTP/1.1 {status} {phrase}"]
    lines += ["Content-Type: text/plain; charset=utf-8"] if body else []
    lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join([*lines, "", ""]).encode() + body


class PartSplitter:
    """Takes the messages of a connection to parts.

    Attributes
    ----------
    is_on
        Whether it does so with messages that begin now.
    """

    def __init__(self) -> None:
        self.is_on = False
        self._is_inside: dict[Direction, bool] = dict.fromkeys(DIRECTIONS, False)
        self._searched: dict[Direction, int] = dict.fromkeys(DIRECTIONS, 0)

    def is_inside(self, direction: Direction) -> bool:
        """Return whether it has given the head of the message that is passing."""
        return self._is_inside[direction]

    def feed(self, direction: Direction, data: bytes | bytearray, stop: int) -> list[HttpPart]:
        """Return the parts in some bytes of a message, none if its head has not ended.

        Then it wants these bytes again, with those that follow.
        """
        parts: list[HttpPart] = []
        if not self._is_inside[direction]:
            end = _END_OF_HEAD.search(data, max(0, self._searched[direction] - len(b"\r\n\r")))
            self._searched[direction] = len(data)
            if end is None:
                return []
            head, data = bytes(data[: end.end()]), data[end.end() :]
            self._is_inside[direction] = True
            parts.append(HttpPart(head, stop - len(data), read_head(head)))
        return [*parts, HttpPart(bytes(data), stop)] if data else parts

    def end(
        self, direction: Direction, data: bytes, stop: int, message: HttpMessage
    ) -> list[HttpPart]:
        """Return the parts in the last bytes of a message, and its end."""
        parts = self.feed(direction, data, stop) if data else []
        self.leave(direction)
        return [*parts, HttpPart(b"", stop, message=message)]

    def leave(self, direction: Direction) -> None:
        """Give no more parts of the message that is passing."""
        self._is_inside[direction] = False
        self._searched[direction] = 0
