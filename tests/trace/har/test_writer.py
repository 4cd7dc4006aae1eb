"""HAR files, written, and read again."""

from __future__ import annotations

import gzip
import json
import zlib
from types import ModuleType
from typing import Any

import pytest
from aiohttp import ClientSession

from labkit.faults import BlackHole, Latency
from labkit.trace import Trace
from labkit.trace.har.writer import to_har
from tests.conftest import soon
from tests.support.har import changed, messages
from tests.support.raw import TEXT, frame
from tests.support.traces import SESSION, recorded


async def test_there_and_back(lab: ModuleType) -> None:
    """A chat becomes JSON that names every message, and rows again that say the same."""
    server = await lab.serve("websocket")
    alice, bob = await lab.connect(server, "alice"), await lab.connect(server, "bob")
    for text in ("hello", "ü" * 100, "x" * 70_000):
        await alice.say(text)
        await bob.hears(text)
    await alice.say(b"\x00\xff")
    await alice.close(1000, "bye")
    await soon(lambda: not alice.link.connection_count)
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
    url = f"http://127.0.0.1:{link.port}/elsewhere?a=1&b="
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


def again(trace: Trace) -> tuple[dict[str, Any], Trace]:
    """Return the log of the file, and the trace that is read from it."""
    har = json.loads(json.dumps(trace.to_har()))
    return har["log"], Trace.from_har(har)


def test_what_is_not_in_the_file_is_said() -> None:
    """Messages without their handshake, and what could not be decoded, are counted."""
    trace = recorded(*SESSION)  # type: ignore[arg-type]
    log = to_har(trace.rows()[3:], dropped=3)["log"]
    assert log["entries"] == [] and log["comment"] == (
        "3 rows earlier than these were dropped to save memory. "
        "5 rows could not be decoded, and are not in this file."
    )
    assert "comment" not in trace.to_har()["log"]


