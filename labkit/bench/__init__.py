"""The bench: the servers, clients and links that run, by name."""

from labkit.bench.bench import Bench, current

__all__ = ["Bench", "current"]
