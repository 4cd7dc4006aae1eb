"""What carries out a fault's decisions, by a clock that the test turns."""

from __future__ import annotations

import math
from collections.abc import Sequence

import pytest

from labkit.faults import BlackHole, Latency
from labkit.faults.fault import WAKE, Act, ByteFault, Decision, Live, Random
from labkit.links.fault_stage import CLOCK_TICK
from labkit.protocols.stream import FIN, RST
from tests.support.turned_clock import Line


class Scripted(ByteFault):
    """A fault that decides what the test says."""

    def __init__(self, *decisions: Decision, begin: Sequence[Decision] = ()) -> None:
        self.decisions, self.at_begin = decisions, begin

    def live(self, random: Random) -> Live:
        """Return a live part that always decides the same."""
        live = Live()
        live.begin = lambda now: self.at_begin  # type: ignore[method-assign]
        live.data = lambda data, now: self.decisions  # type: ignore[method-assign,assignment]
        return live


def test_the_order_is_kept() -> None:
    """What is due earlier than something before it passes with that."""
    line = Line(Scripted((2.0, b"a"), (1.0, b"b"), (3.0, FIN)))
    line.send(b"x", at=0)
    assert line.passed_by(9) == [(2.0, b"a"), (2.0, b"b"), (3.0, FIN)]


def test_one_timer_is_enough() -> None:
    """However much waits, only the first item has a timer."""
    line = Line(Latency(1))
    for number in range(100):
        line.send(b"a", at=number / 1000)
    assert len(line.loop.timers) == 1
    line.loop.turn_to(1.05)
    assert len(line.loop.timers) == 1
    line.loop.turn_to(9)
    assert len(line.passed) == 100 and not line.loop.timers


def test_a_late_timer_passes_all_that_is_due() -> None:
    """Nothing waits longer because the loop was busy."""
    line = Line(Latency(1))
    for number in range(10):
        line.send(b"a", at=number / 10)
    line.loop.now = 1.55
    line.loop.turn_to(1.55)
    assert [when for when, _ in line.passed] == [1.55] * 6


def test_a_timer_may_run_one_tick_of_the_clock_early() -> None:
    """On such a clock it would run again and again until the tick is over."""
    line = Line(Latency(1))
    line.send(b"a", at=0)
    (timer,) = line.loop.timers
    line.loop.now = 1 - CLOCK_TICK / 2
    timer.cancel()
    timer.call()
    assert len(line.passed) == 1 and not line.loop.timers


def test_what_never_is_due_waits_without_a_timer() -> None:
    """And so does all that comes behind it."""
    line = Line(Scripted((math.inf, b"a"), (0.0, b"b")))
    line.send(b"x")
    assert line.passed_by(1e9) == [] and not line.loop.timers
    assert line.stage.held == 2


def test_an_act_overtakes() -> None:
    """It is done at its time, whatever is held, and not before the loop turns."""
    line = Line(Scripted((math.inf, b"a"), (0.0, Act.CUT), (2.0, Act.RESET)))
    line.send(b"x")
    assert line.acts == []
    line.loop.turn_to(9)
    assert line.acts == [(0.0, Act.CUT), (2.0, Act.RESET)]


def test_a_fault_may_begin_by_itself() -> None:
    """Without anything passing."""
    line = Line(Scripted(begin=((3.0, Act.CUT),)))
    line.loop.turn_to(9)
    assert line.acts == [(3.0, Act.CUT)]


def test_a_live_part_is_asked_again() -> None:
    """At the time that it named last, with one timer, and it may name another one."""
    fault = Scripted((5.0, WAKE), begin=((1.0, WAKE), (3.0, WAKE)))
    line = Line(fault)
    asked: list[float] = []

    def wake(now: float) -> Sequence[Decision]:
        asked.append(round(now, 6))
        return ((now, b"passes"), (7.0, WAKE)) if len(asked) == 1 else ()

    line.stage._live.wake = wake  # type: ignore[method-assign]
    assert len(line.loop.timers) == 1
    line.send(b"x", at=2)
    assert len(line.loop.timers) == 1
    assert line.passed_by(9) == [(5.0, b"passes")] and asked == [5, 7]
    assert not line.loop.timers


