"""HAR files: what browsers' DevTools export and show (HTTP Archive 1.2).

The format knows HTTP only. Chromium puts the messages of a WebSocket beside its handshake, in a
field `_webSocketMessages`; Firefox exports and shows the handshake alone.
"""

from __future__ import annotations

import base64
import binascii
import time
from datetime import UTC, datetime
from typing import Any, TypeVar
from urllib.parse import parse_qsl, urlsplit

from labkit.exceptions import LabError
from labkit.protocols.frames import OPCODES
from labkit.protocols.http1 import HttpMessage
from labkit.protocols.messages import Message
from labkit.trace.rows import Row, Rows
from labkit.trace.trace import Direction, Record, Trace

_TRACE = TypeVar("_TRACE", bound=Trace)
_NUMBERS = {name: number for number, name in OPCODES.items()}
_REBUILT = frozenset(
    {"content-length", "content-encoding", "transfer-encoding", "sec-websocket-extensions"}
)


def _epoch() -> float:
    """Return what to add to a time of `time.perf_counter` to get seconds since 1970."""
    return time.time() - time.perf_counter()


# writing


def to_har(rows: Rows) -> dict[str, Any]:
    """Return the content of a HAR file: an entry for each HTTP exchange."""
    epoch = _epoch()
    entries: list[dict[str, Any]] = []
    opened: dict[tuple[int, int], dict[str, Any]] = {}
    sockets: dict[int, dict[str, Any]] = {}
    for row in rows:
        decoded = row.decoded
        if isinstance(decoded, HttpMessage) and decoded.is_request:
            entry = _entry(row, decoded, epoch)
            entries.append(entry)
            opened[row.connection, decoded.exchange] = entry
        elif isinstance(decoded, HttpMessage):
            known = opened.get((row.connection, decoded.exchange))
            if known is None:
                continue  # its request is no longer kept
            entry = known
            _answer(entry, row, decoded, epoch)
            if decoded.switches:
                entry |= {"_resourceType": "websocket", "_webSocketMessages": []}
                entry["request"]["url"] = entry["request"]["url"].replace("http", "ws", 1)
                sockets[row.connection] = entry
        elif isinstance(decoded, Message) and row.connection in sockets:
            sockets[row.connection]["_webSocketMessages"].append(_spoken(row, decoded, epoch))
    creator = {"name": "labkit", "version": "1"}
    return {"log": {"version": "1.2", "creator": creator, "pages": [], "entries": entries}}


def _entry(row: Row, request: HttpMessage, epoch: float) -> dict[str, Any]:
    url = f"http://{request.header('Host')}{request.target}"
    query = parse_qsl(urlsplit(url).query, keep_blank_values=True)
    asked: dict[str, Any] = {
        "method": request.method,
        "url": url,
        "httpVersion": "HTTP/1.1",
        "cookies": [],
        "headers": _headers(request),
        "queryString": [{"name": name, "value": value} for name, value in query],
        "headersSize": len(request.head),
        "bodySize": request.length,
    }
    if request.length:
        kind = request.header("Content-Type")
        text = request.body.decode("utf-8", "backslashreplace")
        asked["postData"] = {"mimeType": kind, "params": [], "text": text}
    return {
        "startedDateTime": datetime.fromtimestamp(row.time + epoch, UTC).isoformat(),
        "time": 0,
        "connection": str(row.connection),
        "request": asked,
        "response": _NO_ANSWER | {"content": {"size": 0, "mimeType": ""}},
        "cache": {},
        "timings": {"send": 0, "wait": 0, "receive": 0},
    }


_NO_ANSWER: dict[str, Any] = {
    "status": 0,
    "statusText": "",
    "httpVersion": "HTTP/1.1",
    "cookies": [],
    "headers": [],
    "redirectURL": "",
    "headersSize": -1,
    "bodySize": -1,
}


def _answer(entry: dict[str, Any], row: Row, response: HttpMessage, epoch: float) -> None:
    content: dict[str, Any] = {
        "size": response.length,
        "mimeType": response.header("Content-Type"),
    }
    if response.body:
        content |= _as_text(response.body)
    entry["response"] |= {
        "status": response.status,
        "statusText": response.reason,
        "headers": _headers(response),
        "headersSize": len(response.head),
        "bodySize": response.length,
        "content": content,
    }
    began = datetime.fromisoformat(entry["startedDateTime"]).timestamp()
    entry["time"] = entry["timings"]["wait"] = round((row.time + epoch - began) * 1000, 3)


