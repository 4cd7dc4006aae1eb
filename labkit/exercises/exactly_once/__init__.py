"""The exercises of notebook 11, exactly once, almost."""

from __future__ import annotations

from labkit.exercises.exactly_once import knows_repetitions, repeats_until_stored

EXERCISES = (repeats_until_stored.EXERCISE, knows_repetitions.EXERCISE)
