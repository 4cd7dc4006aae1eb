"""The contract of a transport: one suite for all of them, directly and through a shared link.

A new transport is a row, or a few, of `TRANSPORTS`.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from types import ModuleType
from typing import Any

import pytest

from labkit.transports.contract import Client, Server
from labkit.transports.http.chat.server import session


@dataclass(frozen=True)
class Transport:
    """What is particular about a transport.

    Attributes
    ----------
    name
        What is served.
    options
        With which people connect. Socket.IO comes back by itself unless told otherwise; here each
        connection has one life, but in the tests about coming back.
    echoes
        Whether the finished chat sends to the sender, too.
    greeting
        With what the finished chat greets a newcomer; by then, its server knows them. Socket.IO
        answers a newcomer itself, once the server knows them.
    badge
        What a client's `repr` says of it.
    left, cut
        How a connection ends by the client, and by a cut.
    stopped
        How it may end when the server stops.
    tick
        What is known of a message that was said.
    resumes
        Whether a client that comes back gets what was said meanwhile, and says what it could not.
    stands
        Why a reset ends nothing, "" if it ends the connection.
    absence
        Seconds after which a server notices that a client without a connection asks no more, 0 if
        it notices the end of a connection.
    marks
        Those of its tests.
    """

    name: str
    badge: str
    options: dict[str, Any] = field(default_factory=dict)
    echoes: bool = False
    greeting: str | None = "Welcome"
    left: Any = 1000
    cut: Any = 1006
    stopped: tuple[Any, ...] = (1001,)
    tick: str = "sent"
    resumes: bool = False
    stands: str = ""
    absence: float = 0
    marks: tuple[pytest.MarkDecorator, ...] = ()

    async def greets(self, client: Client) -> None:
        """Wait until a client was greeted, if the finished chat greets."""
        if self.greeting:
            await client.hears(self.greeting)


def socketio(over: str, **options: Any) -> Transport:
    """Return a row of Socket.IO."""
    return Transport(
        "socketio",
        f"socketio over {over}",
        {"reconnect": False, **options},
        echoes=True,
        greeting=None,
        left="client disconnect",
        cut="transport error",
        stopped=("transport error",),
    )


def http(name: str, *stopped: str, **particular: Any) -> Transport:
    """Return a row of a chat over HTTP.

    A post is answered, so a message is acknowledged. Nothing is lost while a client is away: it
    says how far it has read, and posts again what was not answered.
    """
    return Transport(
        name,
        name,
        {"reconnect": False, **particular.pop("options", {})},
        left="client disconnect",
        cut="transport error",
        stopped=stopped,
        tick="acknowledged",
        resumes=True,
        **particular,
    )


def chain(*ways: str) -> Transport:
    """Return a row of a chain of these ways, the first of which works.

    Only the WebSocket is a way of its own: the quick tier has the others in rows of their own.
    """
    row = http("chain", "transport close", "transport error", options={"protocol": list(ways)})
    marks = () if ways[0] == "websocket" else (pytest.mark.exhaustive,)
    return replace(row, badge=f"chain over {ways[0]}", marks=marks)


TRANSPORTS = {
    "websocket": Transport("websocket", "websocket"),
    "socketio": socketio("websocket"),
    "socketio, websocket only": socketio("websocket", transports=["websocket"]),
    "socketio, polling only": socketio("polling", transports=["polling"]),
    "sse": http("sse", "transport close"),
    "chain": chain("websocket"),
    "chain, without websocket": chain("sse"),
    "chain, by long polling": chain("longpoll"),
    # what asks again a moment later may find that nobody listens any more
    "longpoll": http("longpoll", "transport close", "transport error", absence=0.3),
    "poll": http(
        "poll",
        "transport close",
        "transport error",
        options={"interval": 0.02},
        stands="between two polls there is nothing that a reset could end",
        absence=0.9,
    ),
}

FIRST = ("websocket", "socketio", "sse", "chain")
"""Those that the quick tier tries through a shared link, too: one of each kind."""


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leave the others through a shared link to the exhaustive tier."""
    for item in items:
        params = item.callspec.params if hasattr(item, "callspec") else {}
        if params.get("join") == "shared link" and params.get("transport") not in FIRST:
            item.add_marker(pytest.mark.exhaustive)


Join = Callable[[str], Awaitable[Client]]


@pytest.fixture(params=[pytest.param(name, marks=row.marks) for name, row in TRANSPORTS.items()])
def transport(request: pytest.FixtureRequest) -> Transport:
    """Return each transport in turn."""
    return TRANSPORTS[request.param]


@pytest.fixture
async def server(lab: ModuleType, transport: Transport, monkeypatch: pytest.MonkeyPatch) -> Server:
    """Serve the finished chat of a transport; one that waits for absent clients waits not long."""
    if transport.absence:
        monkeypatch.setattr(session, "POLL_INTERVAL", transport.absence / session.ABSENCE)
    return await lab.serve(transport.name)


@pytest.fixture(params=["own link", "shared link"])
async def join(
    lab: ModuleType, server: Server, transport: Transport, request: pytest.FixtureRequest
) -> Join:
    """Join people: each on a link of their own, or all through one."""
    target = server if request.param == "own link" else await lab.link(server)

    async def connect(name: str) -> Client:
        client = await lab.connect(target, name, **transport.options)
        await transport.greets(client)
        return client

    return connect
