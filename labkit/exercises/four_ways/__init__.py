"""The exercises of notebook 01: choose one of the four ways, and compute what silence costs."""

from labkit.exercises.four_ways import counts_idle_requests, picks_a_way

EXERCISES = (
    picks_a_way.EXERCISE,
    counts_idle_requests.EXERCISE,
)
