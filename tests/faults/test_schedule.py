"""A schedule of faults as data."""

from __future__ import annotations

import json
import math
from dataclasses import fields
from typing import Any

import pytest

from labkit.exceptions import LabError
from labkit.faults import (
    AtMessage,
    Bandwidth,
    BlackHole,
    BufferResponses,
    Corrupt,
    CutBeforeAck,
    Delay,
    Down,
    Drop,
    DropUpgrade,
    IdleForget,
    IdleKill,
    Latency,
    LimitConnections,
    LimitData,
    LimitLife,
    NoOp,
    RefuseUpgrade,
    RequireProxy,
    Reset,
    RotateConnections,
    Schedule,
    Slicer,
    Step,
    StripUpgrade,
    SwallowFrames,
)
from labkit.faults.schedule import MAX_STEPS, SAVED, Change
from labkit.faults.scope import Scope
from tests.support.schedules import draw_schedule

FAULTS = [
    Bandwidth(1000),
    BlackHole(2),
    Corrupt("utf-8", nth=3),
    CutBeforeAck(event="order"),
    Delay(0.3, text="a"),
    Down(),
    Drop(kind="text", every=2, seed="s"),
    Latency(0.3, jitter=0.1),
    LimitData(50),
    Reset(),
    Slicer(3, variation=1, delay=0.1),
    BufferResponses(4096, headers_pass=True),
    DropUpgrade(),
    IdleForget(3),
    IdleKill(3),
    LimitConnections(1),
    LimitLife(4),
    RefuseUpgrade(502),
    RequireProxy(),
    RotateConnections(("ws://127.0.0.1:1/", "http://127.0.0.1:2/")),
    StripUpgrade(),
    SwallowFrames(),
]

FILE: dict[str, Any] = {
    "format": "labkit schedule of faults",
    "version": 1,
    "seed": 7,
    "steps": [
        {"at": 2, "fault": "Latency", "values": {"seconds": 0.3, "jitter": 0.0}, "seconds": 5},
    ],
}


def test_what_happens_when() -> None:
    """By time; what ends makes room for what begins then, and steps keep their order."""
    hole, late = BlackHole(), Latency(1)
    schedule = Schedule(Step(3, hole, 1), Step(0, late), Step(0.1, hole, 0.2), Step(0.3, hole, 1))
    assert schedule.changes == [
        Change(0, "add", 1),
        Change(0.1, "add", 2),
        Change(0.3, "remove", 2),
        Change(0.3, "add", 3),
        Change(1.3, "remove", 3),
        Change(3, "add", 0),
        Change(4, "remove", 0),
    ]
    assert schedule.duration == 4
    assert (Schedule().changes, Schedule().duration) == ([], 0)


def test_what_comes_at_a_message() -> None:
    """It has no time: it is listed by its message, and an equal fault may act by then or not."""
    third = AtMessage(3, "upstream")
    schedule = Schedule(
        Step(third, NoOp()),
        Step(1, Reset(), 1),
        Step(AtMessage(2), Reset(), 5),
        Step(third, Reset()),
    )
    assert schedule.awaited == {third: [0, 3], AtMessage(2): [2]}
    assert schedule.changes == [Change(1, "add", 1), Change(2, "remove", 1)]
    assert schedule.duration == 2
    assert Schedule.from_json(schedule.to_json()) == schedule


def test_chance_goes_by_the_schedule_s_seed() -> None:
    """Each step has one of its own, unless it gives one; the plug has no chance."""
    steps = Step(0, NoOp(), probability=0.5), Step(1, Reset(), seed=5, first=2), Step(2, Down())
    schedule = Schedule(*steps, seed=9)
    assert schedule.scope(0) == Scope(probability=0.5, seed="9/0")
    assert schedule.scope(1) == Scope(seed=5, first=2)
    assert schedule.scope(2) == Scope()


def test_it_is_saved_and_read() -> None:
    """The text gives an equal schedule, whatever is in it."""
    schedule = draw_schedule(FAULTS, 60, duration=30, longest=2, seed=1)
    read = Schedule.from_json(schedule.to_json())
    assert read == schedule and hash(read) == hash(schedule)
    assert Schedule.from_json(schedule.to_json().encode()) == schedule
    assert read != Schedule(*schedule.steps, seed=2) != Schedule(seed=2) and read != 1
    assert {type(step.fault) for step in read.steps} == {type(fault) for fault in FAULTS}


def test_a_short_text_is_read() -> None:
    """What a step leaves out has its default."""
    assert Schedule.from_json(json.dumps(FILE)) == Schedule(Step(2, Latency(0.3), 5), seed=7)


