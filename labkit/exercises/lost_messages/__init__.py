"""The exercises of notebook 10, what got lost."""

from __future__ import annotations

from labkit.exercises.lost_messages import handles_in_order, keeps_an_outbox

EXERCISES = (keeps_an_outbox.EXERCISE, handles_in_order.EXERCISE)
