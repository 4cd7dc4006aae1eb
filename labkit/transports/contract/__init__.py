"""What each transport's Server and Client offer; `tests/transports/contract` checks it."""

from labkit.transports.contract.client import Client, Ending, describe_transport
from labkit.transports.contract.connections import Connection, Membership
from labkit.transports.contract.log import Kind, LogEntry
from labkit.transports.contract.observer import Observer
from labkit.transports.contract.server import Server
from labkit.transports.contract.server_settings import ServerSettings
from labkit.transports.contract.transcript import Entry, Message, SendStatus

__all__ = [
    "Client",
    "Connection",
    "Ending",
    "Entry",
    "Kind",
    "LogEntry",
    "Membership",
    "Message",
    "Observer",
    "SendStatus",
    "Server",
    "ServerSettings",
    "describe_transport",
]
