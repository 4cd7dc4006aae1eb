"""The faults on a link."""

from __future__ import annotations

import asyncio
import random
import re

import pytest

from labkit.exceptions import LabError
from labkit.faults import (
    Bandwidth,
    BlackHole,
    Down,
    Drop,
    Fault,
    Latency,
    LimitConnections,
    NoOp,
    RotateConnections,
    Slicer,
    SlowClose,
)
from labkit.faults.scope import Scope
from labkit.links import Link
from labkit.links.fault_handle import FaultHandle
from labkit.links.side import Side
from tests.conftest import soon, turn_loop
from tests.support.ends import Ends, Streams, reset
from tests.support.handshakes import shake_hands


async def test_it_lists_what_acts(ends: Ends) -> None:
    """In the order of addition, as a sequence; those that were removed are gone."""
    faults = ends.link.faults
    assert repr(faults) == "<LinkFaults: none>" and not faults
    first, second = ends.link.add(Latency(1)), faults.add(NoOp(), "upstream")
    assert list(faults) == [first, second] == faults[:] and faults[0] is first
    assert repr(faults) == "<LinkFaults: <Latency(1)>, <NoOp() upstream>>"
    for handle in faults:
        handle.remove()
    assert len(faults) == 0


async def test_heal_removes_everything(ends: Ends) -> None:
    """The plug's fault, too."""
    handles = [ends.link.add(each) for each in (Latency(1), Down(), NoOp())]
    ends.link.heal()
    assert ends.link.state == "whole" and not ends.link.faults
    assert not any(handle.is_active for handle in handles)


async def test_restore_puts_the_plug_back_and_nothing_else(ends: Ends) -> None:
    """Other faults go on acting."""
    latency = ends.link.add(Latency(1))
    ends.link.cut()
    ends.link.cut()
    assert len(ends.link.faults) == 2
    ends.link.restore()
    ends.link.restore()
    assert list(ends.link.faults) == [latency] and ends.link.state == "whole"


async def test_each_change_is_notified(ends: Ends) -> None:
    """Whoever shows the link sees a fault come, change and go."""
    seen: list[str] = []
    ends.link.changes.subscribe(lambda: seen.append(repr(ends.link.faults)))
    handle = ends.link.add(Latency(1))
    handle.change(Latency(2))
    handle.remove()
    shown = ("<Latency(1)>", "<Latency(2)>", "none")
    assert seen == [f"<LinkFaults: {each}>" for each in shown]


async def test_a_closed_link(ends: Ends) -> None:
    """Faults end with the link, and none can be added to it any more."""
    await ends.pair()
    handle = ends.link.add(BlackHole())
    await ends.link.close()
    assert not handle.is_active and not ends.link.faults
    with pytest.raises(LabError, match=r"The link 'link' is closed, so no fault can act on it\."):
        ends.link.add(Latency(1))
    with pytest.raises(LabError, match="closed"):
        Link(ends.link.target, "new").add(Latency(1))


async def test_an_equal_fault_in_the_same_direction(ends: Ends) -> None:
    """It is refused; with other values, or the other way, it is not."""
    ends.link.add(Latency(1), "upstream")
    ends.link.add(Latency(1), "downstream")
    ends.link.add(Latency(2))
    for direction in ("both", "upstream"):
        with pytest.raises(LabError, match=r"<Latency\(1\) upstream> acts there already"):
            ends.link.add(Latency(1.0), direction)  # type: ignore[arg-type]
    assert len(ends.link.faults) == 3


async def test_a_fault_on_several_links(ends: Ends) -> None:
    """One link may be rid of it alone; removed, it acts nowhere."""
    async with Link(ends.link.target, "other") as other:
        handle = FaultHandle(Latency(1), Scope())
        ends.link.faults.put(handle)
        other.faults.put(handle)
        ends.link.heal()
        assert not ends.link.faults and list(other.faults) == [handle] and handle.is_active
        handle.remove()
        assert not other.faults and not handle.is_active


