"""Writes HAR files. What the format has no place for, and what was cut, is said in comments.

A file shows what the client saw: what it sent has the time at which it entered the link, what it
got the time at which it left. So what a fault kept from the client is not in it.
"""

from __future__ import annotations

import base64
import codecs
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl

from labkit.protocols.http1 import HttpMessage
from labkit.protocols.messages import Message
from labkit.protocols.streamed import StreamedBlock, StreamEnd
from labkit.trace.har.streams import FIELD, StreamBody
from labkit.trace.har.times import epoch
from labkit.trace.passage import NEVER_LEFT
from labkit.trace.records import ENCRYPTED
from labkit.trace.rows import Row

CUT = "cut: "
"""How a comment begins that says what is missing of a body or a message."""


def to_har(rows: Iterable[Row], dropped: int = 0) -> dict[str, Any]:
    """Return the content of a HAR file: an entry for each HTTP exchange.

    Parameters
    ----------
    rows
        Of one link, in their order.
    dropped
        How many earlier rows are no longer kept.
    """
    since = epoch()
    entries: list[dict[str, Any]] = []
    opened: dict[tuple[int, int], dict[str, Any]] = {}
    sockets: dict[int, dict[str, Any]] = {}
    streams: dict[tuple[int, int], StreamBody] = {}
    encrypted: set[int] = set()
    left_out = secrets = kept_back = 0
    for row in rows:
        decoded = row.decoded
        if row.direction == "downstream" and row.fate in NEVER_LEFT:
            kept_back += 1
            continue
        secrets += isinstance(decoded, HttpMessage) and decoded.redacted
        if isinstance(decoded, HttpMessage) and decoded.is_request:
            entry = _entry(row, decoded, since, row.connection in encrypted)
            entries.append(entry)
            opened[row.connection, decoded.exchange] = entry
        elif isinstance(decoded, HttpMessage) and (row.connection, decoded.exchange) in opened:
            entry = opened[row.connection, decoded.exchange]
            _answer(entry, row, decoded, since)
            if decoded.opens_stream:
                entry |= {"_resourceType": "eventsource", FIELD: []}
                streams[row.connection, decoded.exchange] = StreamBody()
            if decoded.switches:
                entry |= {"_resourceType": "websocket", "_webSocketMessages": []}
                entry["request"]["url"] = entry["request"]["url"].replace("http", "ws", 1)
                sockets[row.connection] = entry
        elif isinstance(decoded, Message) and row.connection in sockets:
            sockets[row.connection]["_webSocketMessages"].append(_spoken(row, decoded, since))
        elif isinstance(decoded, StreamedBlock) and (row.connection, decoded.exchange) in streams:
            key = row.connection, decoded.exchange
            _streamed(opened[key], streams[key], row, decoded, since)
        elif row.kind == "error" and row.connection in sockets:
            sockets[row.connection]["_webSocketMessages"].append(_error(row, since))
        elif row.kind == "opened" and row.content == ENCRYPTED:
            encrypted.add(row.connection)
        elif (row.size or row.problem) and not isinstance(decoded, StreamEnd):
            left_out += 1
    for key, body in streams.items():
        opened[key]["response"]["content"] |= _stream_content(body)
    log = {"version": "1.2", "creator": {"name": "labkit", "version": "1"}, "pages": []}
    comment = _comment(dropped, left_out, secrets, kept_back)
    return {"log": log | {"entries": entries} | comment}


def _comment(dropped: int, left_out: int, secrets: int, kept_back: int) -> dict[str, str]:
    said = []
    if kept_back:
        said.append(f"{_rows(kept_back)} did not leave the link, and are not in this file.")
    if dropped:
        said.append(f"{_rows(dropped)} earlier than these were dropped to save memory.")
    if left_out:
        said.append(f"{_rows(left_out)} could not be decoded, and are not in this file.")
    if secrets:
        heads = f"{secrets} head{'' if secrets == 1 else 's'}"
        said.append(
            f"Secrets are redacted in {heads}: cookies, Authorization, tokens, ids of clients."
        )
    return {"comment": " ".join(said)} if said else {}


_SECRETS = "cookies, Authorization, tokens, ids of clients"


