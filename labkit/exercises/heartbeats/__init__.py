"""The exercises of notebook 05: a heartbeat made of messages, timings for a budget."""

from labkit.exercises.heartbeats import asks_with_messages, fits_a_budget

EXERCISES = (
    asks_with_messages.EXERCISE,
    fits_a_budget.EXERCISE,
)
