"""Stages, by themselves and in the pipes of a connection that lives."""

from __future__ import annotations

import asyncio
import random
import sys

import pytest

from labkit.links.pipe import ENDED, FULL, HELD
from labkit.links.stage import HIGH_WATER, Hold, Stage, Void
from labkit.protocols.stream import FIN, RST, Item
from labkit.sockets.read_limit import READ_LIMIT
from tests.conftest import soon, turn_loop
from tests.support.ends import Ends, reset
from tests.support.stages import Later


class Pipe:
    """Counts the reports that what is held has changed."""

    reports = 0

    def held_changed(self) -> None:
        """Count."""
        self.reports += 1


def stand_in_pipe(stage: Stage) -> list[Item]:
    """Join a stage up, and return the list to which it passes on."""
    out: list[Item] = []
    stage.pipe, stage.pass_on = Pipe(), out.append  # type: ignore[assignment]
    return out


def test_a_stage_passes_everything_on() -> None:
    """Unless it says otherwise, each item goes on at once, and nothing waits."""
    stage = Stage()
    out = stand_in_pipe(stage)
    for item in (b"a", FIN, RST):
        stage.push(item)
    stage.release()
    stage.drop()
    assert out == [b"a", FIN, RST] and stage.held == 0


def test_a_hold_keeps_the_order() -> None:
    """Nothing passes until it is released, then all of it does, the FIN behind the bytes."""
    hold = Hold()
    out = stand_in_pipe(hold)
    for item in (b"ab", b"c", FIN, RST):
        hold.push(item)
    assert out == [] and hold.held == 3
    hold.release()
    assert out == [b"ab", b"c", FIN, RST] and hold.held == 0
    hold.push(b"d")
    assert out[4:] == [] and hold.held == 1


def test_a_hold_reports_what_it_holds() -> None:
    """It reports each change before it passes anything on."""
    hold = Hold()
    stand_in_pipe(hold)
    hold.push(b"ab")
    hold.push(FIN)
    assert hold.pipe.reports == 1  # type: ignore[attr-defined]
    hold.release()
    assert hold.pipe.reports == 2  # type: ignore[attr-defined]


def test_a_hold_forgets() -> None:
    """What was dropped never passes."""
    hold = Hold()
    out = stand_in_pipe(hold)
    hold.push(b"ab")
    hold.drop()
    hold.release()
    assert out == [] and hold.held == 0


def test_a_void_passes_nothing_on() -> None:
    """Bytes and endings are lost."""
    void = Void()
    out = stand_in_pipe(void)
    for item in (b"a", FIN, RST):
        void.push(item)
    void.release()
    assert out == [] and void.held == 0


@pytest.mark.on_proactor
async def test_a_stage_holds_what_is_recorded(ends: Ends) -> None:
    """The record has the bytes when they enter; they arrive in order when the stage is gone."""
    (from_server, to_server), (from_client, to_client) = await ends.pair()
    up, down = Hold(), Hold()
    ends.connection.upstream.add(up)
    ends.connection.downstream.add(down)
    for number in range(3):
        to_server.write(b"ask%d" % number)
        to_client.write(b"answer%d" % number)
        await soon(lambda at=number: (up.held, down.held) == (4 * at + 4, 7 * at + 7))  # type: ignore[misc]
    assert ends.link.trace.bytes("upstream") == b"ask0ask1ask2"
    assert ends.link.trace.bytes("downstream") == b"answer0answer1answer2"
    ends.connection.upstream.remove(up)
    to_server.write(b"ask3")
    assert await from_client.readexactly(16) == b"ask0ask1ask2ask3"
    assert down.held == 21
    ends.connection.downstream.remove(down)
    assert await from_server.readexactly(21) == b"answer0answer1answer2"