def _headers(message: HttpMessage) -> list[dict[str, str]]:
    return [{"name": name, "value": value} for name, value in message.headers]


def _as_text(body: bytes) -> dict[str, str]:
    try:
        return {"text": body.decode()}
    except UnicodeDecodeError:
        return {"text": base64.b64encode(body).decode(), "encoding": "base64"}


def _spoken(row: Row, message: Message, epoch: float) -> dict[str, Any]:
    opcode = _NUMBERS.get(message.kind, 0)
    text = message.kind == "text"
    return {
        "type": "send" if row.direction == "upstream" else "receive",
        "time": row.time + epoch,
        "opcode": opcode,
        "data": message.text if text else base64.b64encode(message.content).decode(),
    }


# reading


def from_har(har: dict[str, Any], trace: _TRACE) -> _TRACE:
    """Fill a trace with the exchanges and messages of a HAR file's content."""
    try:
        entries = list(har["log"]["entries"])
    except (KeyError, TypeError) as error:
        raise LabError(
            "This is no HAR: it has no log.entries. Read the file with `json.load` first."
        ) from error
    records: list[Record] = []
    for number, entry in enumerate(entries, 1):
        try:
            records += _records(number, entry)
        except (KeyError, TypeError, ValueError, AttributeError, binascii.Error) as error:
            raise LabError(f"Entry {number} of this HAR cannot be read: {error!r}.") from error
    for record in sorted(records, key=lambda record: record.time):
        trace.add(record)
    return trace


def _records(connection: int, entry: dict[str, Any]) -> list[Record]:
    epoch = _epoch()
    start = datetime.fromisoformat(entry["startedDateTime"]).timestamp() - epoch
    request, response = entry["request"], entry["response"]
    url = urlsplit(request["url"])
    target = (url.path or "/") + (f"?{url.query}" if url.query else "")
    body = request.get("postData", {}).get("text", "").encode()
    records = [
        Record(start, connection, "", "opened", b""),
        Record(
            start,
            connection,
            "upstream",
            "",
            _http(f"{request['method']} {target} HTTP/1.1", request, body),
        ),
    ]
    if response["status"]:
        text = response["content"].get("text", "")
        encoded = response["content"].get("encoding") == "base64"
        answer = base64.b64decode(text) if encoded else text.encode()
        first = f"HTTP/1.1 {response['status']} {response['statusText']}"
        at = start + max(entry["time"], 0) / 1000
        switched = response["status"] == 101
        data = _http(first, response, b"" if switched else answer, empty=not switched)
        if switched:  # Chromium gives the time until the socket was closed
            at = min([at, *(m["time"] - epoch for m in entry.get("_webSocketMessages", ()))])
        records.append(Record(at, connection, "downstream", "", data))
    for message in entry.get("_webSocketMessages", ()):
        side: Direction = "upstream" if message["type"] == "send" else "downstream"
        records.append(Record(message["time"] - epoch, connection, side, "", _frame(side, message)))
    return records


def _http(first: str, message: dict[str, Any], body: bytes, empty: bool = False) -> bytes:
    lines = [first]
    for header in message["headers"]:
        if not header["name"].startswith(":") and header["name"].lower() not in _REBUILT:
            lines.append(f"{header['name']}: {header['value']}")
    if first.endswith("HTTP/1.1") and not any(line.lower().startswith("host:") for line in lines):
        lines.append(f"Host: {urlsplit(message['url']).netloc}")
    if body or empty:
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join([*lines, "", ""]).encode() + body


def _frame(side: Direction, message: dict[str, Any]) -> bytes:
    opcode = int(message["opcode"]) & 15
    text = opcode == _NUMBERS["text"]
    data = message["data"].encode() if text else base64.b64decode(message["data"])
    masked = 0x80 if side == "upstream" else 0
    key = bytes(4) if masked else b""
    head = bytes([0x80 | opcode])
    if len(data) < 126:
        return head + bytes([masked | len(data)]) + key + data
    if len(data) < 2**16:
        return head + bytes([masked | 126]) + len(data).to_bytes(2, "big") + key + data
    return head + bytes([masked | 127]) + len(data).to_bytes(8, "big") + key + data
