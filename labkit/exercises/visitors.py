"""Clients that visit the server of an answer, for judges: they join, listen, and are drawn."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from labkit.bench.bench import Bench
from labkit.bench.starting import open_client, start_server
from labkit.exceptions import Disconnected
from labkit.transports.contract import Client, Server
from labkit.views.ladder.ladder import Ladder

PATIENCE = 0.3
"""Seconds to wait for a message on loopback, by the lab's clock, before it counts as missing."""


async def open_chat(child: Bench, answer: Any, *names: str) -> tuple[Server, list[Client]]:
    """Serve an answer and connect clients, one after the other.

    When it returns, the handler has run for each of them until it first waited for something: what
    it does at once, such as registering the connection, is done.
    """
    server = await start_server(child, answer, "chat")
    return server, [await _join(child, server, name) for name in names]


async def _join(child: Bench, server: Server, name: str) -> Client:
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