def _rows(count: int) -> str:
    return f"{count} row{'' if count == 1 else 's'}"


def _entry(row: Row, request: HttpMessage, since: float, encrypted: bool) -> dict[str, Any]:
    server = f"{'https' if encrypted else 'http'}://{request.header('Host')}"
    url = request.target if "://" in request.target else server + request.target
    query = parse_qsl(request.target.partition("?")[2], keep_blank_values=True)
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
        kind = {"mimeType": request.header("Content-Type"), "params": []}
        asked["postData"] = kind | _body(request)
    return {
        "startedDateTime": datetime.fromtimestamp(row.time + since, UTC).isoformat(),
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


def _answer(entry: dict[str, Any], row: Row, response: HttpMessage, since: float) -> None:
    unpacked, missing = response.unpacked
    size = len(unpacked) if not missing else max(len(unpacked), response.length)
    content: dict[str, Any] = {"size": size, "mimeType": response.header("Content-Type")}
    if size != response.length:
        content["compression"] = size - response.length
    if response.body:
        content |= _body(response)
    entry["response"] |= {
        "status": response.status,
        "statusText": response.reason,
        "headers": _headers(response),
        "headersSize": len(response.head),
        "bodySize": response.length,
        "content": content,
    }
    began = datetime.fromisoformat(entry["startedDateTime"]).timestamp()
    entry["time"] = entry["timings"]["wait"] = round((_seen(row) + since - began) * 1000, 3)


def _streamed(
    entry: dict[str, Any], body: StreamBody, row: Row, streamed: StreamedBlock, since: float
) -> None:
    """Add a block of an event stream; the entry lasts as long as the stream."""
    event = body.add(streamed.block, streamed.data, _seen(row) + since)
    if event is not None:
        fate = {"_labkit": {"fate": row.fate}} if row.fate != "passed" else {}
        entry[FIELD].append(event | fate)
    began = datetime.fromisoformat(entry["startedDateTime"]).timestamp()
    entry["time"] = round((_seen(row) + since - began) * 1000, 3)
    entry["timings"]["receive"] = round(entry["time"] - entry["timings"]["wait"], 3)
    entry["response"]["bodySize"] = body.length


def _stream_content(body: StreamBody) -> dict[str, Any]:
    """Return what has come of an event stream."""
    missing = f"{body.missing} bytes of long events" if body.missing else ""
    return {"size": body.length, **_as_text(body.data, missing)}


def _headers(message: HttpMessage) -> list[dict[str, str]]:
    return [{"name": name, "value": value} for name, value in message.headers]


def _body(message: HttpMessage) -> dict[str, str]:
    unpacked, missing = message.unpacked
    return _as_text(unpacked, missing)


def _as_text(data: bytes, missing: str = "") -> dict[str, str]:
    """Return bytes as text, in base64 if they are none; and a comment about what is missing."""
    comment = {"comment": f"{CUT}{missing}"} if missing else {}
    try:  # what was cut may end within a character
        text = codecs.getincrementaldecoder("utf-8")().decode(data, not missing)
    except UnicodeDecodeError:
        return {"text": base64.b64encode(data).decode(), "encoding": "base64"} | comment
    return {"text": text} | comment


def _spoken(row: Row, message: Message, since: float) -> dict[str, Any]:
    data = _as_text(message.content, message.missing)
    if message.kind != "text" and "encoding" not in data:
        data["text"] = base64.b64encode(message.content).decode()
    if message.kind != "text":  # where Chromium writes base64 without saying so
        data.pop("encoding", None)
    return {
        "type": "send" if row.direction == "upstream" else "receive",
        "time": _seen(row) + since,
        "opcode": message.frames[0].opcode,
        "data": data.pop("text"),
        **data,
        **({"_labkit": {"fate": row.fate}} if row.fate != "passed" else {}),
    }


def _seen(row: Row) -> float:
    """Return when the client sent or got a row."""
    return row.left if row.direction == "downstream" and row.left is not None else row.time


def _error(row: Row, since: float) -> dict[str, Any]:
    return {"type": "error", "time": row.time + since, "opcode": -1, "data": row.problem}
