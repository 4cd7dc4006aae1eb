"""A fault on links whose connections live."""

from __future__ import annotations

import asyncio
import gc
import math
import weakref
from typing import Any

import pytest

from labkit.exceptions import LabError
from labkit.faults import (
    Bandwidth,
    BlackHole,
    Down,
    Drop,
    Latency,
    LimitData,
    NoOp,
    Reorder,
    Reset,
    Slicer,
    SlowClose,
)
from labkit.links import Link
from labkit.links.fault_handle import FaultHandle
from labkit.links.pipe import ENDED, FULL, HELD
from labkit.links.stage import HIGH_WATER
from labkit.protocols.stream import FIN
from labkit.sockets.read_limit import READ_LIMIT
from tests.conftest import soon, turn_loop
from tests.support.ends import Ends, reset
from tests.support.handshakes import shake_hands
from tests.support.raw import TEXT, frame


@pytest.mark.on_proactor
@pytest.mark.parametrize("direction", ["both", "upstream", "downstream"])
async def test_it_acts_in_its_direction(ends: Ends, direction: str) -> None:
    """What passes the other way is left alone, and everything passes once it is removed."""
    (from_server, to_server), (from_client, to_client) = await ends.pair()
    handle = ends.link.add(BlackHole(), direction)  # type: ignore[arg-type]
    to_server.write(b"ask")
    to_client.write(b"tell")
    holds_up, holds_down = direction != "downstream", direction != "upstream"
    await soon(lambda: handle.held == 3 * holds_up + 4 * holds_down)
    if not holds_up:
        assert await from_client.readexactly(3) == b"ask"
    if not holds_down:
        assert await from_server.readexactly(4) == b"tell"
    handle.remove()
    if holds_up:
        assert await from_client.readexactly(3) == b"ask"
    if holds_down:
        assert await from_server.readexactly(4) == b"tell"
    where = "" if direction == "both" else f" {direction}"
    assert ends.link.trace.facts() == [
        "opened",
        f"fault added: BlackHole(){where}",
        f"fault removed: BlackHole(){where}",
    ]
    connection = ends.connection
    assert connection.upstream.enter is None is connection.downstream.enter


@pytest.mark.on_proactor
async def test_it_acts_on_connections_to_come(ends: Ends) -> None:
    """They meet it before they are open, and the handle counts them."""
    await ends.pair()
    handle = ends.link.add(NoOp())
    await ends.pair()
    assert handle.connection_count == 2
    assert ends.link.trace.facts() == [
        "opened",
        "fault added: NoOp()",
        "fault added: NoOp()",
        "opened",
    ]


async def test_it_ends_with_the_block(ends: Ends) -> None:
    """As a context manager it removes itself, also after an error."""
    with pytest.raises(ZeroDivisionError), ends.link.add(Latency(0.3)) as handle:
        assert list(ends.link.faults) == [handle] and handle.is_active
        raise ZeroDivisionError
    assert not ends.link.faults and not handle.is_active
    handle.remove()
    assert repr(handle) == "<Latency(0.3), removed>"


async def test_how_it_is_shown(ends: Ends) -> None:
    """With what differs from a fault that acts on everything."""
    assert repr(ends.link.add(Latency(1))) == "<Latency(1)>"
    some = ends.link.add(Latency(2), "upstream", probability=0.5, first=3)
    assert repr(some) == "<Latency(2) upstream with probability 0.5 on the first 3>"


async def test_the_first_connections(ends: Ends) -> None:
    """With `first`, those that are open count, and later ones are left alone."""
    await ends.pair()
    handle = ends.link.add(NoOp(), first=2)
    for _ in range(3):
        await ends.pair()
    numbers = [each.number for each in ends.link.connections if each.upstream.enter]
    assert numbers == [1, 2] and handle.connection_count == 2


async def test_chance_is_repeatable(ends: Ends) -> None:
    """The same seed chooses the same connections, another one others; all and none are possible."""
    for _ in range(12):
        await ends.pair()

    def chosen(probability: float, seed: int | None) -> list[int]:
        with ends.link.add(NoOp(), probability=probability, seed=seed) as handle:
            found = [each.number for each in ends.link.connections if each.upstream.enter]
            assert handle.connection_count == len(found)
        return found

    assert chosen(0.5, 1) == chosen(0.5, 1) != chosen(0.5, 2)
    assert 0 < len(chosen(0.5, 1)) < 12
    assert (len(chosen(1, 1)), len(chosen(0, 1))) == (12, 0)


