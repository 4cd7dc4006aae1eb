"""The faults on a link."""

from __future__ import annotations

import asyncio

import pytest

from labkit.exceptions import LabError
from labkit.faults import BlackHole, Down, Latency, NoOp
from labkit.faults.scope import Scope
from labkit.links import Link
from labkit.links.fault_handle import FaultHandle
from labkit.links.fault_list import check_addition
from labkit.links.side import Side
from tests.support.ends import Ends


async def test_it_lists_what_acts(ends: Ends) -> None:
    """In the order of addition, as a sequence; those that were removed are gone."""
    faults = ends.link.faults
    assert repr(faults) == "<FaultList: none>" and not faults
    first, second = ends.link.add(Latency(1)), faults.add(NoOp(), "upstream")
    assert list(faults) == [first, second] == faults[:] and faults[0] is first
    assert repr(faults) == "<FaultList: <Latency(1)>, <NoOp() upstream>>"
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
    assert seen == [f"<FaultList: {each}>" for each in shown]


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


def test_no_fault() -> None:
    """A class, something else, a missing await: one sentence says what to add."""
    for wrong, said in (
        (Latency, r"^Latency is a kind of fault: add Latency\(\.\.\.\)\.$"),
        ("latency", r"^Only a fault can be added to a link, .*, not 'latency'\."),
        (None, "^Only a fault can be added"),
    ):
        with pytest.raises(LabError, match=said):
            check_addition(wrong, Scope(), [])


@pytest.mark.parametrize(
    "scope", [Scope("upstream"), Scope(probability=0.5), Scope(first=1), Scope(seed=1)], ids=repr
)
def test_the_plug_is_pulled_or_not(scope: Scope) -> None:
    """Down takes no direction, chance or count."""
    with pytest.raises(LabError, match=r"^Down\(\) cuts the whole link: it has no direction"):
        check_addition(Down(), scope, [])
