"""The settings that every server has, whatever it speaks."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from labkit.transports.contract.observer import Observer
from labkit.transports.settings import MAX_CONNECTIONS


@dataclass(frozen=True, kw_only=True)
class ServerSettings:
    """Settings of a server: where it listens, which clients may connect, what observes it.

    Attributes
    ----------
    name
        Its name on the bench.
    observer
        The observer that it asks and reports to.
    host, port
        Where to listen; port 0 uses a free one.
    hosts
        Further pages that may connect, by their hosts or addresses.
    token
        The token that each request must have in its query; "" if none is needed.
    drop_slow_readers
        Whether to abort connections whose reader stopped reading.
    max_connections
        The number of clients that it accepts; further ones get 503.
    """

    name: str
    observer: Observer
    host: str | None = "127.0.0.1"
    port: int = 0
    hosts: Collection[str] = ()
    token: str = ""
    drop_slow_readers: bool = True
    max_connections: int = MAX_CONNECTIONS
