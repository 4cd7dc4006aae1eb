"""Reads HAR files as they are: every program writes them a little differently.

What is odd is put right where there is no doubt about what it means (times in milliseconds, a
handshake without its headers). What cannot be read becomes a fact that says why; the rest is read.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator
from typing import Any
from urllib.parse import SplitResult, urlencode, urlsplit

from labkit.exceptions import LabError
from labkit.protocols.directions import Direction
from labkit.trace.har.streams import FIELD, read_stream
from labkit.trace.har.times import MessageTimes, as_number, epoch, starts
from labkit.trace.har.wire import (
    SWITCH,
    Headers,
    Unreadable,
    chunk_bytes,
    frame_bytes,
    is_token,
    request_bytes,
    response_bytes,
    stream_head_bytes,
)
from labkit.trace.har.writer import CUT
from labkit.trace.layers import MAX_TEXT_SHOWN
from labkit.trace.records import ENCRYPTED, Record
from labkit.untrusted import plain_text

_SIDES: dict[str, Direction] = {"send": "upstream", "receive": "downstream"}

_SCHEMES = ("http", "https", "ws", "wss")


def read_har(har: Any) -> list[Record]:
    """Return the records for a HAR file's content, in the order of their times.

    Raises
    ------
    LabError
        If it has no log with entries.
    """
    try:
        entries = har["log"]["entries"]
    except (KeyError, TypeError, IndexError):
        entries = None
    if not isinstance(entries, list):
        raise LabError(
            "This is not a HAR file: it has no log.entries. Read the file with `json.load` first."
        )
    records: list[Record] = []
    for number, (entry, start) in enumerate(zip(entries, starts(entries), strict=True), 1):
        records += _Entry(number, entry, start).records()
    since = epoch()
    timed = [record._replace(time=record.time - since) for record in records]
    return sorted(timed, key=lambda record: record.time)


class _Entry:
    """One entry, which becomes a connection of its own."""

    def __init__(self, number: int, entry: Any, start: float) -> None:
        self._number = number
        self._entry = entry
        self._start = start
        self._notes: list[str] = []

    def records(self) -> list[Record]:
        try:
            records = list(self._read())
        except Unreadable as why:
            self._notes, records = [str(why)], []
        return [*records, *(self._fact(f"unreadable: {note}") for note in self._notes)]

    def _fact(self, fact: str, at: float | None = None) -> Record:
        return Record(self._start if at is None else at, self._number, "", fact, b"")

    def _read(self) -> Iterator[Record]:
        if not isinstance(self._entry, dict):
            raise Unreadable(self._said("it is not an object"))
        request, response = self._entry.get("request"), self._entry.get("response")
        if not isinstance(request, dict):
            raise Unreadable(self._said("it has no request"))
        url = self._url(request.get("url"))
        messages = self._list(self._entry, "_webSocketMessages")
        status = self._status(response)
        switched = bool(messages) or status == 101
        try:
            asked = self._asked(request, url, switched or url.scheme in ("ws", "wss"))
        except Unreadable as why:
            raise Unreadable(self._said(str(why))) from None
        encrypted = url.scheme in ("https", "wss")
        yield self._fact(f"opened: {ENCRYPTED}" if encrypted else "opened")
        yield Record(self._start, self._number, "upstream", "", asked)
        spoken = list(self._spoken(messages))
        if status or switched:
            # Chromium gives the time until a socket was closed
            at = self._start + max(as_number(self._entry.get("time")) or 0.0, 0.0) / 1000
            at = min([at, *(record.time for record in spoken)]) if switched else at
            yield from self._answered(asked, response, status, switched, at)
        yield from spoken

    def _said(self, what: str) -> str:
        return f"entry {self._number}: {what}"

    def _note(self, what: str) -> None:
        self._notes.append(self._said(what))

    def _list(self, owner: dict[str, Any], name: str) -> list[Any]:
        value = owner.get(name)
        if value is not None and not isinstance(value, list):
            self._note(f"{name} is not a list")
        return value if isinstance(value, list) else []

    # HTTP

    def _url(self, url: object) -> SplitResult:
        try:
            parts = urlsplit(url if isinstance(url, str) else "")
        except ValueError:
            parts = urlsplit("")
        if parts.scheme not in _SCHEMES:
            raise Unreadable(self._said(f"{plain_text(str(url), 60)!r} is not an address of HTTP"))
        return parts

    def _status(self, response: object) -> int:
        """Return the status of a response, 0 if there is none."""
        given = response.get("status") if isinstance(response, dict) else None
        status = as_number(given)
        if given not in (None, "") and (status is None or status >= 1000):
            self._note(f"{plain_text(str(given), 20)!r} is not a status")
            return 0
        return 0 if status is None or status < 100 else int(status)

    def _asked(self, request: dict[str, Any], url: SplitResult, upgrade: bool) -> bytes:
        method = request.get("method") or "GET"
        target = (url.path or "/") + (f"?{url.query}" if url.query else "")
        headers = self._headers(request, "request")
        if upgrade and method == "CONNECT":  # a WebSocket in HTTP/2 (RFC 8441)
            method = "GET"
        body = self._posted(request.get("postData"))
        return request_bytes(method, target, url.netloc, headers, body, upgrade)

    def _answered(
        self, asked: bytes, response: Any, status: int, switched: bool, at: float
    ) -> Iterator[Record]:
        response = response if isinstance(response, dict) else {}
        headers = self._headers(response, "answer")
        reason = str(response.get("statusText") or "")
        streams = status == 200 and not switched and not asked.startswith(b"HEAD ")
        try:
            if streams and _is_stream(headers):
                yield from self._streamed(stream_head_bytes(asked, reason, headers), response)
            elif not switched:
                body = self._content(response.get("content"), status, asked)
                answer = response_bytes(asked, status, reason, headers, body)
                yield self._heard(answer, at)
            elif status == 101:
                yield self._heard(response_bytes(asked, status, reason, headers, b""), at)
            else:
                yield self._heard(SWITCH, at)
        except Unreadable as why:
            self._note(f"its answer: {why}")
            if switched:
                yield self._heard(SWITCH, at)

    def _heard(self, data: bytes, at: float) -> Record:
        return Record(at, self._number, "downstream", "", data)

    def _streamed(self, head: bytes, response: dict[str, Any]) -> Iterator[Record]:
        """Yield an event stream that goes on: nothing says that it ended."""
        timings = self._entry.get("timings")
        waited = as_number(timings.get("wait")) if isinstance(timings, dict) else None
        at = self._start + max(waited or 0.0, 0.0) / 1000
        yield self._heard(head, at)
        events = self._list(self._entry, FIELD)
        content = response.get("content") if not events or _has_text(response) else None
        body = self._content(content, 200, b"")
        for time, block in read_stream(body, events, at):
            yield self._heard(chunk_bytes(block), time)

    def _headers(self, message: dict[str, Any], what: str) -> Headers:
        headers: Headers = []
        for each in self._list(message, "headers"):
            name = each.get("name") if isinstance(each, dict) else None
            if isinstance(name, str) and name.startswith(":"):
                continue  # of HTTP/2, where the start line stands in headers
            if not is_token(name):
                self._note(f"a header of its {what} is named {plain_text(str(name), 40)!r}")
                continue
            value = each.get("value")
            lines = ("" if value is None else str(value)).splitlines() or [""]
            headers += [(str(name), line) for line in lines]  # Chromium joins some by a new line
        return headers

    def _posted(self, posted: Any) -> bytes:
        posted = {"text": posted} if isinstance(posted, str) else posted
        if not isinstance(posted, dict):
            return b""
        params = [each for each in self._list(posted, "params") if isinstance(each, dict)]
        if posted.get("text") is None and params:
            pairs = [(str(each.get("name", "")), str(each.get("value") or "")) for each in params]
            return urlencode(pairs, errors="replace").encode()
        return self._body(posted, "the body of its request")

    def _content(self, content: Any, status: int, asked: bytes) -> bytes:
        content = content if isinstance(content, dict) else {}
        size = as_number(content.get("size")) or 0
        if content.get("text") is None:
            if size > 0 and status not in (204, 304) and not asked.startswith(b"HEAD "):
                self._note(f"the body of its answer ({size:.0f} bytes) is not in the file")
            return b""
        return self._body(content, "the body of its answer")

    def _body(self, holder: dict[str, Any], what: str) -> bytes:
        self._note_cut(holder, what)
        try:
            return _bytes(holder.get("text"), holder.get("encoding") == "base64")
        except Unreadable as why:
            self._note(f"{what}: {why}")
            return b""

    def _note_cut(self, holder: dict[str, Any], what: str) -> None:
        comment = holder.get("comment")
        if isinstance(comment, str) and comment.startswith(CUT):
            self._note(f"{what} is {plain_text(comment, MAX_TEXT_SHOWN)}")

    # WebSocket

    def _spoken(self, messages: list[Any]) -> Iterator[Record]:
        times = MessageTimes(self._start)
        for number, message in enumerate(messages, 1):
            fields = message if isinstance(message, dict) else {}
            at = times.of(fields.get("time"))
            what = f"message {number}"
            try:
                yield self._frame(fields, at)
            except Unreadable as why:
                yield self._fact(f"unreadable: {self._said(f'{what}: {why}')}", at)
            comment = fields.get("comment")
            if isinstance(comment, str) and comment.startswith(CUT):
                said = self._said(f"{what} is {plain_text(comment, MAX_TEXT_SHOWN)}")
                yield self._fact(f"unreadable: {said}", at)

    def _frame(self, message: dict[str, Any], at: float) -> Record:
        kind, data = message.get("type"), message.get("data")
        if kind == "error":
            why = plain_text(str(data or "no reason is given"), MAX_TEXT_SHOWN)
            return self._fact(f"error: {why}", at)
        side = _SIDES.get(kind) if isinstance(kind, str) else None
        if side is None:
            raise Unreadable(f"its type is {plain_text(str(kind), 20)!r}, not 'send' or 'receive'")
        given = message.get("opcode")
        opcode = _TEXT if given is None else as_number(given)
        if opcode is None or not 0 <= opcode < 16:
            raise Unreadable(f"its opcode is {plain_text(str(given), 20)!r}")
        encoded = opcode != _TEXT or message.get("encoding") == "base64"
        frame = frame_bytes(side, int(opcode), _bytes(data, encoded))
        return Record(at, self._number, side, "", frame)


def _is_stream(headers: Headers) -> bool:
    kinds = [value for name, value in headers if name.lower() == "content-type"]
    return kinds[-1:] != [] and kinds[-1].partition(";")[0].strip().lower() == "text/event-stream"


def _has_text(response: dict[str, Any]) -> bool:
    content = response.get("content")
    return isinstance(content, dict) and content.get("text") is not None


_TEXT = 1


def _bytes(text: object, encoded: bool) -> bytes:
    """Return the bytes of a text. Raises Unreadable for what is neither text nor base64."""
    if text is None:
        return b""
    if not isinstance(text, str):
        raise Unreadable(f"its data is {type(text).__name__}, not text")
    if not encoded:
        return text.encode("utf-8", "surrogatepass")
    try:
        return base64.b64decode("".join(text.split()), validate=True)
    except (binascii.Error, ValueError):
        raise Unreadable(f"{plain_text(text, 40)!r} is not base64") from None
