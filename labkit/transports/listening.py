"""Where a server listens, and where it is reached there.

Two things are easily mixed up. A server may listen at many addresses: a wildcard is every address
of the machine, and `localhost` is one of each family. A client dials one: no wildcard, which is not
an address of anybody. So a server has a host to be dialled at, and one port for all its sockets.
"""

from __future__ import annotations

import asyncio
import contextlib
import errno
import socket
from collections.abc import Awaitable, Callable, Collection

from labkit.exceptions import LabError
from labkit.transports.origin_policy import (
    OriginPolicy,
    checked_hosts,
    find_origins,
    host_name,
    is_address,
    is_loopback,
)

WILDCARDS = ("0.0.0.0", "::")
"""The wildcard of each family."""

PORT_ATTEMPTS = 10
"""How often a port is looked for that is free at several addresses."""


def checked_host(host: object) -> str:
    """Return the host at which a learner wants to listen; "" is a wildcard, as for asyncio.

    Raises
    ------
    LabError
        If it is not a host: for example one with a port, or an address of the web.
    """
    if host is None:
        return ""
    if not isinstance(host, str):
        raise LabError(
            f'`host` is the name or address to listen at, such as "127.0.0.1", not {host!r}.'
        )
    bare = host[1:-1] if host.startswith("[") and host.endswith("]") else host
    if is_address(bare):
        return bare
    if host.lower() == host_name(host):
        return host
    raise LabError(
        f"{host!r} is not a host to listen at: it is a name or an address alone, such as "
        '"127.0.0.1", and the port is given as `port`.'
    )


def is_wildcard(host: str) -> bool:
    """Whether a host stands for every address of the machine."""
    return host in ("", *WILDCARDS)


def dialled_host(host: str) -> str:
    """Return where clients of this machine dial a server that listens at a host.

    Examples
    --------
    >>> dialled_host("0.0.0.0"), dialled_host("::"), dialled_host("localhost")
    ('127.0.0.1', '::1', 'localhost')
    """
    if not is_wildcard(host):
        return host
    return "::1" if host == "::" else "127.0.0.1"


def make_origin_policy(host: str, hosts: Collection[str]) -> OriginPolicy:
    """Return the names of a server that listens at a host: those given, and the host itself."""
    own = frozenset() if is_wildcard(host) else frozenset({host.lower()})
    pages = frozenset(page for each in checked_hosts(hosts) for page in find_origins(each))
    names = own | {page.name for page in pages}
    return OriginPolicy(names, any_address=is_wildcard(host), pages=pages)


async def find_addresses(host: str) -> list[str]:
    """Return the addresses at which to listen for a host, those that this machine can be at.

    Raises
    ------
    OSError
        If there is none: the name is unknown, or its addresses are another machine's.
    """
    if is_wildcard(host):
        found = list(WILDCARDS) if host == "" else [host]
    elif is_address(host):
        found = [host]
    else:
        loop = asyncio.get_running_loop()
        known = await loop.getaddrinfo(host, None, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
        found = list(dict.fromkeys(str(address[4][0]) for address in known))
    if len(found) == 1:
        return found
    usable, refused = [], OSError(f"{host!r} has no address")
    for address in found:
        try:
            _bound(address, 0).close()
        except OSError as error:  # for example where IPv6 is switched off
            refused = error
        else:
            usable.append(address)
    if not usable:
        raise refused
    return usable


async def listen(
    host: str, port: int, begin: Callable[[list[str], int], Awaitable[None]]
) -> list[str]:
    """Listen at every address of a host, on one port.

    Parameters
    ----------
    host, port
        Where; port 0 takes one that is free at each of them.
    begin
        Listens at addresses on a port, at all of them or, with an OSError, at none.

    Returns
    -------
    list
        The addresses.
    """
    addresses = await find_addresses(host)
    for left in reversed(range(PORT_ATTEMPTS)):
        try:
            await begin(addresses, port or _common_port(addresses))
        except OSError as error:  # somebody may have taken it between the look and the call
            if port or not left or error.errno != errno.EADDRINUSE:
                raise
        else:
            break
    return addresses


def _common_port(addresses: list[str]) -> int:
    """Return a port that is free at several addresses; 0 for one, where the system chooses."""
    if len(addresses) == 1:
        return 0
    with contextlib.ExitStack() as stack:
        first = stack.enter_context(_bound(addresses[0], 0))
        port = int(first.getsockname()[1])
        for address in addresses[1:]:
            stack.enter_context(_bound(address, port))
    return port


def _bound(address: str, port: int) -> socket.socket:
    family, kind, protocol, _, where = socket.getaddrinfo(
        address, port, type=socket.SOCK_STREAM, flags=socket.AI_NUMERICHOST
    )[0]
    bound = socket.socket(family, kind, protocol)
    try:
        if family == socket.AF_INET6:
            bound.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        bound.bind(where)
    except BaseException:
        bound.close()
        raise
    return bound


def describe_exposure(name: str, addresses: list[str]) -> str:
    """Say what it means for safety that a server listens at addresses; "" if it means nothing."""
    if all(is_loopback(address) for address in addresses):
        return ""
    where = "every address of this machine" if is_wildcard(addresses[0]) else ", ".join(addresses)
    return (
        f"The server {name!r} listens at {where}: anybody in the same network can connect, without "
        "password and encryption. Omit `host` to serve this machine alone."
    )