async def test_the_same_seed_gives_the_same_fates_in_another_run(ends: Ends) -> None:
    """Who is chosen, and what chance does there, goes by the link's name and the number."""

    async def run() -> list[object]:
        fates: list[object] = []
        async with Link(ends.link.target, "alice") as link:
            chosen = link.add(NoOp(), probability=0.5, seed="seed")
            link.add(Slicer(5, variation=3), "upstream", seed="seed")
            each = Ends(link, ends.arrived, ends.opened)
            for _ in range(5):
                (_, to_server), (from_client, _) = await each.pair()
                pieces: list[int] = []
                connection = link.connections[-1]
                await soon(lambda connection=connection: connection.state == "open")  # type: ignore[misc]
                write = connection.server.transport.write

                def count(data: bytes, pieces: list[int] = pieces, write: Any = write) -> None:
                    pieces.append(len(data))
                    write(data)

                connection.server.transport.write = count  # type: ignore[assignment,method-assign]
                to_server.write(bytes(200))
                await from_client.readexactly(200)
                fates.append((chosen.connection_count, pieces))
        return fates

    first, second = await run(), await run()
    assert first == second
    assert len({str(pieces) for _, pieces in first}) == 5  # type: ignore[misc]


async def test_a_seed_is_drawn_if_none_is_given(ends: Ends) -> None:
    """The handle shows it, so that a run can be repeated."""
    handle = ends.link.add(NoOp(), probability=0.5)
    assert isinstance(handle.scope.seed, int)


@pytest.mark.on_proactor
async def test_a_half_close_and_a_reset_wait_in_a_black_hole(ends: Ends) -> None:
    """The other side hears nothing until it is healed, then both arrive behind the bytes."""
    first, second = await ends.pair(), await ends.pair()
    handle = ends.link.add(BlackHole())
    for client, _ in (first, second):
        client[1].write(b"bye")
    await soon(lambda: handle.held == 6)
    first[0][1].write_eof()
    reset(second[0][1])
    pipes = [each.upstream for each in ends.link.connections]
    await soon(lambda: all(pipe.paused & ENDED for pipe in pipes))
    await turn_loop(5)
    assert [each.state for each in ends.link.connections] == ["open", "open"]
    ends.link.heal()
    assert await asyncio.wait_for(first[1][0].read(), 5) == b"bye"
    with pytest.raises(ConnectionResetError):
        await asyncio.wait_for(second[1][0].readexactly(4), 5)
    first[1][1].write_eof()
    await soon(lambda: not ends.link.connection_count)


@pytest.mark.on_proactor
async def test_what_it_holds_is_bounded(ends: Ends) -> None:
    """Above its limit reading pauses; removed, it lets everything pass, and reading goes on."""
    (_, to_server), (from_client, _) = await ends.pair()
    handle = ends.link.add(BlackHole(), "upstream")
    sent = bytes(range(256)) * 2**15
    to_server.write(sent)
    upstream = ends.connection.upstream
    await soon(lambda: upstream.paused == HELD)
    limit = handle.fault.hold_limit
    assert limit < handle.held <= limit + READ_LIMIT
    handle.remove()
    assert handle.held == 0
    assert await asyncio.wait_for(from_client.readexactly(len(sent)), 20) == sent


@pytest.mark.on_proactor
async def test_back_pressure_stays_true(ends: Ends) -> None:
    """A server that does not read stops the client; what the link keeps is bounded, and passes."""
    (_, to_server), (from_client, to_client) = await ends.pair()
    latency = ends.link.add(Latency(0.01), "upstream")
    to_client.transport.pause_reading()
    sent = bytes(range(256)) * 2**17
    to_server.write(sent)
    upstream, out = ends.connection.upstream, ends.connection.server.transport
    await soon(lambda: upstream.paused == FULL and not latency.held)
    assert out.get_write_buffer_size() <= latency.fault.hold_limit + HIGH_WATER + 2 * READ_LIMIT
    assert to_server.transport.get_write_buffer_size() > 2**23
    to_client.transport.resume_reading()
    assert await asyncio.wait_for(from_client.readexactly(len(sent)), 20) == sent


