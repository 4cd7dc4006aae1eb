"""Links: recording TCP relays in front of servers, which can be broken."""

from labkit.links.connection import Address
from labkit.links.link import Link

__all__ = ["Address", "Link"]
