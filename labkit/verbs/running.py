"""Verbs that start and close what runs on the bench: servers, clients, links."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import Any

from labkit import bench
from labkit.backoff import Backoff
from labkit.bench.names import check_name
from labkit.clock import clock
from labkit.exceptions import LabError, await_hint
from labkit.links import Link
from labkit.protocols.addresses import reachable
from labkit.transports.contract import Client, Server, ServerSettings
from labkit.transports.origin_policy import checked_hosts
from labkit.transports.registry import client_maker, default_server_name, new_server
from labkit.transports.server_token import checked_token


async def fresh(timescale: float | None = None) -> None:
    """Close everything on the bench and start with an empty record: a notebook's first cell.

    Parameters
    ----------
    timescale
        Factor on every wait and heartbeat; None uses `LABKIT_TIMESCALE`, or 1.

    Examples
    --------
    >>> await lab.fresh()
    """
    clock.set(timescale)
    await bench.current().fresh()


async def serve(
    what: Any,
    *,
    name: str | None = None,
    host: str | None = "127.0.0.1",
    port: int = 0,
    hosts: Collection[str] | str = (),
    token: bool | str = False,
    drop_slow_readers: bool = True,
    max_connections: int = 500,
    messages_per_second: float | None = None,
    **options: Any,
) -> Server:
    """Start a server in this kernel, replacing one of the same name.

    Parameters
    ----------
    what
        A handler for the library `websockets`, ``async def handler(websocket)``; a
        `socketio.AsyncServer`; an `aiohttp.web.Application`; or the name of a finished chat:
        "websocket", "socketio", "sse" (server-sent events), "longpoll", "poll", or "chain", which
        answers over all of these but Socket.IO.
    name
        Its name on the bench; by default the handler's name, or the protocol.
    host, port
        Where to listen; by default on this machine only, on any free port. With "0.0.0.0", "::"
        (IPv6) or None (both), anyone on the network can connect.
    hosts
        Pages that may connect besides the server's page and Jupyter's, which its views report (a
        hub's, too): one or several, by the name of their host, such as "school.example", or by
        their address, such as "http://localhost:5173".
    token
        Whether each request must carry a token in its query, as the server's `url` and `page` do.
        Without a token, every program on this machine can connect, including those of other users.
        A string sets the token. The pages of an `aiohttp` application must send it themselves, in
        every request.
    drop_slow_readers
        Whether to end connections whose reader stopped reading (more than 8 MiB queued, or more
        than 1 MiB for 5 s).
    max_connections
        The number of clients it accepts; further ones are refused with 503 and logged.
    messages_per_second
        The rate at which each client of a finished chat may send. By default there is no limit,
        because lessons and load tests send bursts.
    options
        Passed to `websockets.asyncio.server.serve`, for example `process_request`; for the finished
        Socket.IO chat, to `socketio.AsyncServer`. An `AsyncServer` or `Application` of your own
        takes none. The chats over plain HTTP and the chain (the last four) have one, `history`: the
        number of messages kept for clients that come back, by default 1000. Seconds go by the lab's
        clock, above all those of the heartbeat, `ping_interval` and `ping_timeout` (by default 5
        and 5). None switches one off on raw WebSocket; Socket.IO needs both, and an interval of
        whole seconds (scaled, it is rounded up).

    Raises
    ------
    LabError
        If `what` cannot be served, or the port is not available.

    Examples
    --------
    >>> server = await lab.serve("websocket")
    """
    check_name(name)
    if not isinstance(port, int) or isinstance(port, bool) or not 0 <= port <= 65535:
        raise LabError(f"{port!r} is not a valid port. Omit `port` to use a free one.")
    allowed = checked_hosts(hosts)
    lab = bench.current()
    chosen = name or default_server_name(what)
    old = lab.servers.get(chosen)
    wanted = old.token if token is True and old and old.token else checked_token(token)

    settings = ServerSettings(
        name=chosen,
        observer=lab.observer,
        host=host,
        hosts=allowed,
        token=wanted,
        drop_slow_readers=drop_slow_readers,
        max_connections=max_connections,
    )

    def make(port: int) -> Server:
        return new_server(
            what,
            replace(settings, port=port),
            messages_per_second=messages_per_second,
            options=options,
        )

    return await lab.serve(chosen, make, port, announce=print)


async def connect(
    to: Server | Link | str,
    name: str | None = None,
    *,
    protocol: str | Sequence[str] | None = None,
    reconnect: bool | Backoff | None = None,
    **options: Any,
) -> Client:
    """Connect a client over its own link, replacing one of the same name.

    Parameters
    ----------
    to
        A server, a link, or the address of a server that runs elsewhere.
    name
        The client's name; by default alice, then bob, carol, dave.
    protocol
        The protocol to speak: "websocket", "socketio", "sse", "longpoll", "poll" or "chain"; by
        default the server's. For an address it is raw WebSocket at ``ws://``, Socket.IO at
        ``http://``. A list is a fallback chain, to a server of that name: the ways to try, the best
        one first, of "websocket", "sse", "longpoll" and "poll" (by default the first three).
    reconnect
        Whether to reconnect when the connection is lost; a Backoff says how long to wait before
        each attempt, and True on raw WebSocket means ``Backoff()``. A client on either of them gets
        nothing that was sent while it was away; one over plain HTTP, or with a chain, does. By
        default, raw WebSocket does not reconnect, Socket.IO does, as its library does it (see
        below), and so do the chats over plain HTTP and the chain.
    options
        For raw WebSocket, those of `websockets.asyncio.client.connect`, such as `ping_interval` and
        `ping_timeout`; for Socket.IO, whose clients follow their server's heartbeat, those of
        `socketio.AsyncClient` and of its `connect`, above all `transports` and `namespaces`; for
        "poll", `interval`, the seconds between two polls (by default 1); for a chain, `upgrade`,
        whether it probes the better ways after 2, 4, 8, ... 60 s, and changes to one that works (by
        default it stays where it is). Seconds go by the lab's clock.

    Raises
    ------
    ConnectError
        If nothing that speaks the protocol answers within 5 s (scaled), or of a chain, if no way is
        proved in both directions within 3 s (scaled) each; it says why each was refused. The first
        attempt decides: no client goes on trying before it has ever been connected.
    LabError
        If `to` is not a valid address, or an option is not valid; then nothing has changed.

    Notes
    -----
    Raw WebSocket reconnects with the library's own loop, ``async for websocket in connect(...)``,
    until `close`: whatever the close code was, and with a pause before each attempt. The waits
    start afresh once a connection has stood for 10 s (scaled). An answer such as 403 or 404 ends
    the attempts; `process_exception`, an option of the library, decides which.

    python-socketio reconnects by itself, unless the server has disconnected the client. It waits
    1, 2, 4, 5, 5, ... s, up to 0.5 s more or less (scaled), and starts afresh after each success.
    It can follow a Backoff only without jitter, and with a factor of 2 or a single wait.

    A chain goes on with the way that broke, or with the first one that works. One that breaks three
    times within 10 s of its opening is left for the others. No message is lost or doubled by that.

    Examples
    --------
    >>> alice = await lab.connect(server, "alice")
    >>> bob = await lab.connect(server, "bob", reconnect=Backoff(1, cap=5))
    >>> carol = await lab.connect(chain_server, "carol", protocol=["websocket", "sse"])
    """
    if not isinstance(to, (Server, Link, str)):
        raise LabError(
            f"Cannot connect to {to!r}: give a server, a link, or an address.{await_hint(to)}"
        )
    check_name(name)
    if isinstance(to, Server) and not to.running:
        raise LabError(f"The server {to.name!r} is stopped. `await lab.serve(...)` starts one.")
    to = reachable(to) if isinstance(to, str) else to
    if reconnect is not None:
        options["reconnect"] = reconnect
    make = client_maker(to, protocol, options)
    return await bench.current().connect(to, name, make, announce=print)


async def link(to: Server | str, name: str | None = None) -> Link:
    """Open a link to a server: a relay that records the bytes and can be cut.

    Parameters
    ----------
    to
        A server of the bench, or a ``ws://`` or ``http://`` address.
    name
        Its name on the bench.

    Examples
    --------
    >>> shared = await lab.link(server)
    >>> carol = await lab.connect(shared, "carol")
    """
    if not isinstance(to, (Server, str)):
        raise LabError(f"A link leads to a server or an address, not to {to!r}.{await_hint(to)}")
    check_name(name)
    to = reachable(to) if isinstance(to, str) else to
    return await bench.current().link(to, name, announce=print)


async def finish() -> None:
    """Raise Unfinished if anything went wrong or was left behind: a notebook's last cell.

    If nothing did, it prints that. The bench's own servers, clients and links stay alive.

    Raises
    ------
    Unfinished
        If there are background errors that nobody took, servers that the bench does not own, or a
        learner's tasks that still run; those that a handler made belong to its connection while
        that is open.

    Examples
    --------
    >>> await lab.finish()
    Nothing failed unseen. The bench's servers and clients stay open.
    """
    await bench.current().finish()
    print("Nothing failed unseen. The bench's servers and clients stay open.")


async def close() -> None:
    """Close everything that runs on the bench.

    Examples
    --------
    >>> await lab.close()
    """
    await bench.current().close()
