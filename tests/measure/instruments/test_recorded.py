"""Reading the record of a link."""

from __future__ import annotations

from types import ModuleType

import pytest

from labkit import bench
from labkit.exceptions import LabError
from labkit.measure.instruments.chat import open_chat, say_to
from labkit.measure.instruments.recorded import (
    cost,
    find_packet,
    find_text,
    is_whole,
    kinds,
    until_recorded,
)
from labkit.trace import Trace

UP = "upstream"


async def test_a_text_over_websocket(lab: ModuleType) -> None:
    """It costs its frame, in the direction in which it crossed."""
    alice, bob = (await open_chat(bench.current(), "websocket", "alice", "bob")).people
    await say_to(alice, "hello", bob)
    rows = alice.link.trace.rows()
    row = find_text(rows, "hello", UP)
    assert row is not None and is_whole(rows, row)
    assert cost(rows, row) == row.size == 2 + 4 + len("hello")
    assert find_text(rows, "hello", "downstream") is None is find_text(rows, "goodbye", UP)


async def test_a_text_over_polling(lab: ModuleType) -> None:
    """It costs the request that brought it, and its answer."""
    alice, bob = (await open_chat(bench.current(), "socketio polling", "alice", "bob")).people
    await say_to(alice, "hello", bob)
    await say_to(alice, "the end", bob)  # whatever brought the first text was answered
    rows = alice.link.trace.rows()
    row = find_text(rows, "hello", UP)
    assert row is not None and is_whole(rows, row) and "event" in kinds(row)
    answer = next(
        each
        for each in rows
        if each.number > row.number and each.connection == row.connection and not each.is_fact
    )
    assert (row.kind, answer.kind) == ("request", "response")
    assert cost(rows, row) == row.size + answer.size


async def test_a_request_that_waits_is_not_whole(lab: ModuleType) -> None:
    """The poll that listens has no answer yet."""
    [alice] = (await open_chat(bench.current(), "socketio polling", "alice")).people
    rows = await until_recorded(
        alice.link.trace,
        lambda rows: rows[-1].kind == "request" and rows[-1].content.startswith("GET"),
        "a poll",
    )
    assert not is_whole(rows, rows[-1])


async def test_a_packet(lab: ModuleType) -> None:
    """It is found by its kind in a frame and in a body."""
    for subject in ("socketio websocket", "socketio polling"):
        [alice] = (await open_chat(bench.current(), subject, "alice")).people
        rows = alice.link.trace.rows()
        assert find_packet(rows, "connect", UP) is not None
        assert find_packet(rows, "open", UP) is None


async def test_what_does_not_cross(lab: ModuleType) -> None:
    """The error says what was waited for, where, and for how long."""
    with pytest.raises(LabError, match="The link 'line' did not see a poll within 0 s"):
        await until_recorded(Trace(name="line"), lambda rows: False, "a poll", within=0)
