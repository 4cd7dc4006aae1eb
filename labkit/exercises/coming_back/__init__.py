"""The exercises of notebook 06: waits with jitter, a client that comes back, a bounded herd."""

from labkit.exercises.coming_back import bounds_the_herd, spreads_its_waits, stays_connected

EXERCISES = (
    spreads_its_waits.EXERCISE,
    stays_connected.EXERCISE,
    bounds_the_herd.EXERCISE,
)
