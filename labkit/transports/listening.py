"""The addresses at which a server listens, and the one at which its clients dial it.

A server may listen at many addresses: a wildcard means every address of the machine, and
`localhost` means one address of each family. A client dials a single address, which cannot be a
wildcard. So a server has a host for dialling, and one port for all its sockets.
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
"""Attempts to find a port that is free at several addresses."""


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
        raise LabError(f'`host` must be a name or an address such as "127.0.0.1", not {host!r}.')
    bare = host[1:-1] if host.startswith("[") and host.endswith("]") else host
    if is_address(bare):
        return bare
    if host.lower() == host_name(host):
        return host
    raise LabError(
        f"{host!r} is not a valid host to listen at. Give only a name or an address such as "
        '"127.0.0.1", and the port as `port`.'
    )


def is_wildcard(host: str) -> bool:
    """Return whether a host means every address of the machine."""
    return host in ("", *WILDCARDS)


def dialled_host(host: str) -> str:
    """Return the host at which clients on this machine dial a server that listens at `host`.

    Examples
    --------
    >>> dialled_host("0.0.0.0"), dialled_host("::"), dialled_host("localhost")
    ('127.0.0.1', '::1', 'localhost')
    """
    if not is_wildcard(host):
        return host
    return "::1" if host == "::" else "127.0.0.1"


def make_origin_policy(host: str, hosts: Collection[str]) -> OriginPolicy:
    """Return the policy for a server that listens at `host` and also serves pages of `hosts`."""
    own = frozenset() if is_wildcard(host) else frozenset({host.lower()})
    pages = frozenset(page for each in checked_hosts(hosts) for page in find_origins(each))
    names = own | {page.name for page in pages}
    return OriginPolicy(names, any_address=is_wildcard(host), pages=pages)


async def find_addresses(host: str) -> list[str]:
    """Return the addresses of this machine at which to listen for a host.

    Raises
    ------
    OSError
        If there is none: the name is unknown, or its addresses belong to another machine.
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
    """Listen at every address of a host, on one port, and return the addresses.

    Parameters
    ----------
    host, port
        Where to listen; port 0 uses one that is free at each address.
    begin
        Listens at addresses on a port, at all of them or, with an OSError, at none.
    """
    addresses = await find_addresses(host)
    for left in reversed(range(PORT_ATTEMPTS)):
        try:
            await begin(addresses, port or _common_port(addresses))
        except OSError as error:  # another program may have taken the port since it was found
            if port or not left or error.errno != errno.EADDRINUSE:
                raise
        else:
            break
    return addresses


def _common_port(addresses: list[str]) -> int:
    """Return a port that is free at several addresses; for one address 0: the system chooses."""
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
    """Return a warning that others can reach a server, "" if only this machine can."""
    if all(is_loopback(address) for address in addresses):
        return ""
    where = "every address of this machine" if is_wildcard(addresses[0]) else ", ".join(addresses)
    return (
        f"The server {name!r} listens at {where}: anyone on the same network can connect, without "
        "a password or encryption. Omit `host` to serve only this machine."
    )