def test_nobody_is_asked_behind_the_end() -> None:
    """Whether the fault goes, or the connection."""
    for leave in ("release", "drop"):
        line = Line(Scripted(begin=((1.0, WAKE),)))
        getattr(line.stage, leave)()
        assert not line.loop.timers


def test_each_change_of_what_is_held_is_reported_once() -> None:
    """Also where many items pass at a time; ends have no size."""
    line = Line(Latency(1))
    line.send(b"ab", at=0)
    line.send(b"c", at=0)
    line.send(FIN, at=0)
    assert line.reports == 2
    line.loop.turn_to(1)
    assert line.reports == 3 and line.stage.held == 0
    line = Line(BlackHole())
    line.send(b"ab", b"c")
    line.stage.release()
    assert line.reports == 3
    line.stage.release()
    assert line.reports == 3


@pytest.mark.parametrize("let_pass", ["push", "timer", "release"])
def test_an_item_that_ends_the_connection_is_the_last(let_pass: str) -> None:
    """When it passes, the connection drops its stages, this one too: nothing is left in it."""
    due = {"push": 0.0, "timer": 1.0, "release": math.inf}[let_pass]
    line = Line(Scripted((due, RST), (due, b"late"), (5.0, b"later"), (6.0, Act.CUT)))
    passed = line.stage.pass_on

    def end(item: object) -> None:
        passed(item)  # type: ignore[arg-type]
        line.stage.drop()

    line.stage.pass_on = end
    line.send(b"x")
    if let_pass == "release":
        line.stage.release()
    line.loop.turn_to(4)
    assert [item for _, item in line.passed] == [RST]
    assert not line.loop.timers and line.stage.held == 0
    line.send(b"y")
    assert len(line.passed) == 1 and not line.loop.timers


def test_other_values_decide_anew() -> None:
    """What waits meets them as if it came now, in its order; old timers are gone."""
    line = Line(Latency(10))
    line.send(b"ab", at=0)
    line.send(b"c", FIN, at=1)
    line.loop.turn_to(2)
    reports = line.reports
    line.stage.change(Latency(0.5).live(lambda: 0.5), 7)
    assert (line.stage.held, line.stage.limit) == (3, 7)
    line.send(b"d", at=2.1)
    assert line.passed_by(20) == [(2.5, b"ab"), (2.5, b"c"), (2.5, FIN), (2.6, b"d")]
    assert len(line.loop.timers) == 0 and line.reports > reports


def test_other_values_may_let_pass_at_once() -> None:
    """Then what waited goes, and that is reported."""
    line = Line(BlackHole(5))
    line.send(b"ab")
    line.stage.change(Live(), 7)
    assert line.passed == [(0.0, b"ab")] and line.reports == 2
    line.loop.turn_to(9)
    assert line.acts == []


def test_other_values_begin_to_act() -> None:
    """What they do by themselves counts from the change."""
    line = Line(BlackHole())
    line.loop.turn_to(3)
    line.stage.change(BlackHole(5).live(lambda: 0.5), 7)
    line.loop.turn_to(20)
    assert line.acts == [(8.0, Act.CUT)]


@pytest.mark.parametrize("factor", [0.1, 7.0])
def test_seconds_are_those_of_the_lab(factor: float) -> None:
    """A scaled lab has scaled faults, for items and for acts."""
    line = Line(Latency(2), scale=factor)
    line.send(b"a", at=5.0)
    assert line.passed_by(100) == [(round(5 + 2 * factor, 9), b"a")]
    line = Line(BlackHole(2), scale=factor)
    line.loop.turn_to(100)
    assert line.acts == [(2 * factor, Act.CUT)]


def test_how_long_what_is_held_will_wait() -> None:
    """Until the last of it is due; without an end if only the fault's removal lets it pass."""
    line = Line(Latency(3))
    assert line.stage.held_for == 0
    line.send(b"first", at=1)
    line.send(b"second", at=2)
    assert line.stage.held_for == 3
    line.passed_by(4.5)
    assert line.stage.held_for == 0.5
    hole = Line(BlackHole())
    hole.send(b"held")
    assert hole.stage.held_for == math.inf
