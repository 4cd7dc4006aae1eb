"""Messages that chats carry over HTTP, told from what only looks similar."""

from __future__ import annotations

import json

import pytest

from labkit.protocols.envelopes import (
    Batch,
    Carried,
    ChatFrame,
    Lost,
    Purpose,
    find_number,
    find_purpose,
    is_chat_socket,
    read_answer,
    read_event,
    read_frame,
    read_posted,
)
from labkit.protocols.http1 import HttpMessage
from labkit.protocols.message_reader import MessageReader
from tests.support.streams import asks


def request(target: str, method: str = "GET", **more: str) -> HttpMessage:
    """Return a request as it is read."""
    reader = MessageReader(None)
    body = more.pop("body", "").encode()
    reader.feed(asks(target, method, body, more.pop("kind", "text/plain")), 1)
    assert reader.message is not None
    return reader.message


@pytest.mark.parametrize(
    ("method", "target", "purpose"),
    [
        ("GET", "/messages?client=CLIENT", "poll"),
        ("GET", "/messages?client=CLIENT&after=deadbeef-7&wait=5", "poll"),
        ("GET", "/messages?wait=5&client=CLIENT", "poll"),
        ("GET", "/proxied/messages?client=CLIENT", "poll"),
        ("GET", "http://a:80/messages?client=CLIENT", "poll"),
        ("GET", "/messages?client=0123************", "poll"),
        ("GET", "/events?client=CLIENT", "stream"),
        ("POST", "/messages?client=CLIENT&number=1", "post"),
        ("POST", "/messages?client=CLIENT", ""),
        ("POST", "/events?client=CLIENT&number=1", ""),
        ("DELETE", "/clients/CLIENT", ""),
        ("GET", "/messages", ""),
        ("GET", "/messages?client=me", ""),
        ("GET", "/messages?client=CLIENT0", ""),
        ("GET", "/messages?xclient=CLIENT", ""),
        ("GET", "/messages/7?client=CLIENT", ""),
        ("GET", "/other?x=/messages?client=CLIENT", ""),
    ],
)
def test_what_a_request_is_for(method: str, target: str, purpose: Purpose) -> None:
    """Method, path and the client's id decide it together."""
    assert find_purpose(request(target, method)) == purpose


def test_what_is_posted() -> None:
    """Its number, and its body as text or bytes; an empty one says nothing."""
    target = "/messages?client=CLIENT&number=12"
    posted = request(target, "POST", body="hi", kind="text/plain; charset=utf-8")
    assert find_number(posted) == 12 and read_posted(posted) == Batch((Carried("hi"),), 1)
    posted = request(target, "POST", body="hi", kind="application/octet-stream")
    assert read_posted(posted) == Batch((Carried(b"hi"),), 1)
    assert read_posted(request(target, "POST")).messages == ()


def test_an_answer() -> None:
    """Texts, bytes, private messages, the next cursor, and what is lost."""
    messages = [
        {"text": "welcome"},
        {"id": "deadbeef-7", "text": "hi"},
        {"id": "deadbeef-8", "base64": "AQI="},
    ]
    answer = {"messages": messages, "next": "deadbeef-9"}
    carried = (Carried("welcome"), Carried("hi", "deadbeef-7"), Carried(b"\1\2", "deadbeef-8"))
    assert read_answer(json.dumps(answer).encode()) == Batch(carried, 3, "deadbeef-9")
    for given, lost in ((3, Lost(3)), (None, Lost(None))):
        batch = read_answer(json.dumps(answer | {"lost": given}).encode())
        assert batch is not None and batch.lost == lost


NEXT = '"next": "deadbeef-9"'


