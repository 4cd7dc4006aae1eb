"""The bytes that would have crossed for an entry of a HAR file, as HTTP/1.1 and as frames.

The decoder tries them at once, so that what it cannot read is reported instead of shown as garbage.
"""

from __future__ import annotations

import re
import string
from collections.abc import Iterable
from urllib.parse import quote

from labkit.protocols.directions import Direction
from labkit.protocols.exchanges import Exchanges
from labkit.protocols.http1 import Garbage

Headers = list[tuple[str, str]]

SWITCH = b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n"
"""The least that ends HTTP."""

_REBUILT = frozenset(
    {"content-length", "content-encoding", "transfer-encoding", "sec-websocket-extensions"}
)
"""Headers that are not true of the bytes that are made here."""

_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_CONTROLS = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")


class Unreadable(ValueError):
    """Something in a HAR cannot be read; the text says why."""


def is_token(name: object) -> bool:
    """Whether something can be a method, or a header's name (RFC 9110 section 5.6.2)."""
    return isinstance(name, str) and _TOKEN.fullmatch(name) is not None


def request_bytes(
    method: str, target: str, host: str, headers: Headers, body: bytes, upgrade: bool
) -> bytes:
    """Return a request. Raises Unreadable if it cannot be one.

    Parameters
    ----------
    host
        Used where the Host header is missing.
    upgrade
        Whether it asks to leave HTTP; then it says so, even if the file left that out.
    """
    if not is_token(method):
        raise Unreadable(f"its method is {method!r}")
    hosts = [value for name, value in headers if name.lower() == "host"] or [host]
    others = [(name, value) for name, value in headers if name.lower() != "host"]
    first = f"{method} {quote(target, string.punctuation, errors='replace')} HTTP/1.1"
    head = [("Host", hosts[0]), *others, *(_missing_upgrade(headers) if upgrade else [])]
    data = _message(first, head, _sized(body) if body else "") + body
    _check(data)
    return data


def response_bytes(asked: bytes, status: int, reason: str, headers: Headers, body: bytes) -> bytes:
    """Return the answer to a request. Raises Unreadable if it cannot be one."""
    first = f"HTTP/1.1 {status} {_CONTROLS.sub('?', reason)}"
    if status == 101:
        data = _message(first, [*headers, *_missing_upgrade(headers)])
    elif status in (204, 304) or status < 200 or asked.startswith(b"HEAD "):
        data = _message(first, headers)
    else:
        data = _message(first, headers, _sized(body)) + body
    _check(asked, data)
    return data


def stream_head_bytes(asked: bytes, reason: str, headers: Headers) -> bytes:
    """Return the head of an event stream, in chunks. Raises Unreadable if it cannot be one."""
    first = f"HTTP/1.1 200 {_CONTROLS.sub('?', reason)}"
    data = _message(first, headers, "Transfer-Encoding: chunked")
    _check(asked, data)
    return data


def chunk_bytes(data: bytes) -> bytes:
    """Return a chunk of a body."""
    return b"%x\r\n%b\r\n" % (len(data), data)


def frame_bytes(side: Direction, opcode: int, payload: bytes) -> bytes:
    """Return a frame; one to the server is masked with zeros, since it must be masked."""
    masked = 0x80 if side == "upstream" else 0
    key = bytes(4) if masked else b""
    size = len(payload)
    head = bytes([0x80 | opcode])
    if size < 126:
        return head + bytes([masked | size]) + key + payload
    if size < 2**16:
        return head + bytes([masked | 126]) + size.to_bytes(2, "big") + key + payload
    return head + bytes([masked | 127]) + size.to_bytes(8, "big") + key + payload


def _missing_upgrade(headers: Headers) -> Headers:
    there = {name.lower() for name, _ in headers}
    wanted = [("Upgrade", "websocket"), ("Connection", "Upgrade")]
    return [(name, value) for name, value in wanted if name.lower() not in there]


def _sized(body: bytes) -> str:
    return f"Content-Length: {len(body)}"


def _message(first: str, headers: Iterable[tuple[str, str]], framing: str = "") -> bytes:
    lines = [first]
    for name, value in headers:
        if name.lower() not in _REBUILT:
            lines.append(f"{name}: {_CONTROLS.sub('?', value).strip()}")
    lines += [framing] if framing else []
    return "\r\n".join([*lines, "", ""]).encode("utf-8", "replace")


def _check(asked: bytes, answer: bytes = b"") -> None:
    """Raise Unreadable unless a request, or an answer to it, is decoded as one message."""
    http = Exchanges()
    found = http.feed("upstream", asked)
    if answer:
        found = http.feed("downstream", answer)
    for each in found:
        if isinstance(each, Garbage):
            raise Unreadable(each.why)
    if len(found) != 1 or http.behind("upstream") or http.behind("downstream"):
        raise Unreadable("it does not end where it should")
