"""What every transport's Server and Client offer; `tests/transports/contract` checks it."""

from labkit.transports.contract.client import Client, Ending
from labkit.transports.contract.guests import Guest, Membership
from labkit.transports.contract.log import Event, Kind
from labkit.transports.contract.server import Server
from labkit.transports.contract.transcript import Delivery, Entry, Message

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
