"""Links: recording TCP relays in front of servers, which take faults."""

from labkit.links.connection import Address
from labkit.links.fault_group import FaultGroup
from labkit.links.fault_list import FaultList
from labkit.links.link import Link

__all__ = ["Address", "FaultGroup", "FaultList", "Link"]
