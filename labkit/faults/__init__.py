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
from labkit.faults.middleboxes.buffer_responses import BufferResponses
from labkit.faults.middleboxes.drop_upgrade import DropUpgrade
from labkit.faults.middleboxes.idle_forget import IdleForget
from labkit.faults.middleboxes.idle_kill import IdleKill
from labkit.faults.middleboxes.limit_connections import LimitConnections
from labkit.faults.middleboxes.limit_life import LimitLife
from labkit.faults.middleboxes.refuse_upgrade import RefuseUpgrade
from labkit.faults.middleboxes.require_proxy import RequireProxy
from labkit.faults.middleboxes.rotate_connections import RotateConnections
from labkit.faults.middleboxes.strip_upgrade import StripUpgrade
from labkit.faults.middleboxes.swallow_frames import SwallowFrames
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
    "BufferResponses",
    "Corrupt",
    "CutBeforeAck",
    "Delay",
    "Down",
    "Drop",
    "DropUpgrade",
    "Duplicate",
    "Fault",
    "IdleForget",
    "IdleKill",
    "Latency",
    "LimitConnections",
    "LimitData",
    "LimitLife",
    "NoOp",
    "RefuseUpgrade",
    "Reorder",
    "RequireProxy",
    "Reset",
    "RotateConnections",
    "Schedule",
    "Slicer",
    "SlowClose",
    "Step",
    "StripUpgrade",
    "SwallowFrames",
    "SwallowPongs",
]
