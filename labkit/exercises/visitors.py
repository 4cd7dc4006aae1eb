"""Clients that visit the server of an answer, for judges: they join, listen, and are drawn."""

from __future__ import annotations

import socket
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from labkit.bench.bench import Bench
from labkit.bench.starting import open_client, start_server
from labkit.exceptions import Disconnected
from labkit.faults import BlackHole
from labkit.links.fault_handle import FaultHandle
from labkit.transports.contract import Client, Server
from labkit.views.ladder.ladder import Ladder

PATIENCE = 0.3
"""Seconds to wait for a message on loopback, by the lab's clock, before it counts as missing."""

STALL = 0.7
"""Seconds without a further message after which a stream of them counts as stopped."""

SMALL = 64 * 1024
"""Bytes of a small buffer of the operating system."""


async def open_chat(child: Bench, answer: Any, *names: str) -> tuple[Server, list[Client]]:
    """Serve an answer and connect clients, one after the other, as `join` does."""
    server = await start_server(child, answer, "chat")
    return server, [await join(child, server, name) for name in names]


async def join(child: Bench, server: Server, name: str) -> Client:
    """Connect a client to the server of an answer.

    When it returns, the handler has run for it until it first waited for something: what it does at
    once, such as registering the connection, is done.
    """
    before = server.connection_count
    client = await open_client(child, server, name)
    await server.changes.until(
        lambda: server.connection_count > before or client.state == "closed", PATIENCE
    )
    return client


async def try_to_say(client: Client, text: str) -> None:
    """Send a message, unless the server has closed the connection, as `closed_ones` then says."""
    with suppress(Disconnected):
        await client.say(text)


async def heard_by(client: Client, number: int) -> list[Any]:
    """Return what a client has heard in all, once it is so many messages or none comes in time."""
    await client.changes.until(
        lambda: len(client.inbox) >= number or client.state == "closed", PATIENCE
    )
    return list(client.inbox)


def stop_line(server: Server, client: Client) -> FaultHandle:
    """Let nothing more reach a client, so that what the server sends soon has to wait.

    The operating system's buffers on the way are made small; otherwise they would take megabytes.
    """
    (connection,) = (each for each in server.connections if each.name == client.name)
    sending = connection.raw.transport.get_extra_info("socket")
    sending.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SMALL)
    for passing in client.link.connections:
        receiving = passing.server.transport.get_extra_info("socket")
        receiving.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, SMALL)
    return client.link.add(BlackHole(), "downstream")


async def listen(client: Client, is_enough: Callable[[], bool]) -> None:
    """Wait until a client has heard enough, or its connection is closed, or no more comes."""
    before = -1

    def hears_more() -> bool:
        return len(client.inbox) > before or client.state == "closed"

    while hears_more() and not is_enough() and client.state != "closed":
        before = len(client.inbox)
        await client.changes.until(hears_more, STALL)


async def closed_ones(clients: list[Client]) -> str:
    """Return whose connection the server closed, as a sentence, "" if all are open."""
    client = next((client for client in clients if client.state != "open"), None)
    if client is None:
        return ""
    await client.changes.until(lambda: client.state == "closed", PATIENCE)
    return f"The server closed {client.name}'s connection: {client.close_code!r}."


def draw_ladder(server: Server, clients: list[Client]) -> Ladder:
    """Draw what has crossed between clients and the server of an answer."""
    links = [client.link for client in clients]
    return Ladder(links, [server.name] * len(clients), heartbeats=True)
