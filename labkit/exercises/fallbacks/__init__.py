"""The exercises of notebook 09: a fallback chain, and what becomes of transports behind boxes."""

from labkit.exercises.fallbacks import falls_back, predicts_six

EXERCISES = (falls_back.EXERCISE, predicts_six.EXERCISE)
