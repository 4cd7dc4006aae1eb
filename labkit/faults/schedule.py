"""A schedule of faults as data: when each one is added, and for how long it acts.

It is pure, as faults are. `labkit/links/schedule_run.py` carries it out on a link.

What is scheduled by the clock meets other messages in each run. For a fault that must meet the same
message each time, add one that counts messages at 0 s, for example ``Step(0, Drop(nth=3))``.
"""

from __future__ import annotations

import inspect
import json
import math
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, replace
from itertools import pairwise
from typing import Any, Literal, NamedTuple

from labkit.exceptions import LabError
from labkit.faults.fault import Fault, check_number
from labkit.faults.scope import Scope, Where, check_fault, check_seed, has_chance
from labkit.protocols.directions import Direction

FORMAT = "labkit schedule of faults"
VERSION = 1
"""What the text of a schedule says that it is. A change that older versions would misread gets a
new number."""

MAX_STEPS = 10_000
"""Steps of a schedule."""


@dataclass(frozen=True)
class Step:
    """A fault that is added at a time, and may be removed later.

    Attributes
    ----------
    at
        Seconds after the start of the schedule, by the lab's clock.
    fault
        What is added then.
    seconds
        For how long it acts; None until the schedule is stopped, or all faults are removed.
    direction, probability, seed, first
        As for `Link.add`. Without a seed, chance goes by the seed of the schedule.
    """

    at: float
    fault: Fault
    seconds: float | None = None
    direction: Where = "both"
    probability: float = 1.0
    seed: int | str | None = None
    first: int | None = None

    def __post_init__(self) -> None:
        """Raise LabError unless the values make sense."""
        check_number("at", self.at)
        if self.seconds is not None:
            check_number("seconds", self.seconds, above=True)
            if self.until <= self.at:
                raise LabError(f"seconds must be more than a billionth, not {self.seconds!r}.")
        check_fault(self.fault, self.scope)

    @property
    def scope(self) -> Scope:
        """Where the fault acts, and on how many."""
        return Scope(self.direction, self.probability, self.seed, self.first)

    @property
    def until(self) -> float:
        """When the fault is removed, `math.inf` for never; 0.1 s and 0.2 s are 0.3 s."""
        return math.inf if self.seconds is None else round(self.at + self.seconds, 9)


class Change(NamedTuple):
    """What a schedule does at a time: it adds or removes the fault of a step, counted from 0."""

    at: float
    what: Literal["remove", "add"]
    number: int


class Schedule:
    """Faults that come and go on a link at given times; ``link.follow(schedule)`` carries it out.

    Parameters
    ----------
    steps
        In any order. Those of the same time are added in the order in which they are given.
    seed
        Of chance in all steps that have no seed of their own: runs with equal seeds are equal.

    Raises
    ------
    LabError
        If a value makes no sense, or if a step would add a fault while an equal one acts.

    Examples
    --------
    ::

        schedule = Schedule(
            Step(0, Latency(0.3, jitter=0.1), seconds=10),
            Step(2, BlackHole(), seconds=3, direction="upstream"),
            Step(8, Reset(), seconds=1),
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
        """Seconds until the last fault has come or gone, by the lab's clock."""
        return self.changes[-1].at if self.steps else 0.0

    @property
    def changes(self) -> list[Change]:
        """What happens when, in order; at the same time, what ends makes room for what begins."""
        changes = [Change(step.at, "add", number) for number, step in enumerate(self.steps)]
        changes += [
            Change(step.until, "remove", number)
            for number, step in enumerate(self.steps)
            if step.seconds is not None
        ]
        return sorted(changes, key=lambda each: (each.at, each.what == "add", each.number))

    def scope(self, number: int) -> Scope:
        """Return where the fault of a step acts, with the seed that it has in this schedule."""
        step = self.steps[number]
        if step.seed is not None or not has_chance(step.fault):
            return step.scope
        return replace(step.scope, seed=f"{self.seed}/{number}")

    def to_json(self) -> str:
        """Return the schedule as JSON, which `from_json` reads."""
        steps = [_step_to_data(step) for step in self.steps]
        head = {"format": FORMAT, "version": VERSION, "seed": self.seed}
        return json.dumps({**head, "steps": steps}, indent=2)

    @classmethod
    def from_json(cls, text: str | bytes) -> Schedule:
        """Return the schedule that `to_json` has written.

        Raises
        ------
        LabError
            If the text is damaged or from a newer version, or has values that make no sense.
        """
        data = _parse(text)
        steps = data.get("steps")
        if not isinstance(steps, list) or "seed" not in data or len(data) > 4:
            raise LabError(f"{_DAMAGED}: it should have a seed and a list of steps, nothing else.")
        return cls(
            *(_step_from_data(n, step) for n, step in enumerate(steps, 1)), seed=data["seed"]
        )

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Schedule):
            return NotImplemented
        return (self.steps, self.seed) == (other.steps, other.seed)

    def __hash__(self) -> int:
        return hash((self.steps, self.seed))

    def __repr__(self) -> str:
        steps = f"{len(self.steps)} step{'' if len(self.steps) == 1 else 's'}"
        return f"<Schedule: {steps}, {self.duration:g} s, seed {self.seed!r}>"


_DAMAGED = "This is not a schedule of faults"


def _check_overlaps(steps: tuple[Step, ...]) -> None:
    """Raise LabError if a step adds a fault while an equal one acts in the same direction."""
    acting: dict[tuple[Fault, Direction], list[Step]] = defaultdict(list)
    for step in steps:
        for direction in step.scope.directions:
            acting[step.fault, direction].append(step)
    for (fault, _), several in acting.items():
        several.sort(key=lambda step: step.at)
        for before, after in pairwise(several):
            if after.at < before.until:
                raise LabError(
                    f"The step at {after.at:g} s adds {fault!r} while the one from {before.at:g} s "
                    "still acts there, and would do the same twice: give it other values, or let "
                    "the first one end before."
                )


def _step_to_data(step: Step) -> dict[str, Any]:
    fault = step.fault
    values = {each.name: getattr(fault, each.name) for each in fields(fault)}
    rest = {each.name: getattr(step, each.name) for each in fields(step) if each.name != "fault"}
    return {"at": rest.pop("at"), "fault": type(fault).__name__, "values": values, **rest}


def _parse(text: str | bytes) -> dict[str, Any]:
    """Return the object of a text, which says that it is a schedule of this version."""
    try:
        data = json.loads(text)
    except (TypeError, ValueError, RecursionError) as error:
        raise LabError(f"{_DAMAGED}: it cannot be read as JSON ({error}).") from error
    if not isinstance(data, dict) or data.get("format") != FORMAT:
        raise LabError(f'{_DAMAGED}: it should be an object with "format": "{FORMAT}".')
    version = data.get("version")
    if type(version) is not int or version < 1:
        raise LabError(f"{_DAMAGED}: its version should be {VERSION}, not {version!r}.")
    if version > VERSION:
        raise LabError(
            f"This schedule was saved by a newer labkit: its version is {version}, and this labkit "
            f"reads {VERSION}. Update labkit to read it."
        )
    return data


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
        return Step(fault=kind(**values), **data)
    except LabError as error:
        raise LabError(f"{where}: {error}") from error


def _kinds(kind: type[Fault]) -> Iterator[type[Fault]]:
    """Yield the faults that are of a kind and can be made; of two with one name the newer last."""
    for each in kind.__subclasses__():
        if not inspect.isabstract(each):
            yield each
        yield from _kinds(each)
