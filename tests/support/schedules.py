"""Random schedules of faults, the same for the same seed."""

from __future__ import annotations

import random
from collections.abc import Sequence

from labkit.exceptions import LabError
from labkit.faults import CutBeforeAck, Down, Fault, Schedule, Step
from labkit.faults.scope import Where

WHERE: tuple[Where, ...] = ("both", "both", "upstream", "downstream")


def draw_schedule(
    faults: Sequence[Fault], count: int, *, duration: float, longest: float, seed: int
) -> Schedule:
    """Return a schedule in which each fault comes at least once.

    Parameters
    ----------
    faults, count
        What may come, and how many steps there are.
    duration, longest
        Seconds after which nothing acts any more, and for which a step acts at most.
    """
    chance = random.Random(f"schedule/{seed}")
    schedule = Schedule(seed=seed)
    while len(schedule.steps) < count:
        number = len(schedule.steps)
        fault = faults[number] if number < len(faults) else chance.choice(faults)
        seconds = round(longest * chance.uniform(0.1, 1), 3)
        at = round((duration - longest) * chance.random(), 3)
        where = "both" if isinstance(fault, Down | CutBeforeAck) else chance.choice(WHERE)
        likely = 1.0 if isinstance(fault, Down) else chance.choice((1.0, 0.5, 0.2))
        try:
            schedule = Schedule(*schedule.steps, Step(at, fault, seconds, where, likely), seed=seed)
        except LabError as error:
            assert "still acts there" in str(error)  # another time will fit
    return schedule
