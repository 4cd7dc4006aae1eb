"""What every server is started with, whatever it speaks."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from labkit.transports.contract.observer import Observer
from labkit.transports.settings import MAX_CONNECTIONS


@dataclass(frozen=True, kw_only=True)
class ServerSettings:
    """Where a server listens, who may connect, and who observes it.

    Attributes
    ----------
    name
        Its name on the bench.
    observer
        What it reports to.
    host, port
        Where to listen; port 0 takes a free one.
    hosts
        Further pages that may connect, by their hosts or addresses.
    token
        What each request must have in its query; "" lets anybody come.
    drop_slow_readers
        Whether a connection is aborted whose reader stopped reading.
    max_connections
        How many clients it takes; further ones get 503.
    """

    name: str
    observer: Observer
    host: str | None = "127.0.0.1"
    port: int = 0
    hosts: Collection[str] = ()
    token: str = ""
    drop_slow_readers: bool = True
    max_connections: int = MAX_CONNECTIONS
