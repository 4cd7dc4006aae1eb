"""The verb `lab.crowd`."""

from __future__ import annotations

from labkit import bench
from labkit.backoff import Backoff
from labkit.bench.names import check_name
from labkit.exceptions import LabError, await_hint
from labkit.links import Link
from labkit.measure.crowd import Crowd
from labkit.protocols.addresses import reachable
from labkit.shadows import explain_shadows
from labkit.sockets.descriptors import allow_descriptors
from labkit.transports.contract import Server
from labkit.transports.light_clients import make_target
from labkit.transports.registry import spoken_protocol

MAX_CLIENTS = 3000
"""Clients of one crowd."""

DESCRIPTORS_EACH = 3
"""Descriptors of one client in the kernel: both sides of its link, and the server's connection."""


@explain_shadows()
async def crowd(
    to: Server | Link | str,
    clients: int,
    *,
    reconnect: bool | Backoff = False,
    name: str = "crowd",
    seed: int | str = 0,
) -> Crowd:
    """Connect many light clients from one process of their own, replacing a crowd of the same name.

    The clients dial one link, `crowd.link`: cut it, and all of them lose their connections.
    They say nothing.

    Parameters
    ----------
    to
        A server, a link, or the address of a server that runs elsewhere.
    clients
        How many there are, up to 3000.
    reconnect
        When a client that has lost its connection, or could not connect, tries again: as a
        `Backoff` says, or with True as `Backoff()` does. By default it does not.
    name
        The crowd's name on the bench.
    seed
        Of the jitter: the same seed gives the same waits.

    Returns
    -------
    Crowd
        With `connected`, `attempts`, `await crowd.until_connected(...)`, `await crowd.stop()`.

    Raises
    ------
    ConnectError
        If not all of them connect in time.
    LabError
        If an argument makes no sense, or the server does not run.

    Examples
    --------
    >>> from labkit.backoff import Backoff
    >>> crowd = await lab.crowd(server, 30, reconnect=Backoff(0.5, cap=4))
    """
    if not isinstance(to, (Server, Link, str)):
        raise LabError(
            f"A crowd cannot connect to {to!r}: give a server, a link, or an address."
            f"{await_hint(to)}"
        )
    check_name(name)
    backoff = _checked_backoff(reconnect)
    _check_clients(clients, to)
    to = reachable(to) if isinstance(to, str) else to
    uri = to if isinstance(to, str) else to.url
    protocol = spoken_protocol(to)
    make_target(protocol, uri, "", 0)  # raises before anything is changed
    if not allow_descriptors(clients * DESCRIPTORS_EACH):
        raise LabError(f"The system does not give this process enough files for {clients} clients.")
    lab = bench.current()

    def make(link: Link) -> Crowd:
        return Crowd(
            name,
            make_target(protocol, uri, link.host, link.port),
            link,
            protocol=protocol,
            clients=clients,
            reconnect=backoff,
            seed=seed,
            owns_link=link is not to,
            on_error=lab.monitor.background_errors.add,
        )

    return await lab.crowd(to, name, make, announce=print)


def _checked_backoff(reconnect: object) -> Backoff | None:
    if isinstance(reconnect, Backoff):
        return reconnect
    if reconnect is True:
        return Backoff()
    if reconnect is False or reconnect is None:
        return None
    raise LabError(
        f"`reconnect` must be True, False or a Backoff such as `Backoff(1, cap=5)`, "
        f"not {reconnect!r}."
    )


def _check_clients(clients: object, to: Server | Link | str) -> None:
    """Raise LabError for a number that makes no sense, or that the server will not take."""
    if not isinstance(clients, int) or isinstance(clients, bool) or not 0 < clients <= MAX_CLIENTS:
        raise LabError(f"A crowd has 1 to {MAX_CLIENTS} clients, not {clients!r}.")
    if isinstance(to, Link) and to.state != "whole":
        raise LabError(f"The link {to.name!r} is {to.state}, so nobody gets through it.")
    if not isinstance(to, Server):
        return
    if not to.running:
        raise LabError(f"The server {to.name!r} is stopped. `await lab.serve(...)` starts one.")
    if clients > to.max_connections:
        raise LabError(
            f"The server {to.name!r} accepts {to.max_connections} clients, not {clients}. "
            f"`lab.serve(..., max_connections={clients})` accepts more."
        )