@pytest.mark.parametrize(
    "body",
    [
        "",
        "[]",
        "{}",
        "[" * 100_000,
        f'{{"messages": [], {NEXT}',
        '{"messages": []}',
        '{"messages": [], "next": 9}',
        '{"messages": [], "next": "9"}',
        f'{{"messages": {{}}, {NEXT}}}',
        f'{{"messages": [], {NEXT}, "total": 0}}',
        f'{{"messages": [], {NEXT}, "lost": -1}}',
        f'{{"messages": [], {NEXT}, "lost": true}}',
        f'{{"messages": [7], {NEXT}}}',
        f'{{"messages": [{{}}], {NEXT}}}',
        f'{{"messages": [{{"text": 7}}], {NEXT}}}',
        f'{{"messages": [{{"text": "a", "base64": ""}}], {NEXT}}}',
        f'{{"messages": [{{"base64": "#"}}], {NEXT}}}',
        f'{{"messages": [{{"id": "7", "text": "a"}}], {NEXT}}}',
        f'{{"messages": [{{"text": "a", "user": "b"}}], {NEXT}}}',
    ],
)
def test_an_answer_of_another_application(body: str) -> None:
    """It stays an ordinary answer."""
    assert read_answer(body.encode()) is None


def test_an_event() -> None:
    """A message with the cursor of its block, a private one, and what is lost."""
    assert read_event("", '{"text": "hi"}', "deadbeef-7") == Carried("hi", "deadbeef-7")
    assert read_event("message", '{"base64": "AQI="}', None) == Carried(b"\1\2")
    assert read_event("private", '{"text": "hi"}', None) == Carried("hi")
    assert read_event("lost", "3", None) == Lost(3)
    assert read_event("lost", "null", None) == Lost(None)


@pytest.mark.parametrize(
    ("event", "data", "id"),
    [
        ("", "hi", None),
        ("", "7", None),
        ("news", '{"text": "hi"}', None),
        ("", '{"text": "hi"}', "7"),
        ("", '{"id": "deadbeef-7", "text": "hi"}', None),
        ("lost", "", None),
        ("lost", "many", None),
    ],
)
def test_an_event_of_another_application(event: str, data: str, id: str | None) -> None:
    """It carries nothing that is known."""
    assert read_event(event, data, id) is None


def test_the_websocket_of_a_chat() -> None:
    """It is known by its path and its client's id, and is no poll."""
    asked = request("/ws?client=CLIENT&after=deadbeef-7")
    assert is_chat_socket(asked) and find_purpose(asked) == ""
    assert not is_chat_socket(request("/ws?client=me")) and not is_chat_socket(request("/ws"))


@pytest.mark.parametrize(
    ("text", "is_up", "said"),
    [
        ('{"number": 1, "text": "hi"}', True, ChatFrame("text", Carried("hi"), 1)),
        ('{"number": 0, "base64": "AQI="}', True, ChatFrame("text", Carried(b"\1\2"), 0)),
        (
            '{"id": "deadbeef-7", "text": "hi"}',
            False,
            ChatFrame("text", Carried("hi", "deadbeef-7")),
        ),
        ('{"text": "welcome"}', False, ChatFrame("text", Carried("welcome"))),
        ('{"ack": 1}', False, ChatFrame("ack", number=1)),
        ('{"next": "deadbeef-7"}', False, ChatFrame("cursor", cursor="deadbeef-7")),
        ('{"lost": null}', False, ChatFrame("lost", lost=Lost(None))),
        ('{"lost": 3}', False, ChatFrame("lost", lost=Lost(3))),
        ('{"heartbeat": 0.5}', False, ChatFrame("heartbeat", seconds=0.5)),
        ('{"number": -1, "text": "hi"}', True, None),
        ('{"number": 1, "id": "deadbeef-7", "text": "hi"}', True, None),
        ('{"text": "hi"}', True, None),
        ('{"ack": 1}', True, None),
        ('{"ack": "1"}', False, None),
        ('{"next": 7}', False, None),
        ('{"lost": -1}', False, None),
        ('{"heartbeat": true}', False, None),
        ('{"number": 1, "text": "hi"}', False, None),
        ("hi", False, None),
        ("[1]", True, None),
    ],
)
def test_a_frame_of_that_websocket(text: str, is_up: bool, said: ChatFrame | None) -> None:
    """Messages, acknowledgements, cursors, gaps and heartbeats; anything else is a text."""
    assert read_frame(text, is_up=is_up) == said
