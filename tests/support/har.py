"""Entries of HAR files as browsers write them, and ways to change them."""

from __future__ import annotations

import json
from typing import Any

UPGRADE = [
    {"name": "Upgrade", "value": "websocket"},
    {"name": "Connection", "value": "Upgrade"},
    {"name": "Sec-WebSocket-Extensions", "value": "permessage-deflate"},
]
CHROMIUM: dict[str, Any] = {
    "startedDateTime": "2026-01-01T12:00:00.000Z",
    "time": 12.5,
    "request": {
        "method": "GET",
        "url": "wss://chat.example/room?x=1",
        "httpVersion": "HTTP/1.1",
        "headers": UPGRADE,
    },
    "response": {
        "status": 101,
        "statusText": "Switching Protocols",
        "headers": UPGRADE,
        "content": {"size": 0, "mimeType": "x-unknown"},
    },
    "_webSocketMessages": [
        {"type": "send", "time": 1767268800.02, "opcode": 1, "data": "hi"},
        {"type": "receive", "time": 1767268800.03, "opcode": 2, "data": "AQI="},
    ],
}
PAGE: dict[str, Any] = {
    "startedDateTime": "2026-01-01T12:00:00.000Z",
    "time": 5,
    "request": {"method": "GET", "url": "http://a.example/page", "headers": []},
    "response": {
        "status": 200,
        "statusText": "OK",
        "headers": [],
        "content": {"size": 5, "mimeType": "text/plain", "text": "hello"},
    },
}
MINIMAL: dict[str, Any] = {  # as Playwright's mode "minimal" writes a WebSocket
    "startedDateTime": "2026-01-01T12:00:00.000Z",
    "time": -1,
    "request": {"method": "GET", "url": "ws://a.example/", "headers": [], "bodySize": -1},
    "response": {"status": -1, "statusText": "", "headers": [], "content": {"size": -1}},
    "_resourceType": "websocket",
    "_webSocketMessages": [
        {"type": "send", "time": -1, "opcode": 1, "data": "one"},
        {"type": "receive", "time": -1, "opcode": 1, "data": "two"},
    ],
}

STREAM: dict[str, Any] = {  # an event stream, as Chromium describes one, without its body
    "startedDateTime": "2026-01-01T12:00:00.000Z",
    "time": 50,
    "request": {"method": "GET", "url": "http://a.example/events", "headers": []},
    "response": {
        "status": 200,
        "statusText": "OK",
        "headers": [{"name": "content-type", "value": "text/event-stream; charset=utf-8"}],
        "content": {"size": 0, "mimeType": "text/event-stream"},
    },
    "timings": {"send": 0, "wait": 10, "receive": 40},
    "_resourceType": "eventsource",
    "_eventSourceMessages": [
        {"time": 1767268800.02, "eventName": "message", "eventId": "", "data": "one"},
        {"time": 1767268800.03, "eventName": "news", "eventId": "7", "data": "two"},
    ],
}


def changed(entry: dict[str, Any], path: str, value: Any) -> dict[str, Any]:
    """Return an entry with another value at a place ("response.status"); ... leaves it out."""
    entry = json.loads(json.dumps(entry))
    *way, last = path.split(".")
    place: Any = entry
    for name in way:
        place = place[int(name) if isinstance(place, list) else name]
    key = int(last) if isinstance(place, list) else last
    if value is ...:
        del place[key]
    else:
        place[key] = value
    return entry


def messages(*given: Any) -> dict[str, Any]:
    """Return Chromium's entry with other messages."""
    return CHROMIUM | {"_webSocketMessages": list(given)}
