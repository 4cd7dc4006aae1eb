"""A list of faults, wherever they act."""

from __future__ import annotations

import pytest

from labkit.exceptions import LabError
from labkit.faults import CutBeforeAck, Down, Latency, NoOp, Reset, Schedule, Step
from labkit.faults.scope import Scope
from labkit.links.fault_list import check_addition
from labkit.observable import Observable
from tests.support.fault_lists import Nowhere


def test_it_is_a_sequence() -> None:
    """In the order of addition; while somebody looks through it, faults may go."""
    faults = Nowhere(Observable())
    first, second = faults.add(Latency(1)), faults.add(NoOp(), "upstream")
    assert list(faults) == [first, second] == faults[:] and faults[0] is first
    assert repr(faults) == "<Nowhere: <Latency(1)>, <NoOp() upstream>>"
    assert str(faults) == "Latency(1), NoOp() upstream"
    for handle in faults:
        handle.remove()
    assert len(faults) == 0 and repr(faults) == "<Nowhere: none>"


def test_what_is_not_here_cannot_go() -> None:
    """To discard a fault twice changes nothing, and notifies nobody."""
    faults, reports = Nowhere(Observable()), list[int]()
    handle = faults.add(NoOp())
    faults.changes.subscribe(lambda: reports.append(len(faults)))
    faults.discard(handle)
    faults.discard(handle)
    assert reports == [0]


def test_bad_values_change_nothing() -> None:
    """Each gets its sentence, and the faults stay as they are."""
    faults = Nowhere(Observable())
    faults.add(Latency(1))
    for arguments, values in [
        ((Latency(1),), {}),
        ((Latency(2), "up"), {}),
        ((Latency(2),), {"probability": 2}),
        ((Latency,), {}),
    ]:
        with pytest.raises(LabError):
            faults.add(*arguments, **values)  # type: ignore[arg-type]
        assert repr(faults) == "<Nowhere: <Latency(1)>>"


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


def test_a_cut_before_an_answer_has_no_direction() -> None:
    """It sees both."""
    check_addition(CutBeforeAck(), Scope(), [])
    with pytest.raises(LabError, match="in the other: leave direction out"):
        check_addition(CutBeforeAck(), Scope("upstream"), [])


async def test_only_a_schedule_is_followed() -> None:
    """Anything else gets its sentence, as does one that begins with a fault that acts already."""
    faults = Nowhere(Observable())
    faults.add(Latency(1))
    with pytest.raises(LabError, match=r"Only a schedule can be followed, .*, not Reset\(\)"):
        faults.follow(Reset())  # type: ignore[arg-type]
    with pytest.raises(LabError, match=r"<Latency\(1\)> acts there already"):
        faults.follow(Schedule(Step(0, Reset()), Step(0, Latency(1))))
    assert str(faults) == "Latency(1)"


async def test_heal_stops_what_follows_a_schedule() -> None:
    """Nothing acts, and nothing comes any more."""
    faults = Nowhere(Observable())
    runs = [faults.follow(Schedule(Step(0, Reset()), Step(9, fault))) for fault in (Down(),)]
    runs.append(faults.follow(Schedule(Step(1, NoOp()))))
    assert str(faults) == "Reset()"
    faults.heal()
    assert not faults and not any(run.is_running for run in runs)
