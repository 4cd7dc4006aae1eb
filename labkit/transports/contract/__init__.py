"""What every transport's Server and Client offer; `tests/transports/contract` checks it."""

from labkit.transports.contract.client import Client, Delivery, Ending, Entry, Message
from labkit.transports.contract.server import Event, Guest, Kind, Membership, Server

__all__ = [
    "Client",
    "Delivery",
    "Ending",
    "Entry",
    "Event",
    "Guest",
    "Kind",
    "Membership",
    "Message",
    "Server",
]