async def test_a_fault_in_the_middle_goes(ends: Ends) -> None:
    """What it holds meets those that were added after it."""
    (_, to_server), (from_client, _) = await ends.pair()
    hole = ends.link.add(BlackHole(), "upstream")
    second = ends.link.add(BlackHole(seconds=60), "upstream")
    to_server.write(b"hello")
    await soon(lambda: hole.held == 5)
    hole.remove()
    assert (hole.held, second.held) == (0, 5)
    second.remove()
    assert await from_client.readexactly(5) == b"hello"


async def test_other_values(ends: Ends) -> None:
    """They act on connections that live and on those to come; what is held meets them."""
    (_, to_server), (from_client, _) = await ends.pair()
    handle, last = ends.link.add(Latency(60)), ends.link.add(Slicer(100))
    to_server.write(b"hello")
    await soon(lambda: handle.held == 5)
    handle.change(Latency(0.01))
    assert await asyncio.wait_for(from_client.readexactly(5), 5) == b"hello"
    assert list(ends.link.faults) == [handle, last]
    assert handle.fault == Latency(0.01)
    assert "fault changed: Latency(0.01)" in ends.link.trace.facts()
    await ends.pair()
    assert ends.link.trace.facts(2)[0] == "fault added: Latency(0.01)"


async def test_values_that_cannot_be_changed(ends: Ends) -> None:
    """Another kind, an equal one that acts already, and a removed fault: one sentence each."""
    one, other = ends.link.add(Latency(1)), ends.link.add(Latency(2))
    with pytest.raises(LabError, match=r"<Latency\(1\)> cannot become Slicer\(3\)"):
        one.change(Slicer(3))
    with pytest.raises(LabError, match=r"<Latency\(2\)> acts there already"):
        one.change(Latency(2))
    one.change(Latency(1))
    assert (one.fault, other.fault) == (Latency(1), Latency(2))
    one.remove()
    with pytest.raises(LabError, match="removed> cannot become"):
        one.change(Latency(3))


@pytest.mark.on_proactor
async def test_an_act_names_its_fault(ends: Ends) -> None:
    """The record says which fault reset or closed a connection."""
    first, second = await ends.pair(), await ends.pair()
    with ends.link.add(Reset(), "upstream", first=1):
        first[0][1].write(b"hello")
        for reader, _ in first:
            with pytest.raises(ConnectionResetError):
                await asyncio.wait_for(reader.read(), 5)
    with ends.link.add(LimitData(3), "downstream"):
        second[1][1].write(b"hello")
        assert await asyncio.wait_for(second[0][0].read(), 5) == b"hel"
        assert await asyncio.wait_for(second[1][0].read(), 5) == b""
    await soon(lambda: not ends.link.connection_count)
    assert ends.link.trace.facts(1)[-1] == "reset: Reset()"
    assert ends.link.trace.facts(2)[-1] == "closed: LimitData(3) downstream"


@pytest.mark.on_proactor
async def test_a_black_hole_may_end_in_a_cut(ends: Ends) -> None:
    """Both sides read an end; what was held is lost."""
    client, server = await ends.pair()
    client[1].write(b"lost")
    ends.link.add(BlackHole(0.05))
    assert await asyncio.wait_for(client[0].read(), 5) == b""
    assert await asyncio.wait_for(server[0].read(), 5) in (b"", b"lost")
    await soon(lambda: not ends.link.connection_count)
    assert ends.link.trace.facts()[-1] == "cut: BlackHole(0.05)"


async def test_nothing_keeps_a_connection_that_has_ended(ends: Ends) -> None:
    """Its timers are cancelled, and the handle forgets it, though it goes on acting."""
    client, _ = await ends.pair()
    handle = ends.link.add(Latency(1000))
    ends.link.add(BlackHole(1000))
    ends.link.add(SlowClose(1000))
    client[1].write(b"hello")
    await soon(lambda: handle.held == 5)
    connection = weakref.ref(ends.connection)
    ends.connection.cut()
    assert handle.held == 0
    await soon(lambda: not ends.link.connection_count)
    await turn_loop(2)
    gc.collect()
    assert connection() is None
    assert handle.is_active and handle.connection_count == 1


