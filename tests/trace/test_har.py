"""HAR files, written and read."""

from __future__ import annotations

import json
from types import ModuleType
from typing import Any

import pytest
from aiohttp import ClientSession

from labkit.trace import Trace
from labkit.trace.har import to_har
from tests.conftest import soon


async def test_there_and_back(lab: ModuleType) -> None:
    """A chat becomes JSON that names every message, and rows again that say the same."""
    server = await lab.serve("websocket")
    alice, bob = await lab.connect(server, "alice"), await lab.connect(server, "bob")
    for text in ("hello", "ü" * 100, "x" * 70_000):
        await alice.say(text)
        await bob.hears(text)
    await alice.say(b"\x00\xff")
    await alice.close(1000, "bye")
    await soon(lambda: not alice.link.connections)
    trace = alice.link.trace
    har = json.loads(json.dumps(trace.to_har()))
    (entry,) = har["log"]["entries"]
    assert har["log"]["version"] == "1.2" and entry["_resourceType"] == "websocket"
    assert entry["request"]["url"].startswith("ws://127.0.0.1:")
    assert entry["response"]["status"] == 101
    messages = entry["_webSocketMessages"]
    assert [(m["type"], m["opcode"]) for m in messages] == [
        ("receive", 1),
        *[("send", 1)] * 3,
        ("send", 2),
        ("send", 8),
        ("receive", 8),
    ]
    assert messages[1]["data"] == "hello" and messages[4]["data"] == "AP8="
    assert abs(messages[1]["time"] - alice.transcript[2].at) < 1
    back = Trace.from_har(har)
    wanted = [(r.direction, r.kind, r.content) for r in trace.rows() if not r.is_fact]
    assert [(r.direction, r.kind, r.content) for r in back.rows() if not r.is_fact] == wanted
    assert [r.problem for r in back.rows() if r.problem] == []


async def test_requests_and_pages(lab: ModuleType) -> None:
    """An ordinary page is an ordinary entry, with the text of its body."""
    server = await lab.serve("websocket")
    link = await lab.link(server)
    url = f"http://127.0.0.1:{link.port}/?a=1&b="
    async with ClientSession() as session, session.get(url) as answer:
        await answer.read()
    (entry,) = link.trace.to_har()["log"]["entries"]
    assert entry["request"]["queryString"] == [
        {"name": "a", "value": "1"},
        {"name": "b", "value": ""},
    ]
    status = entry["response"]["status"]
    assert status == 426 and entry["response"]["content"]["text"]
    back = Trace.from_har({"log": {"entries": [entry]}})
    assert [row.content for row in back.rows(kind="response")] == ["HTTP/1.1 426 Upgrade Required"]


async def test_what_is_no_longer_kept_is_left_out(lab: ModuleType) -> None:
    """An answer without its request, and messages without their handshake, are not in the file."""
    server = await lab.serve("websocket")
    alice = await lab.connect(server, "alice")
    await alice.hears("Welcome")
    assert to_har(alice.link.trace.rows()[2:])["log"]["entries"] == []


CHROMIUM: dict[str, Any] = {
    "startedDateTime": "2026-01-01T12:00:00.000Z",
    "time": 12.5,
    "request": {
        "method": "GET",
        "url": "wss://chat.example/room?x=1",
        "httpVersion": "HTTP/1.1",
        "headers": [
            {"name": "Upgrade", "value": "websocket"},
            {"name": "Connection", "value": "Upgrade"},
            {"name": "Sec-WebSocket-Extensions", "value": "permessage-deflate"},
        ],
    },
    "response": {
        "status": 101,
        "statusText": "Switching Protocols",
        "headers": [
            {"name": "Upgrade", "value": "websocket"},
            {"name": "Connection", "value": "Upgrade"},
            {"name": "Sec-WebSocket-Extensions", "value": "permessage-deflate"},
        ],
        "content": {"size": 0, "mimeType": "x-unknown"},
    },
    "_webSocketMessages": [
        {"type": "send", "time": 1767268800.02, "opcode": 1, "data": "hi"},
        {"type": "receive", "time": 1767268800.03, "opcode": 2, "data": "AQI="},
    ],
}


def test_what_a_browser_exported() -> None:
    """Host, path and messages of an export are found; compression is gone, as its bytes are."""
    rows = Trace.from_har({"log": {"entries": [CHROMIUM]}}).rows()
    assert [(row.kind, row.content) for row in rows] == [
        ("opened", ""),
        ("request", "GET /room?x=1 HTTP/1.1"),
        ("response", "HTTP/1.1 101 Switching Protocols"),
        ("text", "hi"),
        ("binary", "01 02"),
    ]


@pytest.mark.parametrize(
    ("har", "words"),
    [
        (None, "no HAR"),
        ({}, "no HAR"),
        ({"log": {"entries": 5}}, "no HAR"),
        ({"log": {"entries": [{}]}}, "Entry 1"),
        ({"log": {"entries": [CHROMIUM, CHROMIUM | {"startedDateTime": "today"}]}}, "Entry 2"),
    ],
)
def test_what_is_no_har(lab: ModuleType, har: Any, words: str) -> None:
    """The error says which part cannot be read."""
    with pytest.raises(lab.LabError, match=words):
        Trace.from_har(har)
