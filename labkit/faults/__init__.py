"""Faults: what can be added to a link, as ``link.add(Latency(0.3))``, and schedules of them."""

from labkit.faults.bandwidth import Bandwidth
from labkit.faults.black_hole import BlackHole
from labkit.faults.corrupt import Corrupt
from labkit.faults.cut_before_ack import CutBeforeAck
from labkit.faults.delay import Delay
from labkit.faults.down import Down
from labkit.faults.drop import Drop
from labkit.faults.duplicate import Duplicate
from labkit.faults.fault import Fault
from labkit.faults.latency import Latency
from labkit.faults.limit_data import LimitData
from labkit.faults.no_op import NoOp
from labkit.faults.reorder import Reorder
from labkit.faults.reset import Reset
from labkit.faults.schedule import Schedule
from labkit.faults.slicer import Slicer
from labkit.faults.slow_close import SlowClose
from labkit.faults.step import AtMessage, Step
from labkit.faults.swallow_pongs import SwallowPongs

__all__ = [
    "AtMessage",
    "Bandwidth",
    "BlackHole",
    "Corrupt",
    "CutBeforeAck",
    "Delay",
    "Down",
    "Drop",
    "Duplicate",
    "Fault",
    "Latency",
    "LimitData",
    "NoOp",
    "Reorder",
    "Reset",
    "Schedule",
    "Slicer",
    "SlowClose",
    "Step",
    "SwallowPongs",
]
