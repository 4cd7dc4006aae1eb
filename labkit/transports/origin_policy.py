"""The origin policy: which requests a server answers, by Host, Origin, and the embedding page.

Every page in the learner's browser can reach a server on the loopback interface. A foreign page can
open a WebSocket to it (browsers apply no same-origin rule to WebSocket; RFC 6455 section 10.2
leaves the check to the server). By DNS rebinding, a page can even use its own host name for this
machine, which is why Host is checked besides Origin. A page on another port of this machine is
foreign too: any user with an account here may have made it.

So the server's own page may connect: its origin is the address that it dials, which is that of the
server, of a link or of a proxy. Jupyter's page may connect, whose address its views report
(`jupyter_pages`), and so may pages that the learner names. Programs send no Origin and may connect.
"""

from __future__ import annotations

import contextlib
import ipaddress
import re
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import urlsplit

from labkit.exceptions import LabError

DEFAULT_PORTS = {"http": 80, "https": 443}
"""The port of an address without one, by its scheme."""

_HOST = re.compile(
    r"(?:\[([0-9a-f:.]+)\]|([a-z0-9_](?:[a-z0-9._-]*[a-z0-9_])?))(?::([0-9]{1,5}))?", re.IGNORECASE
)
"""A Host header as browsers send it: a name or an address, and a port (RFC 9110 section 7.2)."""


class Host(NamedTuple):
    """The parts of a Host header: the name in lower case, and the port or None."""

    name: str
    port: int | None


class Origin(NamedTuple):
    """The origin of a page (RFC 6454)."""

    scheme: str
    name: str
    port: int


@lru_cache(maxsize=256)
def parse_host(host: str) -> Host | None:
    """Return the parts of a Host header, None if it is malformed.

    Examples
    --------
    >>> parse_host("LocalHost:8888"), parse_host("[::1]"), parse_host("127.0.0.1#evil")
    (Host(name='localhost', port=8888), Host(name='::1', port=None), None)
    """
    found = _HOST.fullmatch(host)
    if found is None:
        return None
    address, name, digits = found.groups()
    port = int(digits) if digits else None
    if (address and not (":" in address and is_address(address))) or (port or 0) > 65535:
        return None
    return Host((address or name).lower(), port)


@lru_cache(maxsize=256)
def parse_origin(origin: str) -> Origin | None:
    """Return the parts of the Origin header of a web page, None for any other text.

    Examples
    --------
    >>> parse_origin("https://hub.example"), parse_origin("http://127.0.0.1?x")
    (Origin(scheme='https', name='hub.example', port=443), None)
    """
    scheme, separator, rest = origin.partition("://")
    host = parse_host(rest)
    if scheme not in DEFAULT_PORTS or not separator or host is None:
        return None
    return Origin(scheme, host.name, DEFAULT_PORTS[scheme] if host.port is None else host.port)


def host_name(host: str) -> str:
    """Return the name in a Host header, without its port, in lower case ("" if malformed).

    Examples
    --------
    >>> host_name("LocalHost:8888"), host_name("[::1]:80")
    ('localhost', '::1')
    """
    parsed = parse_host(host)
    return "" if parsed is None else parsed.name


def checked_hosts(hosts: Collection[str] | str | None) -> tuple[str, ...]:
    """Return the hosts that a learner named, as a tuple.

    Parameters
    ----------
    hosts
        One host or several: a name, or the address of a page.

    Raises
    ------
    LabError
        If one of them is not a valid host and so would never match.
    """
    chosen = [hosts] if isinstance(hosts, str) else hosts or ()
    if not isinstance(chosen, Iterable):
        raise LabError(f"`hosts` must be a name or a list of names, not {hosts!r}.")
    listed = tuple(chosen)
    for each in listed:
        find_origins(each)
    return listed


def find_origins(host: str) -> frozenset[Origin]:
    """Return the origins of a host's pages: of a name at the default ports, of an address there.

    Raises
    ------
    LabError
        If `host` is not valid, so that no page could come from it.

    Examples
    --------
    >>> sorted(origins_of("https://Hub.example:8443/user/me"))
    [Origin(scheme='https', name='hub.example', port=8443)]
    """
    parsed, schemes = None, tuple(DEFAULT_PORTS)
    if isinstance(host, str):
        netloc = host
        with contextlib.suppress(ValueError):
            if "://" in host:
                parts = urlsplit(host)
                netloc, schemes = parts.netloc, (parts.scheme,)
            with contextlib.suppress(UnicodeError):  # browsers send the name in its ASCII form
                netloc = netloc.encode("idna").decode("ascii")
            parsed = parse_host(netloc)
    if parsed is None or not set(schemes) <= DEFAULT_PORTS.keys():
        raise LabError(
            f"{host!r} is not a host name, so no page could ever come from it. Name each host by "
            'which the server is reached: `hosts=["hub.example.org"]`.'
        )
    return frozenset(
        Origin(scheme, parsed.name, parsed.port or DEFAULT_PORTS[scheme]) for scheme in schemes
    )


