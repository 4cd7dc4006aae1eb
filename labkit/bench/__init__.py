"""The bench: the servers, clients and links that run, by name."""

from labkit.bench.bench import Bench, Target, current

__all__ = ["Bench", "Target", "current"]