async def test_a_connection_that_is_over_is_left_alone(ends: Ends) -> None:
    """A fault that comes or goes then changes and records nothing."""
    await ends.pair()
    connection = ends.connection
    before = ends.link.add(NoOp())
    connection.cut()
    handle = ends.link.add(Latency(1))
    before.remove()
    assert connection.state == "closing" and handle.connection_count == 0
    assert ends.link.trace.facts() == ["opened", "fault added: NoOp()", "cut"]


async def test_an_end_may_come_while_the_fault_goes(ends: Ends) -> None:
    """A reset that was held ends the connection in the midst of it, and all is forgotten."""
    (_, to_server), (from_client, _) = await ends.pair()
    handle = ends.link.add(BlackHole())
    connection = ends.connection
    reset(to_server)
    await soon(lambda: connection.upstream.paused & ENDED)
    connection.downstream.end(FIN)
    handle.remove()
    with pytest.raises(ConnectionResetError):
        await asyncio.wait_for(from_client.read(), 5)
    await soon(lambda: not ends.link.connection_count)


async def test_the_plug_acts_on_every_connection(ends: Ends) -> None:
    """Down cuts those that live and refuses others, without stages."""
    client, server = await ends.pair()
    handle = ends.link.add(Down())
    assert await client[0].read() == b"" and await server[0].read() == b""
    assert ends.link.state == "cut" and handle.connection_count == 1
    handle.remove()
    await ends.pair()
    assert ends.link.state == "whole"


async def test_a_fault_that_comes_while_the_server_is_dialled(
    ends: Ends, dial: asyncio.Event
) -> None:
    """It acts on what passes then, and what came early passes if it goes before."""
    streams = [await asyncio.open_connection(ends.link.host, ends.link.port) for _ in range(2)]
    ends.opened += [writer for _, writer in streams]
    await soon(lambda: all(each.client_port for each in ends.link.connections))
    for _, writer in streams:
        writer.write(b"early")
    with ends.link.add(BlackHole(), "upstream"):
        pass
    hole = ends.link.add(BlackHole(), "upstream", first=1)
    dial.set()
    arrived = [await asyncio.wait_for(ends.arrived.get(), 5) for _ in streams]
    ends.opened += [writer for _, writer in arrived]
    got = [asyncio.ensure_future(reader.readexactly(5)) for reader, _ in arrived]
    await asyncio.wait(got, timeout=5, return_when=asyncio.FIRST_COMPLETED)
    assert hole.held == 5 and [each.done() for each in got].count(True) == 1
    hole.remove()
    assert await asyncio.wait_for(asyncio.gather(*got), 5) == [b"early", b"early"]


@pytest.mark.on_proactor
async def test_an_act_while_the_server_is_dialled(ends: Ends, dial: asyncio.Event) -> None:
    """It ends the connection, and the server never sees it."""
    ends.link.add(BlackHole(0))
    reader, writer = await asyncio.open_connection(ends.link.host, ends.link.port)
    ends.opened.append(writer)
    assert await asyncio.wait_for(reader.read(), 5) == b""
    await soon(lambda: not ends.link.connection_count)
    dial.set()
    await turn_loop(5)
    assert ends.arrived.empty()
    assert ends.link.trace.facts() == ["fault added: BlackHole(0)", "cut: BlackHole(0)"]


@pytest.mark.on_proactor
async def test_a_connection_that_is_half_closed(ends: Ends) -> None:
    """A fault acts on the way that is still open, and its going ends nothing."""
    (from_server, to_server), (from_client, to_client) = await ends.pair()
    to_server.write_eof()
    assert await from_client.read() == b""
    hole = ends.link.add(BlackHole())
    to_client.write(b"answer")
    await soon(lambda: hole.held == 6)
    hole.remove()
    assert await from_server.readexactly(6) == b"answer"
    to_client.write_eof()
    assert await from_server.read() == b""
    await soon(lambda: not ends.link.connection_count)


