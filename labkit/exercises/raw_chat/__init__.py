"""The exercises of notebook 03: the rule of the sender, a handler without a leak, an envelope."""

from labkit.exercises.raw_chat import leaks_nothing, signs_messages, skips_the_sender

EXERCISES = (
    skips_the_sender.EXERCISE,
    leaks_nothing.EXERCISE,
    signs_messages.EXERCISE,
)
