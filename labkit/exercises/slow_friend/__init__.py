"""The exercise of notebook 04: a bounded queue for each client."""

from labkit.exercises.slow_friend import drop_policy

EXERCISES = (drop_policy.EXERCISE,)
