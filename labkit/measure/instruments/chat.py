"""The chats that are compared: a server, and people who chat on it, each over a link."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from labkit.bench import Bench
from labkit.bench.starting import open_client, start_server
from labkit.transports.contract import Client, Server


@dataclass(frozen=True)
class Way:
    """A way to chat.

    Attributes
    ----------
    protocol
        The name of the finished chat.
    serve, connect
        Options of its server, and of its clients.
    """

    protocol: str
    serve: Mapping[str, Any] = field(default_factory=dict)
    connect: Mapping[str, Any] = field(default_factory=dict)


def _socketio(*transports: str) -> Way:
    """Return a way over Socket.IO. Its texts ask for no acknowledgement, as raw ones cannot."""
    choice = {"transports": list(transports)} if transports else {}
    return Way("socketio", connect={"acknowledge": False, **choice})


_DEFLATE = {"compression": "deflate"}

WAYS = {
    "websocket": Way("websocket"),
    "websocket deflate": Way("websocket", _DEFLATE, _DEFLATE),
    "socketio": _socketio(),
    "socketio websocket": _socketio("websocket"),
    "socketio polling": _socketio("polling"),
}
"""The subjects of the court, by name."""


@dataclass(frozen=True)
class Chat:
    """A chat that runs.

    Attributes
    ----------
    server
        Its server.
    people
        Those who chat, in the order of their names.
    """

    server: Server
    people: tuple[Client, ...]


async def open_chat(
    bench: Bench,
    subject: str,
    *names: str,
    serve: Mapping[str, Any] | None = None,
    connect: Mapping[str, Any] | None = None,
) -> Chat:
    """Serve a subject's finished chat, and connect people to it, each over a link of their own.

    Parameters
    ----------
    bench
        Where they run.
    subject
        A name in `WAYS`.
    names
        Of the people. On the bench, names begin with the subject's, and the server's has them all.
    serve, connect
        Further options of the server, and of the clients.
    """
    way = WAYS[subject]
    name = " ".join((subject, *names))
    server = await start_server(bench, way.protocol, name, **{**way.serve, **(serve or {})})
    options = {**way.connect, **(connect or {})}
    people = [await open_client(bench, server, f"{subject} {name}", **options) for name in names]
    return Chat(server, tuple(people))


async def say_to(speaker: Client, text: str, *hearers: Client) -> None:
    """Let somebody say something that others have to hear.

    Raises
    ------
    NotHeard
        If one of them does not hear it.
    """
    await speaker.say(text)
    await asyncio.gather(*(hearer.hears(text) for hearer in hearers))
