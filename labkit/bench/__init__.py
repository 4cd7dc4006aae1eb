"""The bench: what runs under which name."""

from labkit.bench.bench import Bench, Target, current

__all__ = ["Bench", "Target", "current"]
