"""A schedule that is carried out on a link."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from types import ModuleType
from typing import cast

import pytest

from labkit.clock import clock
from labkit.exceptions import LabError
from labkit.faults import (
    AtMessage,
    BlackHole,
    Down,
    Drop,
    Fault,
    Latency,
    LimitData,
    NoOp,
    Reset,
    Schedule,
    Step,
)
from labkit.links import FaultGroup, Link
from labkit.links.schedule_run import ScheduleRun
from labkit.observable import Observable
from tests.conftest import soon
from tests.support.ends import Ends
from tests.support.fault_lists import Nowhere
from tests.support.handshakes import shake_hands
from tests.support.raw import TEXT, frame
from tests.support.schedules import draw_schedule
from tests.support.turned_clock import TurnedLoop

ANSWER = frame(TEXT, b"answer", masked=False)
ONE, TWO, THREE, FOUR = FRAMES = [frame(TEXT, each) for each in (b"one", b"two", b"three", b"four")]

FAULTS = [BlackHole(), Down(), Drop(nth=3), Latency(0.3), NoOp(), Reset()]


class Turned:
    """A schedule that is carried out by a clock that the test turns."""

    def __init__(self, schedule: Schedule, *, began: float = 0.0, scale: float = 1.0) -> None:
        self.loop = TurnedLoop()
        self.loop.now = began
        self.faults = Nowhere(Observable())
        self.seen: list[tuple[float, str]] = [(began, "none")]
        self.faults.changes.subscribe(self._look)
        self.over: list[ScheduleRun] = []
        before = clock.scale
        clock.set(scale)  # a run keeps it
        loop = cast("asyncio.AbstractEventLoop", self.loop)
        self.run = ScheduleRun(schedule, self.faults, self.over.append, loop)
        clock.set(before)
        self.run.begin()

    def _look(self) -> None:
        if self.seen[-1][1] != str(self.faults):
            self.seen.append((round(self.loop.now, 9), str(self.faults)))

    def seen_by(self, time: float) -> list[tuple[float, str]]:
        """Turn the clock on, and return what acted from when on."""
        self.loop.turn_to(time)
        return self.seen[1:]


def test_faults_come_and_go_in_time() -> None:
    """What begins at once acts at once; one without an end stays when all is over."""
    schedule = Schedule(
        Step(0, Latency(1), seconds=5), Step(2, Reset(), seconds=1, direction="upstream"),
        Step(4, BlackHole(), probability=0.5),
    )  # fmt: skip
    turned = Turned(schedule, began=100)
    assert turned.seen_by(104) == [
        (100, "Latency(1)"),
        (102, "Latency(1), Reset() upstream"),
        (103, "Latency(1)"),
        (104, "Latency(1), BlackHole() with probability 0.5"),
    ]
    assert turned.run.is_running and not turned.over
    assert turned.run.handles == list(turned.faults)
    assert turned.faults[1].scope.seed == "0/2"
    assert turned.seen_by(999)[4:] == [(105, "BlackHole() with probability 0.5")]
    assert not turned.run.is_running and turned.over == [turned.run]
    assert turned.loop.timers == []
    turned.run.stop()
    assert not turned.faults and turned.over == [turned.run]


def test_its_seconds_are_those_of_the_lab() -> None:
    """A time scale makes them shorter."""
    turned = Turned(Schedule(Step(2, Reset(), 1)), scale=0.1)
    assert turned.seen_by(9) == [(0.2, "Reset()"), (0.3, "none")]


@pytest.mark.parametrize("seed", range(3))
def test_two_runs_of_one_seed_are_equal(seed: int) -> None:
    """In what they add when, with the same chance, however late the loop is."""
    schedules = [draw_schedule(FAULTS, 60, duration=30, longest=3, seed=seed) for _ in range(2)]
    first, second = (Turned(schedule) for schedule in schedules)
    assert first.seen_by(30) == second.seen_by(30)
    assert len(first.seen) > 60 and str(first.faults) == "none" and first.run.refused == []
    blocked = Turned(schedules[0])
    blocked.loop.now = 30
    blocked.loop.turn_to(30)
    assert [what for _, what in blocked.seen] == [what for _, what in first.seen]


def test_a_stopped_one_leaves_nothing() -> None:
    """Its faults go, those of others stay, and nothing comes any more."""
    turned = Turned(Schedule(Step(0, Latency(1)), Step(1, Latency(2)), Step(2, Latency(3))))
    own = turned.faults.add(NoOp())
    turned.seen_by(1)
    with turned.run as run:
        assert repr(run) == "<ScheduleRun of <Schedule: 3 steps, 2 s, seed 0>: running>"
    assert list(turned.faults) == [own] and turned.loop.timers == []
    assert run.handles == [] and turned.over == [run]
    assert repr(run).endswith(": stopped>")
    run.stop()
    assert turned.over == [run] and turned.seen_by(99)[-1] == (1, "NoOp()")


def test_a_fault_may_wake_somebody_who_stops_it() -> None:
    """Then this fault goes, too."""
    turned = Turned(Schedule(Step(1, Latency(1)), Step(1, Latency(2)), Step(2, Latency(3))))
    turned.faults.changes.subscribe(lambda: turned.run.stop())
    turned.loop.turn_to(99)
    assert not turned.faults and turned.over == [turned.run] and not turned.loop.timers


def test_what_cannot_be_added_in_its_time() -> None:
    """An equal fault acts there by then: the run says so, and goes on."""
    turned = Turned(Schedule(Step(1, Reset(), 1), Step(2, NoOp(), 1)))
    turned.faults.add(Reset())
    assert turned.seen_by(9)[-2:] == [(2, "Reset(), NoOp()"), (3, "Reset()")]
    (refused,) = turned.run.refused
    assert refused.startswith("At 1 s, Reset() could not be added: <Reset()> acts there already")
    assert repr(turned.run).endswith(": over, 1 refused>")


def test_what_somebody_removed_before() -> None:
    """It stays away, and its end changes nothing."""
    turned = Turned(Schedule(Step(0, Reset(), 5)))
    turned.faults[0].remove()
    again = turned.faults.add(Reset())
    turned.loop.turn_to(9)
    assert list(turned.faults) == [again] and not turned.run.is_running


async def test_on_a_link(ends: Ends) -> None:
    """The record says which fault acted; the end of the link stops what follows a schedule."""
    client, server = await ends.pair()
    schedule = Schedule(Step(0, Latency(0.01), 0.02), Step(0.04, LimitData(3), 5, "downstream"))
    run = ends.link.follow(schedule)
    assert run.handles == list(ends.link.faults) and run.is_running
    server[1].write(b"first")
    assert await asyncio.wait_for(client[0].readexactly(5), 5) == b"first"
    await soon(lambda: len(run.handles) == 1 and run.handles[0].fault == LimitData(3))
    server[1].write(b"hello")
    assert await asyncio.wait_for(client[0].read(), 5) == b"hel"
    await soon(lambda: not ends.link.connection_count)
    assert [each for each in ends.link.trace.facts() if "fault" in each or "closed" in each] == [
        "fault added: Latency(0.01)",
        "fault removed: Latency(0.01)",
        "fault added: LimitData(3) downstream",
        "closed: LimitData(3) downstream",
    ]
    later = ends.link.follow(Schedule(Step(60, Reset())))
    await ends.link.close()
    assert not run.is_running and not later.is_running and not ends.link.faults


async def test_a_closed_link_follows_nothing(ends: Ends) -> None:
    """It says so, whenever the first fault would come."""
    await ends.link.close()
    with pytest.raises(LabError, match="is closed, so no fault can act on it"):
        ends.link.follow(Schedule(Step(9, Reset())))


async def test_its_end_can_be_awaited(ends: Ends) -> None:
    """Whether it ends by itself or is stopped."""
    run = ends.link.follow(Schedule(Step(0, NoOp(), 0.02)))
    await run.until_over()
    assert not ends.link.faults
    endless = ends.link.follow(Schedule(Step(60, NoOp())))
    asyncio.get_running_loop().call_soon(endless.stop)
    await asyncio.wait_for(endless.until_over(), 5)


@pytest.mark.on_proactor
@pytest.mark.parametrize(
    ("fault", "has_met"),
    [
        (BlackHole(), lambda link: link.faults[0].held == len(THREE + FOUR)),
        (Drop(), lambda link: link.faults[0].message_count == 2),
        (LimitData(len(THREE)), lambda link: not link.connection_count),
    ],
    ids=["BlackHole", "Drop", "LimitData"],
)
async def test_the_nth_message_is_the_first_that_meets_it(
    ends: Ends, fault: Fault, has_met: Callable[[Link], bool]
) -> None:
    """Those before it pass, though all came in one write, whatever the fault acts on."""
    (_, to_server), (from_client, to_client) = await shake_hands(ends)
    run = ends.link.follow(Schedule(Step(AtMessage(3, "upstream"), fault)))
    assert run.is_running and not ends.link.faults
    to_client.write(ANSWER * 3)  # which do not count upstream
    to_server.write(b"".join(FRAMES))
    assert await from_client.readexactly(len(ONE + TWO)) == ONE + TWO
    await asyncio.wait_for(run.until_over(), 5)
    assert run.handles == list(ends.link.faults)
    await soon(lambda: has_met(ends.link))
    ends.link.reset()
    with contextlib.suppress(ConnectionError):
        assert await from_client.read() == (THREE if isinstance(fault, LimitData) else b"")


async def test_it_acts_for_some_seconds_from_then_on(ends: Ends) -> None:
    """What it held passes behind what came before it; then nothing of it is left."""
    (_, to_server), (from_client, _) = await shake_hands(ends)
    run = ends.link.follow(Schedule(Step(AtMessage(2), BlackHole(), seconds=0.05)))
    to_server.write(ONE + TWO + THREE)
    assert await from_client.readexactly(len(ONE)) == ONE
    assert await asyncio.wait_for(from_client.readexactly(len(TWO + THREE)), 5) == TWO + THREE
    await asyncio.wait_for(run.until_over(), 5)
    await soon(lambda: ends.connection.upstream.enter is None)
    assert ends.connection.downstream.enter is None


async def test_messages_count_on_all_connections_of_a_server(ends: Ends) -> None:
    """Each direction for itself, and both together; what faults lose counts, too."""
    group = FaultGroup("chat")
    run = group.follow(
        Schedule(
            Step(0, Drop(), direction="upstream"),
            Step(AtMessage(3), NoOp()),
            Step(AtMessage(2, "downstream"), Latency(0)),
        )
    )
    group.include(ends.link.faults)
    first, second = await shake_hands(ends), await shake_hands(ends)
    for (from_server, to_server), (_, to_client) in (first, second):
        to_server.write(ONE)
        to_client.write(ANSWER)
        assert await from_server.readexactly(len(ANSWER)) == ANSWER
    await asyncio.wait_for(run.until_over(), 5)
    assert sorted(map(str, group)) == ["Drop() upstream", "Latency(0)", "NoOp()"]
    group.heal()


async def test_a_message_that_comes_late_finds_nobody_who_waits(ends: Ends) -> None:
    """A run that was stopped counts no more, and holds up nothing."""
    (_, to_server), (from_client, _) = await shake_hands(ends)
    with ends.link.follow(Schedule(Step(AtMessage(1), BlackHole()))) as run:
        assert run.is_running
    assert not run.is_running
    to_server.write(ONE)
    assert await from_client.readexactly(len(ONE)) == ONE
    assert ends.connection.upstream.enter is None and not ends.link.faults


async def test_what_cannot_be_added_at_a_message(ends: Ends) -> None:
    """The run says at which one, and the message passes."""
    (_, to_server), (from_client, _) = await shake_hands(ends)
    ends.link.add(NoOp())
    run = ends.link.follow(Schedule(Step(AtMessage(1, "upstream"), NoOp())))
    to_server.write(ONE)
    assert await from_client.readexactly(len(ONE)) == ONE
    (refused,) = run.refused
    assert refused.startswith("At message 1 upstream, NoOp() could not be added: <NoOp()> acts")
    assert not run.is_running


@pytest.mark.parametrize("transport", ["websocket", "polling"])
async def test_at_an_event_of_socket_io(lab: ModuleType, transport: str) -> None:
    """Heartbeats and the packets of connecting do not count."""
    server = await lab.serve("socketio", name="chat")
    alice = await lab.connect(server, "alice", transports=[transport])
    bob = await lab.connect(server, "bob", transports=["websocket"])
    run = alice.link.follow(Schedule(Step(AtMessage(2, "upstream"), Drop(), direction="upstream")))
    await alice.say("first")
    await bob.hears("first")
    assert run.is_running
    await alice.say("second")
    await soon(lambda: not run.is_running and alice.link.faults[0].message_count == 1)
    alice.link.heal()
    await alice.say("third")
    await bob.hears("third")
    assert "second" not in str(bob.inbox)
