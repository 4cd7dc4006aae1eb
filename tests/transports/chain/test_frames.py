"""The frames of the chain's WebSocket, as texts."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labkit.transports.chain.frames import (
    MAX_FRAME,
    MAX_NUMBER,
    BadFrame,
    read_frame,
    read_post,
    write_news,
    write_post,
)
from labkit.transports.http.chat.server.history import History
from labkit.transports.settings import MAX_MESSAGE

TEXTS = st.text(st.characters(exclude_categories=("Cs",)))


@given(st.integers(0, MAX_NUMBER - 1), TEXTS | st.binary())
def test_a_post_is_read_as_it_was_written(number: int, message: str | bytes) -> None:
    """Whatever its text or its bytes are."""
    assert read_post(write_post(number, message)) == (number, message)


@pytest.mark.parametrize(
    ("frame", "code", "why"),
    [
        ("hello", 1008, "a frame is not JSON"),
        ("", 1008, "a frame is not JSON"),
        ("[" * 100_000, 1008, "a frame is not JSON"),
        ("[]", 1008, "a frame is not a JSON object"),
        ("null", 1008, "a frame is not a JSON object"),
        ('{"text": "a"}', 1008, "`number` must count"),
        ('{"number": "1", "text": "a"}', 1008, "`number` must count"),
        ('{"number": true, "text": "a"}', 1008, "`number` must count"),
        ('{"number": 1.5, "text": "a"}', 1008, "`number` must count"),
        ('{"number": -1, "text": "a"}', 1008, "`number` must count"),
        (f'{{"number": {MAX_NUMBER}, "text": "a"}}', 1008, "`number` must count"),
        (f'{{"number": {"9" * 5000}, "text": "a"}}', 1008, "a frame is not JSON"),
        ('{"number": NaN, "text": "a"}', 1008, "`number` must count"),
        ('{"number": 1}', 1008, "has `text` or `base64`"),
        ('{"number": 1, "text": 5}', 1008, "has `text` or `base64`"),
        ('{"number": 1, "base64": "?"}', 1008, "(?i)base64"),
        ('{"number": 1, "text": "\\ud800"}', 1007, "half a character"),
        (json.dumps({"number": 1, "text": "a" * (MAX_MESSAGE + 1)}), 1009, "more than"),
        (json.dumps({"number": 1, "text": "é" * (MAX_MESSAGE // 2 + 1)}), 1009, "more than"),
    ],
    ids=lambda value: str(value)[:30],
)
def test_a_post_that_is_none(frame: str, code: int, why: str) -> None:
    """It has a close code and a reason that fits into a close frame."""
    with pytest.raises(BadFrame, match=why) as caught:
        read_post(frame)
    assert caught.value.code == code
    assert 0 < len(caught.value.reason) <= 123


def test_a_reason_is_cut_at_a_character() -> None:
    """A close frame has room for 123 bytes, and they must be UTF-8."""
    assert BadFrame("ü" * 100).reason.decode() == "ü" * 61


def test_the_longest_message_fits_into_a_frame() -> None:
    """Even one of control characters, each of which JSON writes with six."""
    assert len(write_post(MAX_NUMBER - 1, "\0" * MAX_MESSAGE)) < MAX_FRAME
    assert len(write_post(MAX_NUMBER - 1, b"\0" * MAX_MESSAGE)) < MAX_FRAME


def test_news_move_the_cursor() -> None:
    """Private messages, a gap, messages, and the cursor alone where nothing else moves it."""
    history = History(2)
    frames = [read_frame(frame) for frame in write_news(['"text": "hi"'], history.read(None, "a"))]
    epoch = history.epoch
    assert frames == [{"text": "hi"}, {"next": f"{epoch}-0"}]
    start = history.at(0)
    for text, sender in (("one", "b"), ("two", "b"), ("three", "b")):
        history.add(text, sender)
    frames = [read_frame(frame) for frame in write_news([], history.read(start, "a"))]
    assert frames == [
        {"lost": 1},
        {"id": f"{epoch}-2", "text": "two"},
        {"id": f"{epoch}-3", "text": "three"},
    ]
    history.add("own", "a")
    frames = [read_frame(frame) for frame in write_news([], history.read(history.at(2), "a"))]
    assert frames == [{"id": f"{epoch}-3", "text": "three"}, {"next": f"{epoch}-4"}]
