"""A schedule of faults as data: when each one is added, and for how long it acts.

It is pure, as faults are. `labkit/links/schedule_run.py` carries it out on a link.

What is scheduled by the clock meets other messages in each run. A step that must meet the same
message each time comes at a message: ``Step(AtMessage(3, "upstream"), Latency(0.3), seconds=5)``.
"""

from __future__ import annotations

import inspect
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import asdict, fields, replace
from itertools import pairwise
from typing import Any, Literal, NamedTuple

from labkit.exceptions import LabError
from labkit.faults.fault import Fault
from labkit.faults.scope import Scope, check_seed, has_chance
from labkit.faults.step import AtMessage, Step
from labkit.protocols.directions import Direction
from labkit.saved_json import SavedJson

SAVED = SavedJson("labkit schedule of faults", 1, "a schedule of faults", ("seed", "steps"))
"""What the text of a schedule is."""

MAX_STEPS = 10_000
"""Steps of a schedule."""


class Change(NamedTuple):
    """What a schedule does at a time: it adds or removes the fault of a step, counted from 0."""

    at: float
    what: Literal["remove", "add"]
    number: int

    def order(self) -> tuple[float, bool, int]:
        """Return by what changes are sorted."""
        return self.at, self.what == "add", self.number


class Schedule:
    """Faults that come and go on a link as planned; ``link.follow(schedule)`` carries it out.

    Parameters
    ----------
    steps
        In any order. Those of the same time, or message, are added in the order in which they are
        given.
    seed
        Of chance in all steps that have no seed of their own: runs with equal seeds are equal.

    Raises
    ------
    LabError
        If a value makes no sense, or if a step would add a fault while an equal one acts. Of a
        step at a message that is known only when the message comes: see `ScheduleRun.refused`.

    Examples
    --------
    ::

        schedule = Schedule(
            Step(0, Latency(0.3, jitter=0.1), seconds=10),
            Step(2, BlackHole(), seconds=3, direction="upstream"),
            Step(AtMessage(20), Reset(), seconds=1),
        )
        with alice.link.follow(schedule) as run:
            await run.until_over()

    Save it with ``path.write_text(schedule.to_json())``, beside ``trace.to_har()`` if you wish: the
    facts of a trace say which fault acted on which connection, and when.
    """

    def __init__(self, *steps: Step, seed: int | str = 0) -> None:
        check_seed(seed)
        for step in steps:
            if not isinstance(step, Step):
                raise LabError(
                    f"A schedule has steps, for example Step(2, Latency(0.3)), not {step!r}."
                )
        if len(steps) > MAX_STEPS:
            raise LabError(f"A schedule has at most {MAX_STEPS} steps, not {len(steps)}.")
        _check_overlaps(steps)
        self.steps = steps
        self.seed = seed

    @property
    def duration(self) -> float:
        """Seconds until the last fault has come or gone by the lab's clock."""
        return max((change.at for change in self.changes), default=0.0)

    @property
    def changes(self) -> list[Change]:
        """What happens when, in order; at the same time, what ends makes room for what begins."""
        changes = []
        for number, step in enumerate(self.steps):
            if not isinstance(step.at, AtMessage):
                changes.append(Change(step.at, "add", number))
                if step.seconds is not None:
                    changes.append(Change(step.until(step.at), "remove", number))
        return sorted(changes, key=Change.order)

    @property
    def awaited(self) -> dict[AtMessage, list[int]]:
        """The steps that come at a message, counted from 0."""
        awaited: dict[AtMessage, list[int]] = defaultdict(list)
        for number, step in enumerate(self.steps):
            if isinstance(step.at, AtMessage):
                awaited[step.at].append(number)
        return dict(awaited)

    def scope(self, number: int) -> Scope:
        """Return where the fault of a step acts, with the seed that it has in this schedule."""
        step = self.steps[number]
        if step.seed is not None or not has_chance(step.fault):
            return step.scope
        return replace(step.scope, seed=f"{self.seed}/{number}")

    def to_json(self) -> str:
        """Return the schedule as JSON, which `from_json` reads."""
        steps = [_step_to_data(step) for step in self.steps]
        return SAVED.write({"seed": self.seed, "steps": steps})

    @classmethod
    def from_json(cls, text: str | bytes) -> Schedule:
        """Return the schedule that `to_json` has written.

        Raises
        ------
        LabError
            If the text is damaged or from a newer version, or has values that make no sense.
        """
        data = SAVED.read(text)
        if not isinstance(data["steps"], list):
            raise SAVED.damaged("its steps should be a list")
        steps = (_step_from_data(number, step) for number, step in enumerate(data["steps"], 1))
        return cls(*steps, seed=data["seed"])

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Schedule):
            return NotImplemented
        return (self.steps, self.seed) == (other.steps, other.seed)

    def __hash__(self) -> int:
        return hash((self.steps, self.seed))

    def __repr__(self) -> str:
        steps = f"{len(self.steps)} step{'' if len(self.steps) == 1 else 's'}"
        return f"<Schedule: {steps}, {self.duration:g} s, seed {self.seed!r}>"


