"""Who may talk to a server on this machine: rules for the Host and Origin headers.

A server on the loopback interface is within reach of every page that the learner's browser shows:
a foreign page can open a WebSocket to it (browsers apply no same-origin rule to WebSocket; RFC 6455
section 10.2 leaves the check to the server), and by DNS rebinding it can even use a name of its own
for this machine, which is why Host is checked beside Origin.
"""

from __future__ import annotations

import contextlib
import ipaddress
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import urlsplit

from labkit.exceptions import LabError


def host_name(host: str) -> str:
    """Return the name in a Host header, without its port, in lower case ("" if malformed).

    Examples
    --------
    >>> host_name("LocalHost:8888"), host_name("[::1]:80")
    ('localhost', '::1')
    """
    try:
        parts = urlsplit(f"//{host.strip()}")
        _ = parts.port  # raises for a port that is no number
    except ValueError:
        return ""
    return "" if parts.path or parts.username is not None else parts.hostname or ""


def checked_hosts(hosts: Collection[str] | str | None) -> frozenset[str]:
    """Return the names of hosts as they are compared: without scheme, port and path.

    Parameters
    ----------
    hosts
        What a learner wrote: one name or several, also as an address.

    Raises
    ------
    LabError
        If one of them cannot be a name, and so would never match.

    Examples
    --------
    >>> checked_hosts("https://Hub.example:8443/user/me")
    frozenset({'hub.example'})
    """
    chosen = [hosts] if isinstance(hosts, str) else hosts or ()
    if not isinstance(chosen, Iterable):
        raise LabError(f"`hosts` is a name or a list of names, not {hosts!r}.")
    return frozenset(map(_checked_host, chosen))


def _checked_host(host: object) -> str:
    name = ""
    if isinstance(host, str):
        with contextlib.suppress(ValueError):
            name = host_name(urlsplit(host).netloc if "://" in host else host)
    if not name or "*" in name or not name.isprintable() or " " in name:
        raise LabError(
            f"{host!r} is not a host name, so no page could ever come from it. Name each host by "
            'which the server is reached: `hosts=["hub.example.org"]`.'
        )
    return name


def is_loopback(name: str) -> bool:
    """Whether `name` is ``localhost`` or a loopback address (127.0.0.0/8, ::1)."""
    return name == "localhost" or (is_address(name) and ipaddress.ip_address(name).is_loopback)


def is_address(name: str) -> bool:
    """Whether `name` is an IP address."""
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


@dataclass(frozen=True)
class OriginPolicy:
    """Which names a server has, and so which requests it answers.

    Attributes
    ----------
    names
        Further host names than those of the loopback interface, in lower case: the address that was
        asked for, a hub's.
    any_address
        Whether every IP address is a name of this server, as for one that listens at all of its
        machine's. A foreign page cannot use that: its own address is not the server's, and no page
        can take the name of an address, as it can take one of the domain name system.

    Examples
    --------
    >>> OriginPolicy().refusal("127.0.0.1:4000", None) is None
    True
    >>> OriginPolicy().refusal("127.0.0.1:4000", "http://evil.example")
    "a page of 'http://evil.example' may not connect here (Origin)"
    """

    names: frozenset[str] = frozenset()
    any_address: bool = False

    def refusal(self, host: str | None, origin: str | None) -> str | None:
        """Return why a request is refused, or None if it may pass.

        Parameters
        ----------
        host, origin
            The request's headers; None if absent.
        """
        names = self.names
        if self.any_address:
            name = host_name(host or "")
            names = names | {name} if is_address(name) else names
        return _refusal(host, origin, names)


@lru_cache(maxsize=256)
def _refusal(host: str | None, origin: str | None, names: frozenset[str]) -> str | None:
    """Return why a request is refused, remembered: polling asks for it with each message."""
    name = host_name(host or "")
    if not (is_loopback(name) or name in names):
        return f"{host!r} is no name of this server (Host)"
    if origin is None:
        return None
    try:
        parts = urlsplit(origin)
        source = host_name(parts.netloc)
    except ValueError:
        source = ""
    known = is_loopback(source) or source in names
    if not source or parts.scheme not in ("http", "https") or parts.path or not known:
        return f"a page of {origin!r} may not connect here (Origin)"
    return None