@lru_cache(maxsize=256)
def is_loopback(name: str) -> bool:
    """Return whether `name` is ``localhost`` or a loopback address (127.0.0.0/8, ::1).

    An IPv4 address inside an IPv6 one (``::ffff:127.0.0.1``) is not, although Python 3.13 says so.
    """
    if name == "localhost" or not is_address(name):
        return name == "localhost"
    address = ipaddress.ip_address(name)
    return address.is_loopback and getattr(address, "ipv4_mapped", None) is None


@lru_cache(maxsize=256)
def is_address(name: str) -> bool:
    """Return whether `name` is an IP address."""
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


jupyter_pages: set[Origin] = set()
"""The origins of Jupyter's page, as the views in it report them."""


def add_jupyter_page(origin: str) -> None:
    """Add the origin of Jupyter's page; ignore one that is not of the web."""
    page = parse_origin(origin)
    if page is not None:
        jupyter_pages.add(page)


class Refusal(NamedTuple):
    """The status of the answer that refuses a request, and the reason."""

    status: int
    why: str


@dataclass(frozen=True)
class OriginPolicy:
    """The names of a server, the pages that may connect, and so the requests that it answers.

    Attributes
    ----------
    names
        Host names besides those of the loopback interface, in lower case: the host at which the
        server was asked to listen, a hub's.
    any_address
        Whether each IP address is a name of this server, as for one that listens at all addresses
        of its machine. A foreign page cannot abuse that: its own address is not the server's, and
        DNS rebinding gives it only a name, never an address.
    pages
        Pages that may connect, besides the server's and Jupyter's.
    own_ports
        Returns the ports that serve the server's own page: its own and those of its links.

    Examples
    --------
    >>> OriginPolicy().refusal("127.0.0.1:4000", None) is None
    True
    >>> OriginPolicy().refusal("127.0.0.1:4000", "http://evil.example").why
    "a page of 'http://evil.example' may not connect here (Origin)"
    """

    names: frozenset[str] = frozenset()
    any_address: bool = False
    pages: frozenset[Origin] = frozenset()
    own_ports: Callable[[], Collection[int]] = field(default=tuple, compare=False)

    def judge(self, values: Callable[[str], Sequence[str]]) -> Refusal | None:
        """Return why a request is refused, or None if it may pass.

        Parameters
        ----------
        values
            Returns the values of a header of the request, none if it is absent.
        """
        hosts, origins = values("Host"), values("Origin")
        if len(hosts) != 1 or len(origins) > 1:
            return Refusal(400, "A request needs one Host header, and at most one Origin header")
        if origins:
            return self.refusal(hosts[0], origins[0])
        sites = values("Sec-Fetch-Site")  # programs send none
        return self.refusal(hosts[0], _embedding_page(sites, values) if sites else None)

    def refusal(self, host: str, origin: str | None) -> Refusal | None:
        """Return why a request with these headers is refused, or None if it may pass."""
        asked = parse_host(host)
        if asked is None or not (is_loopback(asked.name) or self._is_further_name(asked.name)):
            return Refusal(403, f"Refused: {host!r} is not a name of this server (Host)")
        if origin is None:
            return None
        page = parse_origin(origin)
        if page is None or not self._may_come(page, asked):
            return Refusal(403, f"Refused: a page of {origin!r} may not connect here (Origin)")
        return None

    def _is_further_name(self, name: str) -> bool:
        return (
            name in self.names
            or (self.any_address and is_address(name))
            or any(name == page.name for page in jupyter_pages)
        )

    def _may_come(self, page: Origin, asked: Host) -> bool:
        at = DEFAULT_PORTS[page.scheme] if asked.port is None else asked.port
        return (
            (page.name, page.port) == (asked.name, at)
            or page in self.pages
            or page in jupyter_pages
            or (page.port in self.own_ports() and page.scheme == "http" and is_loopback(page.name))
        )


def _embedding_page(sites: Sequence[str], values: Callable[[str], Sequence[str]]) -> str | None:
    """Return the origin of a foreign page that embeds this as a script, a picture or a frame.

    Its request has no Origin, but the browser reports what it is (Fetch Metadata: `sites` are the
    values of Sec-Fetch-Site) and, unless the page forbids it, where it comes from (Referer). Return
    "null" if the page forbids it, and None if no page embeds this.
    """
    foreign = {"cross-site", "same-site"} & {*sites}
    if not foreign or "document" in values("Sec-Fetch-Dest"):  # a top-level window
        return None
    with contextlib.suppress(ValueError):
        for referrer in values("Referer"):
            page = urlsplit(referrer)
            return f"{page.scheme}://{page.netloc}"
    return "null"
