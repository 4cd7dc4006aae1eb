"""What every transport's Server and Client offer; `tests/transports/contract` checks it."""

from labkit.transports.contract.client import Client, Delivery, Entry, Message
from labkit.transports.contract.server import Event, Guest, Server

__all__ = ["Client", "Delivery", "Entry", "Event", "Guest", "Message", "Server"]