def _check_overlaps(steps: tuple[Step, ...]) -> None:
    """Raise LabError if a step adds a fault while an equal one acts in the same direction."""
    acting: dict[tuple[Fault, Direction], list[tuple[float, float]]] = defaultdict(list)
    for step in steps:
        if not isinstance(step.at, AtMessage):
            for direction in step.scope.directions:
                acting[step.fault, direction].append((step.at, step.until(step.at)))
    for (fault, _), spans in acting.items():
        for (before, until), (after, _) in pairwise(sorted(spans)):
            if after < until:
                raise LabError(
                    f"The step at {after:g} s adds {fault!r} while the one from {before:g} s "
                    "still acts there, and would do the same twice: give it other values, or let "
                    "the first one end before."
                )


def _step_to_data(step: Step) -> dict[str, Any]:
    fault = step.fault
    values = {each.name: getattr(fault, each.name) for each in fields(fault)}
    rest = {each.name: getattr(step, each.name) for each in fields(step) if each.name != "fault"}
    at = rest.pop("at")
    if isinstance(at, AtMessage):
        at = asdict(at)
    return {"at": at, "fault": type(fault).__name__, "values": values, **rest}


def _step_from_data(number: int, data: object) -> Step:
    """Return a step from what JSON has of it."""
    where = f"Step {number} of the schedule cannot be read"
    known = {each.name for each in fields(Step)} | {"values"}
    if not isinstance(data, dict) or not {"at", "fault", "values"} <= set(data) <= known:
        raise LabError(f"{where}: it should be an object with {', '.join(sorted(known))}.")
    data = dict(data)
    name, values = data.pop("fault"), data.pop("values")
    kinds = {each.__name__: each for each in _kinds(Fault)}
    if not isinstance(name, str) or name not in kinds:
        raise LabError(f"{where}: there is no fault {name!r}, but {', '.join(sorted(kinds))}.")
    kind = kinds[name]
    wanted = {each.name for each in fields(kind)}
    if not isinstance(values, Mapping) or set(values) != wanted:
        names = ", ".join(each.name for each in fields(kind)) or "none"
        raise LabError(f"{where}: the values of {name} should be {names}.")
    try:
        at = data.pop("at")
        if isinstance(at, dict) and set(at) == {each.name for each in fields(AtMessage)}:
            at = AtMessage(**at)
        return Step(at, kind(**values), **data)
    except LabError as error:
        raise LabError(f"{where}: {error}") from error


def _kinds(kind: type[Fault]) -> Iterator[type[Fault]]:
    """Yield the faults that are of a kind and can be made; of two with one name the newer last."""
    for each in kind.__subclasses__():
        if not inspect.isabstract(each):
            yield each
        yield from _kinds(each)
