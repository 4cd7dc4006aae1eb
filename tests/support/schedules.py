"""Random schedules of faults, the same for the same seed."""

from __future__ import annotations

import random
from collections.abc import Sequence

from labkit.exceptions import LabError
from labkit.faults import CutBeforeAck, Fault, Schedule, Step
from labkit.faults.scope import Where, has_chance, has_direction

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
        is_free = has_direction(fault) and not isinstance(fault, CutBeforeAck)
        where = chance.choice(WHERE) if is_free else "both"
        likely = chance.choice((1.0, 0.5, 0.2)) if has_chance(fault) else 1.0
        try:
            schedule = Schedule(*schedule.steps, Step(at, fault, seconds, where, likely), seed=seed)
        except LabError as error:
            assert "still acts there" in str(error)  # another time will fit
    return schedule
