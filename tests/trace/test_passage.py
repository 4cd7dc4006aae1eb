"""When bytes left a link, by a clock that the test turns."""

from __future__ import annotations

import pytest

from labkit.trace import passage as module
from labkit.trace.passage import MAX_KEPT, Left, Passage


class Time:
    """Stands for `time`, at a moment that the test chooses."""

    now = 0.0

    def perf_counter(self) -> float:
        """Return the moment."""
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Time:
    """Replace the clock of passages."""
    clock = Time()
    monkeypatch.setattr(module, "time", clock)
    return clock


def test_a_message_leaves_with_its_last_byte(clock: Time) -> None:
    """Until then it is held, however much of it has left."""
    passage = Passage(10)
    clock.now = 2.0
    passage.left(4)
    assert passage.look_up(14, 1.0) == Left("passed", 2.0)
    assert passage.look_up(15, 1.0) == Left("held", None)
    clock.now = 3.0
    passage.left(1)
    assert passage.look_up(15, 1.0) == Left("passed", 3.0)
    assert passage.look_up(14, 1.0) == Left("passed", 2.0)


def test_what_faults_did_not_touch_left_as_it_entered(clock: Time) -> None:
    """Before the first fault, between two, and behind the last one."""
    passage = Passage(10)
    clock.now = 5.0
    passage.left(10)
    passage.pause(20)
    passage.resume(30)
    clock.now = 7.0
    passage.left(10)
    passage.pause(40)
    entered = 1.0
    times = {stop: passage.look_up(stop, entered).time for stop in (10, 20, 30, 40, 50)}
    assert times == {10: entered, 20: 5.0, 30: entered, 40: 7.0, 50: entered}


def test_resuming_twice_changes_nothing(clock: Time) -> None:
    """A second fault that acts beside the first one continues its span."""
    passage = Passage(0)
    passage.left(5)
    passage.resume(10)
    clock.now = 1.0
    passage.left(5)
    assert passage.look_up(10, 0.5) == Left("passed", 1.0)


def test_what_is_held_when_the_connection_ends_is_lost() -> None:
    """It will never leave, which is not to be confused with waiting."""
    passage = Passage(0)
    passage.left(5)
    passage.close()
    assert passage.look_up(6, 0.0) == Left("lost", None)


def test_a_dropped_message_never_leaves(clock: Time) -> None:
    """Those behind it do, at their own time, though fewer bytes left than entered."""
    passage = Passage(0)
    for stop, size in ((10, 10), (20, 0), (30, 10)):
        passage.expect(stop, size)
    passage.mark(20, "dropped")
    clock.now = 1.0
    passage.left(10)
    clock.now = 2.0
    passage.left(10)
    found = [passage.look_up(stop, 0.0) for stop in (10, 20, 30)]
    assert found == [Left("passed", 1.0), Left("dropped", None), Left("passed", 2.0)]


def test_bytes_follow_as_they_came_behind_messages_that_were_expected(clock: Time) -> None:
    """When no fault gives messages an order any more, offsets count on from the last one."""
    passage = Passage(0)
    passage.expect(10, 0)
    passage.left(5)
    clock.now = 1.0
    passage.left(5)
    assert passage.look_up(20, 0.0) == Left("passed", 1.0)
    assert passage.look_up(15, 0.0) == Left("passed", 0.0)


def test_a_duplicate_left_when_its_first_copy_did(clock: Time) -> None:
    """The second copy changes nothing for what comes behind it."""
    passage = Passage(0)
    for stop in (10, 10, 20):
        passage.expect(stop, 10)
    passage.mark(10, "duplicated")
    for now in (1.0, 2.0, 3.0):
        clock.now = now
        passage.left(10)
    assert passage.look_up(10, 0.0) == Left("duplicated", 1.0)
    assert passage.look_up(20, 0.0) == Left("passed", 3.0)


def test_messages_may_leave_in_another_order(clock: Time) -> None:
    """Each has the time at which it left itself."""
    passage = Passage(0)
    for stop in (20, 10, 30):
        passage.expect(stop, 10)
    for now in (1.0, 2.0, 3.0):
        clock.now = now
        passage.left(10)
    times = [passage.look_up(stop, 0.0).time for stop in (10, 20, 30)]
    assert times == [2.0, 1.0, 3.0]


def test_what_is_kept_is_bounded(clock: Time) -> None:
    """With very many times the oldest are forgotten, and it is not guessed when those left."""
    passage = Passage(0)
    for number in range(MAX_KEPT + 1):
        clock.now = float(number)
        passage.left(1)
    assert passage.look_up(1, 0.0) == Left("passed", None)
    assert passage.look_up(MAX_KEPT, 0.0) == Left("passed", float(MAX_KEPT - 1))


def test_bytes_that_leave_together_have_one_time(clock: Time) -> None:
    """A slicer's pieces do not fill the memory."""
    passage = Passage(0)
    for _ in range(1000):
        clock.now += 1e-8
        passage.left(1)
    assert passage.look_up(1, 0.0) == passage.look_up(1000, 0.0)
