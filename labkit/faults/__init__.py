"""Faults: what can be added to a link, as ``link.add(Latency(0.3))``. A file for each."""

from labkit.faults.bandwidth import Bandwidth
from labkit.faults.black_hole import BlackHole
from labkit.faults.down import Down
from labkit.faults.fault import Fault
from labkit.faults.latency import Latency
from labkit.faults.limit_data import LimitData
from labkit.faults.no_op import NoOp
from labkit.faults.reset import Reset
from labkit.faults.slicer import Slicer
from labkit.faults.slow_close import SlowClose

__all__ = [
    "Bandwidth",
    "BlackHole",
    "Down",
    "Fault",
    "Latency",
    "LimitData",
    "NoOp",
    "Reset",
    "Slicer",
    "SlowClose",
]
