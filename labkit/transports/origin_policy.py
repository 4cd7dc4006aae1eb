"""Who may talk to a server on this machine: rules for Host, Origin, and what pages embed.

A server on the loopback interface is within reach of every page that the learner's browser shows:
a foreign page can open a WebSocket to it (browsers apply no same-origin rule to WebSocket; RFC 6455
section 10.2 leaves the check to the server), and by DNS rebinding it can even use a name of its own
for this machine, which is why Host is checked beside Origin. A page on another port of this machine
is a foreign one, too: it may be anybody's who has an account here.

So a page may come that is the server's own: it asks at the address that it is from itself, which is
the server's, that of a link, or a proxy's. Beside those Jupyter's page may, whose address a view in
it tells (`jupyter_pages`), and pages that a learner names. Programs send no Origin, and may come.
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
"""Which port an address means that names none."""

_HOST = re.compile(
    r"(?:\[([0-9a-f:.]+)\]|([a-z0-9_](?:[a-z0-9._-]*[a-z0-9_])?))(?::([0-9]{1,5}))?", re.IGNORECASE
)
"""What browsers write into Host: a name or an address, and a port (RFC 9110 section 7.2)."""


class Host(NamedTuple):
    """A Host header, taken apart; the name is in lower case, and the port None if there is none."""

    name: str
    port: int | None


class Origin(NamedTuple):
    """From where a page is (RFC 6454)."""

    scheme: str
    name: str
    port: int


@lru_cache(maxsize=256)
def parse_host(host: str) -> Host | None:
    """Return the parts of a Host header, None for anything else than a name and a port.

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
    """Return what a learner named as hosts, one by one.

    Parameters
    ----------
    hosts
        One host or several: a name, or the address of a page.

    Raises
    ------
    LabError
        If one of them cannot be a host, and so would never match.
    """
    chosen = [hosts] if isinstance(hosts, str) else hosts or ()
    if not isinstance(chosen, Iterable):
        raise LabError(f"`hosts` is a name or a list of names, not {hosts!r}.")
    listed = tuple(chosen)
    for each in listed:
        find_origins(each)
    return listed


def find_origins(host: str) -> frozenset[Origin]:
    """Return from where pages of a host are: of a name at its usual ports, of an address there.

    Raises
    ------
    LabError
        If no page could be from there.

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
            with contextlib.suppress(UnicodeError):  # browsers write a name as it is looked up
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
    """Whether `name` is ``localhost`` or a loopback address (127.0.0.0/8, ::1).

    An IPv4 address inside an IPv6 one (``::ffff:127.0.0.1``) is not, though Python 3.13 says so.
    """
    if name == "localhost" or not is_address(name):
        return name == "localhost"
    address = ipaddress.ip_address(name)
    return address.is_loopback and getattr(address, "ipv4_mapped", None) is None


@lru_cache(maxsize=256)
def is_address(name: str) -> bool:
    """Whether `name` is an IP address."""
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


jupyter_pages: set[Origin] = set()
"""From where Jupyter's page is: views in it tell, and only a page that Jupyter let in has one."""


def add_jupyter_page(origin: str) -> None:
    """Take note of the origin of Jupyter's page; one that is not of the web is left out."""
    page = parse_origin(origin)
    if page is not None:
        jupyter_pages.add(page)


class Refusal(NamedTuple):
    """The status of an answer that refuses a request, and why."""

    status: int
    why: str


@dataclass(frozen=True)
class OriginPolicy:
    """Which names a server has, which pages are its own, and so which requests it answers.

    Attributes
    ----------
    names
        Further host names than those of the loopback interface, in lower case: the address that was
        asked for, a hub's.
    any_address
        Whether every IP address is a name of this server, as for one that listens at all of its
        machine's. A foreign page cannot use that: its own address is not the server's, and no page
        can take the name of an address, as it can take one of the domain name system.
    pages
        Pages that may come beside its own and Jupyter's.
    own_ports
        Returns the ports at which the server's own page is found: its own and those of its links.

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
            return Refusal(400, "One Host, at most one Origin")
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
    """Return the origin of a foreign page that embeds this: as a script, a picture, or a frame.

    Such a request has no Origin, but says what it is (Fetch Metadata: `sites`, those of
    Sec-Fetch-Site) and, if its page does not forbid it, from where (Referer); "null" if it does.
    None if no page embeds this.
    """
    foreign = {"cross-site", "same-site"} & {*sites}
    if not foreign or "document" in values("Sec-Fetch-Dest"):  # a window of its own
        return None
    with contextlib.suppress(ValueError):
        for referrer in values("Referer"):
            page = urlsplit(referrer)
            return f"{page.scheme}://{page.netloc}"
    return "null"
