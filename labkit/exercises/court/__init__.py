"""The exercises of notebook 14: four briefs, each decided with the learner's own numbers."""

from labkit.exercises.court import (
    games_lobby,
    school_network,
    telemetry,
    trading_screen,
)

EXERCISES = (
    trading_screen.EXERCISE,
    school_network.EXERCISE,
    games_lobby.EXERCISE,
    telemetry.EXERCISE,
)