async def test_a_connection_whose_client_is_not_there_yet(
    ends: Ends, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A fault that comes between the system's accept and the loop's turn acts on it once."""
    accept, handles = Link._accept, list[FaultHandle]()

    def add_at_once(link: Link) -> Side:
        side = accept(link)
        handles.append(link.add(NoOp()))
        return side

    monkeypatch.setattr(Link, "_accept", add_at_once)
    async with Link(ends.link.target, "another") as link:
        _, writer = await asyncio.open_connection(link.host, link.port)
        ends.opened += [writer, (await asyncio.wait_for(ends.arrived.get(), 5))[1]]
        assert handles[0].connection_count == 1
        assert link.trace.facts() == ["fault added: NoOp()", "opened"]


async def test_what_cannot_act_on_an_open_connection(ends: Ends) -> None:
    """A message fault is refused with the reason, and nothing is changed."""
    await ends.pair()
    await shake_hands(ends)
    with pytest.raises(
        LabError,
        match=r"^Drop\(event='a'\) cannot act on connection 2 of 'link': there are no events",
    ):
        ends.link.add(Drop(event="a"))
    assert not ends.link.faults and "Drop" not in str(ends.link.trace.facts())


@pytest.mark.exhaustive
@pytest.mark.on_proactor
async def test_faults_come_and_go_while_bytes_pass(ends: Ends) -> None:
    """1000 times, up to five at once: all of 65 535 small writes arrive in order."""
    (_, to_server), (from_client, _) = await ends.pair()
    chance, sent = random.Random(1), b"".join(b"%04x" % number for number in range(65_535))
    kinds: list[Fault] = [
        Latency(0.002),
        Latency(0.001, jitter=0.001),
        Bandwidth(2_000_000),
        BlackHole(),
        Slicer(3),
        SlowClose(1),
        NoOp(),
    ]

    async def write() -> None:
        for at in range(0, len(sent), 4):
            to_server.write(sent[at : at + 4])
            if at % 400 == 0:
                await turn_loop()
        to_server.write_eof()

    async def damage() -> None:
        acting: list[FaultHandle] = []
        for _ in range(1000):
            free = [each for each in kinds if each not in [handle.fault for handle in acting]]
            acting.append(ends.link.add(chance.choice(free), chance.choice(["upstream", "both"])))
            if len(acting) == 5:
                acting.pop(chance.randrange(5)).remove()
            await turn_loop()
        ends.link.heal()

    got, _, _ = await asyncio.wait_for(
        asyncio.gather(from_client.read(), write(), damage()), timeout=60
    )
    assert got == sent
    assert not ends.link.faults


BAD = [
    (lambda link: link.add(Latency(-1)), "seconds must be a number from 0"),
    (lambda link: link.add(Latency(float("nan"))), "seconds must be a number from 0"),
    (lambda link: link.add(Latency("soon")), "seconds must be a number from 0"),
    (lambda link: link.add(NoOp(), probability=2), "probability must be a number from 0 to 1"),
    (lambda link: link.add(NoOp(), probability=float("nan")), "probability must be a number"),
    (lambda link: link.add(NoOp(), "up"), "direction must be"),
    (lambda link: link.add(NoOp(), first=0), "first must be a whole number"),
    (lambda link: link.add(NoOp(), seed=[]), "seed must be a whole number or a text"),
    (lambda link: link.add(BlackHole()), "acts there already"),
    (lambda link: link.add(BlackHole(), "upstream"), "acts there already"),
    (lambda link: link.add(Down(), "upstream"), "Down() cuts the whole link"),
    (lambda link: link.add(Latency), "is a kind of fault"),
    (lambda link: link.add(0.3), "Only a fault can be added"),
    (lambda link: link.add(link.add), "Only a fault can be added"),
    (lambda link: link.faults[0].change(Latency(1)), "cannot become Latency(1)"),
    (lambda link: link.faults[0].change(None), "cannot become None"),
]


async def test_bad_input_changes_nothing(ends: Ends) -> None:
    """Each gets one sentence or two; nothing acts that did not act before, and nothing is noted."""
    await ends.pair()
    ends.link.add(BlackHole())
    facts, shown = ends.link.trace.facts(), repr(ends.link.faults)
    for bad, said in BAD:
        with pytest.raises(LabError, match=re.escape(said)) as caught:
            bad(ends.link)
        assert str(caught.value)[-1] in ".`)" and str(caught.value).count(". ") <= 1
        assert (repr(ends.link.faults), ends.link.trace.facts()) == (shown, facts)
    assert ends.link.state == "whole"


def waiting(link: Link) -> int:
    """Return how many connections had to wait until now."""
    return sum("waits: " in fact for fact in link.trace.facts())


async def open_many(ends: Ends, count: int) -> list[Streams]:
    """Connect to a link, and return when it has all of them."""
    link = ends.link
    before = link.connection_count
    streams = [await asyncio.open_connection(link.host, link.port) for _ in range(count)]
    ends.opened += [writer for _, writer in streams]
    await soon(lambda: link.connection_count == before + count)
    return streams


async def next_byte(ends: Ends) -> bytes:
    """Return what the next connection sends that the server gets."""
    reader, writer = await asyncio.wait_for(ends.arrived.get(), 5)
    ends.opened.append(writer)
    return await reader.readexactly(1)


@pytest.mark.on_proactor
async def test_only_so_many_are_let_in(ends: Ends) -> None:
    """The others wait, and each that ends lets in the one that waits longest."""
    (_, first), _ = await ends.pair()
    handle = ends.link.add(LimitConnections(2))
    clients = await open_many(ends, 3)
    for number, (_, writer) in enumerate(clients):
        writer.write(b"%d" % number)
    assert await next_byte(ends) == b"0"
    await soon(lambda: waiting(ends.link) == 2)
    assert handle.connection_count == 2 and ends.arrived.empty()
    reset(first)
    assert await next_byte(ends) == b"1"
    reset(clients[1][1])
    assert await next_byte(ends) == b"2"
    assert handle.connection_count == 2


async def test_who_waits_and_leaves_is_not_let_in(ends: Ends) -> None:
    """A reset is noticed though nobody reads."""
    await ends.pair()
    ends.link.add(LimitConnections(1))
    first, second = await open_many(ends, 2)
    second[1].write(b"2")
    await soon(lambda: waiting(ends.link) == 2)
    reset(first[1])
    ends.link.sweep()
    await soon(lambda: ends.link.connection_count == 2)
    ends.link.connections[0].cut()
    assert await next_byte(ends) == b"2"


@pytest.mark.parametrize("how", ["remove", "change", "heal"])
async def test_who_waits_is_let_in_when_the_fault_allows_it(ends: Ends, how: str) -> None:
    """When it goes, or has another number."""
    await ends.pair()
    handle = ends.link.add(LimitConnections(1))
    for number, (_, writer) in enumerate(await open_many(ends, 2)):
        writer.write(b"%d" % number)
    await soon(lambda: waiting(ends.link) == 2)
    if how == "change":
        handle.change(LimitConnections(3))
    else:
        (handle.remove if how == "remove" else ends.link.heal)()
    assert {await next_byte(ends), await next_byte(ends)} == {b"0", b"1"}


async def test_two_limits(ends: Ends) -> None:
    """The stricter one counts, and who waits is let in only if neither says no."""
    ends.link.add(LimitConnections(2))
    strict = ends.link.add(LimitConnections(1))
    for _, writer in await open_many(ends, 3):
        writer.write(b"a")
    await next_byte(ends)
    await soon(lambda: waiting(ends.link) == 2)
    strict.remove()
    await next_byte(ends)
    assert ends.arrived.empty() and ends.link.inside == 2


async def test_where_a_connection_leads(ends: Ends) -> None:
    """The fault that was added last decides, and without one the link's own target."""
    host, port = ends.link.target()
    nobody = ends.link.add(RotateConnections(("ws://127.0.0.1:1/",)))
    last = ends.link.add(RotateConnections((f"ws://{host}:{port}/",)))
    await ends.pair()
    assert (last.connection_count, nobody.connection_count) == (1, 0)
    last.remove()
    ((reader, _),) = await open_many(ends, 1)
    with pytest.raises(ConnectionResetError):
        await reader.read(1)
    ends.link.heal()
    assert ends.link.faults.choose_server() is None