@pytest.mark.on_proactor
async def test_a_fault_on_a_connection_whose_client_is_gone(ends: Ends) -> None:
    """While the reset still waits, another fault may come: the reset meets it, and arrives."""
    (_, to_server), (from_client, to_client) = await ends.pair()
    hole = ends.link.add(BlackHole())
    reset(to_server)
    connection = ends.connection
    await soon(lambda: not connection.client.connected)
    latency = ends.link.add(Latency(0.01))
    to_client.write(b"nobody hears it")
    hole.remove()
    with pytest.raises(ConnectionResetError):
        await asyncio.wait_for(from_client.read(), 5)
    await soon(lambda: not ends.link.connection_count)
    assert latency.held == 0


async def dropped(ends: Ends, handle: FaultHandle) -> list[bool]:
    """Send twenty messages over a new connection, and return which of them a fault has dropped."""
    (_, to_server), (from_client, _) = await shake_hands(ends)
    found, end = list[bool](), frame(TEXT, b"end")
    for _ in range(20):
        before = handle.message_count
        to_server.write(frame(TEXT, b"message") + end)
        await from_client.readuntil(end)
        found.append(handle.message_count > before)
    return found


async def test_chance_and_count_of_message_faults(ends: Ends) -> None:
    """They count messages, those of all connections, and act on every connection."""
    handle = ends.link.add(Drop(text="message"), "upstream", first=5, probability=0.5, seed=3)
    first, second = await dropped(ends, handle), await dropped(ends, handle)
    assert first.count(True) == 5 and not any(second)
    assert (handle.message_count, handle.connection_count) == (5, 2)


async def test_chance_of_messages_is_repeatable(ends: Ends) -> None:
    """By the seed of the fault, or of `link.add`: the same connections have the same fates."""
    fates = []
    for seeds in ({"seed": 1}, {"seed": 1}, {"seed": 2}):
        async with Link(ends.link.target, "again") as link:
            chosen = Ends(link, ends.arrived, ends.opened)
            handle = link.add(Drop(text="message", probability=0.5, **seeds), "upstream", seed=9)
            fates.append([await dropped(chosen, handle) for _ in range(2)])
    assert fates[0] == fates[1] != fates[2]
    assert fates[0][0] != fates[0][1]


async def test_a_message_fault_changes(ends: Ends) -> None:
    """It counts anew, and what it kept for itself passes."""
    (_, to_server), (from_client, _) = await shake_hands(ends)
    handle = ends.link.add(Drop(text="message", nth=2), "upstream")
    held = ends.link.add(Reorder(text="one"), "upstream")
    message, one = frame(TEXT, b"message"), frame(TEXT, b"one")
    to_server.write(message + one)
    assert await from_client.readexactly(len(message)) == message
    assert held.held == len(one)
    held.change(Reorder(text="two"))
    assert await from_client.readexactly(len(one)) == one and held.held == 0
    handle.change(Drop(text="message", nth=1))
    to_server.write(message + one)
    assert await from_client.readexactly(len(one)) == one
    assert handle.message_count == 1


@pytest.mark.on_proactor
async def test_both_peers_may_have_left_before_the_fault_goes(ends: Ends) -> None:
    """Then what was held arrives nowhere, and the connection is gone."""
    client, server = await ends.pair()
    hole = ends.link.add(BlackHole())
    for _, writer in (client, server):
        writer.write(b"are you there?")
        writer.close()
    connection = ends.connection
    await soon(lambda: connection.upstream.paused & connection.downstream.paused & ENDED)
    assert hole.held == 28
    hole.remove()
    await soon(lambda: not ends.link.connection_count)


async def test_how_long_what_it_holds_will_wait(ends: Ends) -> None:
    """As long as in the pipe that holds longest; without an end in a black hole."""
    (_, to_server), _ = await ends.pair()
    narrow = ends.link.add(Bandwidth(1000), "upstream")
    assert narrow.held_for == 0
    to_server.write(b"x" * 9000)
    await soon(lambda: narrow.held > 8000)
    assert 7 < narrow.held_for <= 9
    narrow.remove()
    hole = ends.link.add(BlackHole())
    to_server.write(b"x")
    await soon(lambda: hole.held == 1)
    assert hole.held_for == math.inf