def test_a_drawn_one_goes_by_its_seed() -> None:
    """The same seed draws the same schedule, which ends in time; another one, another."""
    first, again, other = (
        draw_schedule(FAULTS, 60, duration=30, longest=2, seed=seed) for seed in (1, 1, 2)
    )
    assert first == again != other
    assert first.duration <= 30


def test_how_it_is_shown() -> None:
    """With its size, length and seed."""
    assert repr(Schedule(Step(1, Reset(), 2))) == "<Schedule: 1 step, 3 s, seed 0>"
    assert repr(Schedule(seed="a")) == "<Schedule: 0 steps, 0 s, seed 'a'>"


def test_a_schedule_that_makes_no_sense() -> None:
    """One sentence says why."""
    with pytest.raises(LabError, match=r"has steps, for example .*, not Reset\(\)"):
        Schedule(Reset())  # type: ignore[arg-type]
    with pytest.raises(LabError, match="seed must be"):
        Schedule(seed=None)  # type: ignore[arg-type]
    steps = [Step(at, Reset(), 0.5) for at in range(MAX_STEPS + 1)]
    with pytest.raises(LabError, match="at most 10000 steps, not 10001"):
        Schedule(*steps)
    assert len(Schedule(*steps[1:]).steps) == MAX_STEPS


def test_an_equal_fault_that_still_acts() -> None:
    """It is refused in the same direction; in the other one, or with other values, it is not."""
    up, down = Step(5, Reset(), None, "upstream"), Step(6, Reset(), 1, "downstream")
    assert Schedule(up, down, Step(6, Reset(1))).steps[1] is down
    said = r"The step at 6 s adds Reset\(\) while the one from 5 s still acts there"
    with pytest.raises(LabError, match=said):
        Schedule(Step(6, Reset()), up)


def changed(**values: Any) -> str:
    """Return the text of a file some of whose values are others."""
    return json.dumps({**FILE, **values})


def step(**values: Any) -> str:
    """Return the text of a file with one step some of whose values are others."""
    return changed(steps=[{**FILE["steps"][0], **values}])


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (json.dumps(FILE)[:-9], "does not hold a schedule of faults: it cannot be read as JSON"),
        (changed(version=SAVED.version + 1), "newer labkit: its version is 2, and .* reads 1"),
        (changed(steps={}), "does not hold a schedule of faults: its steps should be a list"),
        (changed(more=1), "it should have seed, steps, and nothing else"),
        (changed(seed=None), "seed must be a whole number or a text"),
        (changed(steps=[1]), "Step 1 of the schedule cannot be read: it should be an object"),
        (step(when=1), "Step 1 of the schedule cannot be read: it should be an object with at, "),
        (step(fault="Flood"), "Step 1 .*: there is no fault 'Flood', but Bandwidth, BlackHole, "),
        (step(fault="ByteFault"), "there is no fault 'ByteFault'"),
        (step(fault=["Reset"]), "there is no fault"),
        (step(values={"seconds": 1}), "the values of Latency should be seconds, jitter"),
        (step(values=[]), "the values of Latency should be"),
        (step(fault="Down"), "the values of Down should be none"),
        (step(values={"seconds": -1, "jitter": 0}), "Step 1 .*: seconds must be a number from 0"),
        (step(at=math.nan), "Step 1 .*: at must be a number"),
        (step(at={"message": 1}), "Step 1 .*: at must be a number"),
        (step(at={"message": 0, "direction": "both"}), "Step 1 .*: message must be a whole number"),
        (step(direction="up"), "Step 1 .*: direction must be"),
        (changed(steps=FILE["steps"] * 2), "still acts there"),
    ],
)
def test_a_text_that_is_no_schedule(text: Any, said: str) -> None:
    """One sentence says why: damaged, from a newer version, unknown, or a value that is none."""
    with pytest.raises(LabError, match=said):
        Schedule.from_json(text)


ODD = [
    None,
    True,
    -1,
    1.5,
    10**400,
    "",
    "both",
    [],
    [1],
    {},
    {"a": 1},
    {"message": [1], "direction": []},
]


@pytest.mark.parametrize("fault", [each for each in FAULTS if fields(each)], ids=repr)
def test_whatever_a_text_has_in_the_place_of_a_value(fault: Any) -> None:
    """It makes sense, or LabError says that it does not: nothing else is raised."""
    data = json.loads(Schedule(Step(1, fault)).to_json())
    (step,) = data["steps"]
    for where in (step, step["values"]):
        for name, value in tuple(where.items()):
            for odd in ODD:
                where[name] = odd
                try:
                    read = Schedule.from_json(json.dumps(data))
                except LabError as error:
                    assert str(error).startswith("Step 1 of the schedule cannot be read: ")
                else:
                    assert Schedule.from_json(read.to_json()) == read
            where[name] = value
