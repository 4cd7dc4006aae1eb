"""Starting servers and clients on a bench that is not the loop's own, with the usual settings."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from labkit.bench.bench import Bench
from labkit.bench.owned import Target
from labkit.transports.contract import Client, Server, ServerSettings
from labkit.transports.registry import client_maker, default_server_name, new_server


async def start_server(bench: Bench, what: Any, name: str | None = None, **options: Any) -> Server:
    """Start a server on a bench, as `lab.serve` does on the loop's; the options are the library's.

    Raises
    ------
    LabError
        If `what` cannot be served.
    """
    name = name or default_server_name(what)
    settings = ServerSettings(name=name, observer=bench.observer)

    def make(port: int) -> Server:
        this = replace(settings, port=port)
        return new_server(what, this, messages_per_second=None, options=options)

    return await bench.serve(name, make, 0, announce=print)


async def open_client(bench: Bench, to: Target, name: str | None = None, **options: Any) -> Client:
    """Connect a client on a bench, as `lab.connect` does on the loop's; the options are its own.

    Raises
    ------
    ConnectError
        If nothing that speaks the protocol answers.
    LabError
        If an option is not valid.
    """
    return await bench.connect(to, name, client_maker(to, None, options), announce=print)
