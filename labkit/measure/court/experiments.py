"""All experiments of the court, by the names that claims have for them."""

from __future__ import annotations

from labkit.measure.court.experiment import Experiment
from labkit.measure.instruments import (
    browsers,
    buffering,
    built_on,
    bytes,
    connecting,
    controls,
    delivery,
    duplex,
    echo,
    fallback,
    fan_out,
    far_echo,
    features,
    memory,
    reconnection,
    samples,
)

EXPERIMENTS: dict[str, Experiment] = {
    "browsers": browsers.EXPERIMENT,
    "buffering": buffering.EXPERIMENT,
    "built_on": built_on.EXPERIMENT,
    "bytes": bytes.EXPERIMENT,
    "connecting": connecting.EXPERIMENT,
    "controls": controls.EXPERIMENT,
    "delivery": delivery.EXPERIMENT,
    "duplex": duplex.EXPERIMENT,
    "echo": echo.EXPERIMENT,
    "fallback": fallback.EXPERIMENT,
    "fan_out": fan_out.EXPERIMENT,
    "far_echo": far_echo.EXPERIMENT,
    "features": features.EXPERIMENT,
    "memory": memory.EXPERIMENT,
    "reconnection": reconnection.EXPERIMENT,
    "samples": samples.EXPERIMENT,
}
"""The experiments by name."""