@pytest.mark.on_proactor
async def test_a_stage_may_stand_before_the_record(ends: Ends) -> None:
    """What it holds has not entered: the record has it when it passes, an end included."""
    (_, to_server), (from_client, _) = await ends.pair()
    gate = Hold()
    ends.connection.upstream.add(gate, before_record=True)
    to_server.write(b"hello")
    to_server.write_eof()
    await soon(lambda: gate.held == 5 and ends.connection.upstream.paused & ENDED)
    assert ends.link.trace.bytes("upstream") == b""
    assert ends.link.trace.facts() == ["opened"]
    ends.connection.upstream.remove(gate)
    assert await from_client.read() == b"hello"
    assert ends.link.trace.bytes("upstream") == b"hello"
    assert ends.link.trace.facts() == ["opened", "half-closed upstream"]


async def test_stages_stand_in_the_order_in_which_they_were_added(ends: Ends) -> None:
    """What one passes on, the next one takes, also while the first is removed."""
    (_, to_server), (from_client, _) = await ends.pair()
    first, second = Hold(), Hold()
    ends.connection.upstream.add(first)
    ends.connection.upstream.add(second)
    to_server.write(b"hello")
    await soon(lambda: first.held == 5)
    ends.connection.upstream.remove(first)
    assert (first.held, second.held) == (0, 5)
    ends.connection.upstream.remove(second)
    assert ends.connection.upstream.enter is None
    assert await from_client.readexactly(5) == b"hello"


@pytest.mark.on_proactor
async def test_a_half_close_waits_behind_what_is_held(ends: Ends) -> None:
    """It is recorded when it enters, and arrives behind the bytes; the other way stays open."""
    (from_server, to_server), (from_client, to_client) = await ends.pair()
    connection, hold = ends.connection, Hold()
    connection.upstream.add(hold)
    to_server.write(b"that was all")
    to_server.write_eof()
    await soon(lambda: "half-closed upstream" in ends.link.trace.facts())
    to_client.write(b"are you done?")
    assert await from_server.readexactly(13) == b"are you done?"
    to_client.write_eof()
    assert await from_server.read() == b""
    assert connection.state == "open" and hold.held == 12
    connection.upstream.remove(hold)
    assert await from_client.read() == b"that was all"
    await soon(lambda: not ends.link.connection_count)
    facts = ends.link.trace.facts()
    assert facts[:3] == ["opened", "half-closed upstream", "half-closed downstream"]


@pytest.mark.skipif(sys.platform == "win32", reason="what Windows does by itself is not known here")
async def test_a_reset_waits_behind_what_is_held(ends: Ends) -> None:
    """The last words of a server that resets arrive before the RST."""
    (from_server, _), (_, to_client) = await ends.pair()
    hold = Hold()
    connection = ends.connection
    connection.downstream.add(hold)
    to_client.write(b"last words")
    await soon(lambda: hold.held == 10)
    reset(to_client)
    await soon(lambda: "reset downstream" in ends.link.trace.facts())
    words = asyncio.ensure_future(from_server.readexactly(10))
    await turn_loop(5)
    assert not words.done() and ends.link.connections == (connection,)
    connection.downstream.remove(hold)
    assert await asyncio.wait_for(words, 5) == b"last words"
    with pytest.raises(ConnectionResetError):
        await asyncio.wait_for(from_server.read(), 5)
    await soon(lambda: not ends.link.connection_count)
    assert ends.link.trace.facts() == ["opened", "reset downstream"]


@pytest.mark.on_proactor
async def test_what_is_sent_to_a_side_that_is_gone_is_lost(
    ends: Ends, caplog: pytest.LogCaptureFixture
) -> None:
    """While the RST waits, the link reads on from the other side and keeps nothing of it."""
    (_, to_server), (from_client, to_client) = await ends.pair()
    connection, hold = ends.connection, Hold()
    connection.upstream.add(hold)
    to_server.transport.pause_reading()
    to_client.write(bytes(16 * 2**20))
    await soon(lambda: connection.downstream.paused == FULL)
    reset(to_server)
    await soon(lambda: "reset upstream" in ends.link.trace.facts(), within=10)
    await soon(lambda: not to_client.transport.get_write_buffer_size())
    assert connection.state == "open"
    connection.upstream.remove(hold)
    with pytest.raises(ConnectionResetError):
        await asyncio.wait_for(from_client.read(), 5)
    await soon(lambda: not ends.link.connection_count)
    assert caplog.messages == []  # asyncio complains of what is written to a lost connection