def answered(head: str, body: bytes, asked: bytes = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n") -> Trace:
    """Return a trace with one answer."""
    answer = f"HTTP/1.1 200 OK\r\n{head}Content-Length: {len(body)}\r\n\r\n".encode() + body
    return recorded(("upstream", asked), ("downstream", answer))


@pytest.mark.parametrize("coding", ["gzip", "deflate"])
def test_a_compressed_body(coding: str) -> None:
    """It is written unpacked, as browsers write it, and read back as the same text."""
    text = b"hello " * 100
    packed = gzip.compress(text) if coding == "gzip" else zlib.compress(text)
    log, back = again(answered(f"Content-Encoding: {coding}\r\n", packed))
    response = log["entries"][0]["response"]
    assert response["content"]["text"] == text.decode() and response["bodySize"] == len(packed)
    assert (response["content"]["size"], response["content"]["compression"]) == (
        len(text),
        len(text) - len(packed),
    )
    assert back.rows()[-1].payload == text


@pytest.mark.parametrize(
    ("head", "body", "said"),
    [
        ("", bytes(300_000), "the first 262144 of 300000 bytes"),
        ("Content-Encoding: br\r\n", b"\x0b\x02", "still compressed (br)"),
        ("Content-Encoding: gzip\r\n", b"plain", "as it was sent, because it is not gzip"),
        (
            "Content-Encoding: gzip\r\n",
            gzip.compress(bytes(300_000)),
            "the first 262144 bytes of what it unpacks to",
        ),
    ],
)
def test_a_body_that_is_not_whole(head: str, body: bytes, said: str) -> None:
    """What is missing is said in the file, and in a row of who reads it."""
    log, back = again(answered(head, body))
    assert log["entries"][0]["response"]["content"]["comment"] == f"cut: {said}"
    (row,) = back.rows(kind="unreadable")
    assert row.problem == f"entry 1: the body of its answer is cut: {said}"


def test_a_binary_post() -> None:
    """Its bytes come back as they were."""
    head = b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\n"
    log, back = again(answered("", b"", head + b"\x00\xff\x80"))
    assert log["entries"][0]["request"]["postData"]["encoding"] == "base64"
    assert back.rows(kind="request")[0].payload == b"\x00\xff\x80"


def test_a_message_that_is_not_whole() -> None:
    """More than a megabyte is cut, which the file says, and the rows of who reads it."""
    trace = recorded(*SESSION[:2])  # type: ignore[arg-type]
    trace.append(1, "upstream", frame(TEXT, ("ü" * 2**20).encode()))
    trace.append(1, "upstream", frame(TEXT, b"\xff"))
    log, back = again(trace)
    cut, odd = log["entries"][0]["_webSocketMessages"]
    assert cut["comment"] == "cut: the first 1048576 of 2097152 bytes"
    assert (odd["data"], odd["encoding"], odd["opcode"]) == ("/w==", "base64", 1)
    long, said, short = back.rows()[3:]
    assert len(long.payload) == 2**20 and "message 1 is cut: the first" in said.problem
    assert (short.payload, short.problem) == (b"\xff", trace.rows()[-1].problem)


def test_a_message_that_did_not_end() -> None:
    """What another one interrupts is in the file, with a word about it."""
    trace = recorded(*SESSION[:2])  # type: ignore[arg-type]
    trace.append(1, "upstream", frame(TEXT, b"half", fin=False) + frame(TEXT, b"whole"))
    log, back = again(trace)
    half, whole = log["entries"][0]["_webSocketMessages"]
    assert (half["data"], half["comment"]) == ("half", "cut: the message did not end")
    assert "comment" not in whole
    assert [row.problem for row in back.rows(kind="unreadable")] == [
        "entry 1: message 1 is cut: the message did not end"
    ]


@pytest.mark.parametrize("scheme", ["ws", "wss"])
def test_an_import_is_written_as_it_was(scheme: str) -> None:
    """The scheme, the messages of any kind, and the browser's errors are the same again."""
    spoken = [
        {"type": "send", "time": 1767268800.5, "opcode": 1, "data": "hi"},
        {"type": "receive", "time": 1767268801.0, "opcode": 2, "data": "AQI="},
        {"type": "receive", "time": 1767268801.0, "opcode": 3, "data": "AQI="},
        {"type": "error", "time": 1767268802.0, "opcode": -1, "data": "Invalid frame header"},
    ]
    entry = changed(messages(*spoken), "request.url", f"{scheme}://chat.example/room?x=1")
    log, _ = again(Trace.from_har({"log": {"entries": [entry]}}))
    (written,) = log["entries"]
    assert written["request"]["url"] == f"{scheme}://chat.example/room?x=1"
    assert [each | {"time": 0} for each in written["_webSocketMessages"]] == [
        each | {"time": 0} for each in spoken
    ]
    found = [each["time"] for each in written["_webSocketMessages"]]
    assert found == pytest.approx([each["time"] for each in spoken], abs=0.001)


async def test_secrets_are_redacted(lab: ModuleType) -> None:
    """Cookies, Authorization and the token are nowhere in the file, and it says so."""
    server = await lab.serve("websocket", token="open-sesame")
    link = await lab.link(server)
    url = link.url.replace("ws", "http", 1)
    headers = {"Cookie": "username-127=sw0rdf-1; b=sw0rdf-2", "Authorization": "sw0rdf-3"}
    async with ClientSession() as session, session.get(url, headers=headers) as answer:
        assert answer.status == 200
    har = link.trace.to_har()
    told = json.dumps([har, link.trace.rows(), link.trace.rows()[1].open()], default=repr)
    assert "sw0rdf" not in told and "sesame" not in told
    assert "username-127=********; b=********" in told and "a secret, redacted" in told
    assert (
        har["log"]["comment"] == "Secrets are redacted in 1 head: cookies, Authorization, tokens, "
        "ids of clients."
    )
    assert b"sw0rdf-1" in link.trace.bytes("upstream")


async def test_a_file_shows_what_the_client_saw(lab: ModuleType) -> None:
    """What it sent when it sent it, what it got when it got it, and nothing that never came."""
    server = await lab.serve("websocket")
    alice, bob = await lab.connect(server, "alice"), await lab.connect(server, "bob")
    with bob.link.add(Latency(0.05), "downstream"):
        await alice.say("late")
        await bob.hears("late")
    bob.link.add(BlackHole())
    await bob.say("swallowed")
    await alice.say("never")
    (row,) = bob.link.trace.rows(kind="text", text="late")
    await soon(lambda: bool(bob.link.trace.rows(kind="text", text="never")))
    log = bob.link.trace.to_har()["log"]
    spoken = log["entries"][0]["_webSocketMessages"]
    assert [each["data"] for each in spoken[-2:]] == ["late", "swallowed"]
    assert spoken[-1]["_labkit"] == {"fate": "held"} and "_labkit" not in spoken[-2]
    assert "1 row did not leave the link" in log["comment"]
    (plain,) = alice.link.trace.to_har()["log"]["entries"]
    (sent,) = (each for each in plain["_webSocketMessages"] if each["data"] == "late")
    assert spoken[-2]["time"] - sent["time"] >= 0.05
    assert row.left is not None and row.left - row.time >= 0.05
    bob.link.heal()
