"""A list of faults, wherever they act."""

from __future__ import annotations

import pytest

from labkit.exceptions import LabError
from labkit.faults import CutBeforeAck, Down, Latency, NoOp, Reset, Schedule, Step
from labkit.faults.scope import Scope
from labkit.links.fault_list import check_addition
from labkit.observable import Observable
from tests.support.fault_lists import Nowhere
from tests.support.turned_clock import TurnedLoop


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


async def test_the_plug_is_put_back_alone() -> None:
    """`restore` removes what pulled it, and nothing else."""
    faults = Nowhere(Observable())
    latency = faults.add(Latency(1))
    faults.add(Down())
    assert faults.is_down
    faults.restore()
    faults.restore()
    assert list(faults) == [latency] and not faults.is_down


@pytest.fixture
async def loop(monkeypatch: pytest.MonkeyPatch) -> TurnedLoop:
    """Count seconds down by a clock that the test turns."""
    loop = TurnedLoop()
    monkeypatch.setattr("labkit.links.countdown.asyncio.get_running_loop", lambda: loop)
    return loop


async def test_everything_is_healed_later(loop: TurnedLoop) -> None:
    """Each second is notified, wherever the faults act; one that came in between goes, too."""
    faults, elsewhere = Nowhere(Observable()), Nowhere(Observable())
    seen: list[int | None] = []
    handle = faults.add(NoOp())
    elsewhere.put(handle)
    elsewhere.changes.subscribe(lambda: seen.append(elsewhere.time_left(handle)))
    faults.heal(after=2.5)
    assert faults.time_left(handle) == faults.heals_in == 3 and elsewhere.heals_in is None
    faults.add(Latency(1))
    loop.turn_to(2.4)
    assert len(faults) == 2
    loop.turn_to(2.5)
    assert seen == [3, 2, 1]
    assert not faults and faults.heals_in is None and not loop.timers


async def test_another_heal_takes_its_place(loop: TurnedLoop) -> None:
    """Sooner, later, or now; and nothing is counted when the last fault has gone by itself."""
    faults = Nowhere(Observable())
    faults.add(NoOp())
    faults.heal(after=9)
    faults.heal(after=2)
    assert faults.heals_in == 2
    faults.heal()
    assert not faults and faults.heals_in is None and not loop.timers
    handle = faults.add(NoOp())
    faults.heal(after=5)
    handle.remove()
    assert faults.heals_in is None and not loop.timers


async def test_what_cannot_be_healed_later(loop: TurnedLoop) -> None:
    """A bad number of seconds, or no fault: one sentence, and what was planned stays planned."""
    faults = Nowhere(Observable())
    faults.heal()
    with pytest.raises(LabError, match=r"^No fault acts there"):
        faults.heal(after=1)
    faults.add(NoOp())
    faults.heal(after=3)
    for wrong in (-1, float("nan"), "soon", True):
        with pytest.raises(LabError, match=r"^after must be a number from 0"):
            faults.heal(after=wrong)  # type: ignore[arg-type]
    assert faults.heals_in == 3 and len(faults) == 1


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