@pytest.mark.on_proactor
async def test_a_reset_from_both_sides_leaves_nothing(ends: Ends) -> None:
    """When nobody is left to get it, what is held is forgotten."""
    (_, to_server), (_, to_client) = await ends.pair()
    hold = Hold()
    ends.connection.upstream.add(hold)
    to_server.write(b"held")
    await soon(lambda: hold.held == 4)
    reset(to_server)
    await soon(lambda: "reset upstream" in ends.link.trace.facts())
    reset(to_client)
    await soon(lambda: not ends.link.connection_count)
    assert hold.held == 0
    assert ends.link.trace.facts() == ["opened", "reset upstream", "reset downstream"]


@pytest.mark.on_proactor
async def test_what_is_held_is_bounded(ends: Ends) -> None:
    """Above its limit reading pauses, and goes on when the stage holds less."""
    (_, to_server), (from_client, _) = await ends.pair()
    upstream, hold = ends.connection.upstream, Hold()
    upstream.add(hold)
    sent = random.Random(1).randbytes(8 * 2**20)
    to_server.write(sent)
    await soon(lambda: upstream.paused == HELD)
    assert hold.limit < hold.held <= hold.limit + READ_LIMIT
    assert not upstream.source.transport.is_reading()
    assert ends.link.trace.bytes("upstream") == sent[: hold.held]
    hold.release()
    await soon(lambda: upstream.paused == HELD)
    assert hold.limit < hold.held <= hold.limit + READ_LIMIT
    upstream.remove(hold)
    assert await asyncio.wait_for(from_client.readexactly(len(sent)), 20) == sent
    assert ends.link.trace.bytes("upstream") == sent


@pytest.mark.on_proactor
@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no poll()")
async def test_a_reset_while_a_stage_holds_too_much_is_noticed(ends: Ends) -> None:
    """Whatever the reason that nobody reads for, the link looks for a reset."""
    (_, to_server), (from_client, _) = await ends.pair()
    connection, hold = ends.connection, Hold()
    connection.upstream.add(hold)
    to_server.write(bytes(64 * 2**20))
    await soon(lambda: connection.upstream.paused == HELD)
    reset(to_server)
    await soon(lambda: "reset upstream" in ends.link.trace.facts())
    held = asyncio.ensure_future(from_client.readexactly(hold.held))
    connection.upstream.remove(hold)
    with pytest.raises(ConnectionResetError):
        await asyncio.wait_for(held, 5)
        await asyncio.wait_for(from_client.read(), 5)
    await soon(lambda: not ends.link.connection_count)


@pytest.mark.on_proactor
async def test_a_slow_line_keeps_the_order(ends: Ends) -> None:
    """With a stage each way that holds each item for a while, the same bytes arrive."""
    (from_server, to_server), (from_client, to_client) = await ends.pair()
    up, down = Later(0.002), Later(0.001)
    ends.connection.upstream.add(up)
    ends.connection.downstream.add(down)
    seeded = random.Random(2)
    asked, answered = seeded.randbytes(2 * 2**20), seeded.randbytes(3 * 2**20)
    for writer, sent in ((to_server, asked), (to_client, answered)):
        writer.write(sent)
        writer.write_eof()
    got = await asyncio.wait_for(asyncio.gather(from_client.read(), from_server.read()), 20)
    assert got == [asked, answered]
    assert ends.link.trace.bytes("upstream") == asked
    assert ends.link.trace.bytes("downstream") == answered
    assert 0 < max(up.most, down.most) <= HIGH_WATER + READ_LIMIT
    await soon(lambda: not ends.link.connection_count)
    half_closed = {"half-closed downstream", "half-closed upstream"}
    assert set(ends.link.trace.facts()[1:3]) == half_closed
