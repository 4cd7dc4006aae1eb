"""Links: recording TCP relays in front of servers, which can be broken."""

from labkit.links.link import Address, Link

__all__ = ["Address", "Link"]
