"""The registry of transports: one row per protocol, with what it hosts, its server and its client.

Only this module names them all. A row's package is imported when it is needed, so a lesson on raw
WebSocket does not load Socket.IO.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from labkit.exceptions import LabError
from labkit.links import Link
from labkit.protocols.addresses import parse_address, with_scheme
from labkit.shadows import explain_shadows
from labkit.transports.contract import Client, Server, ServerSettings
from labkit.transports.frameworks import describe_kind, root_modules
from labkit.transports.handlers import handler_name
from labkit.transports.rate_limit import checked_rate


@dataclass(frozen=True, kw_only=True)
class Transport:
    """A row of the registry.

    Attributes
    ----------
    protocol
        The protocol's name, which is also that of its finished chat.
    package
        The package that has `host(what, settings, messages_per_second, options)`, which returns a
        server, and the class `Client`, if the protocol has one.
    is_chat
        Whether there is a finished chat.
    scheme
        The scheme of addresses at which its client is the default, "" without a client.
    is_hosted_as_is
        Whether a learner's object is the library's whole server, and so takes no options.
    hosts
        Returns whether an object (not the name of a chat) is served in this protocol; the first row
        that returns True is used.
    """

    protocol: str
    package: str
    is_chat: bool
    scheme: str
    is_hosted_as_is: bool
    hosts: Callable[[Any], bool]


def _is_socketio(what: Any) -> bool:
    root = _root(what)
    if root != "aiohttp" or isinstance(what, type) or not hasattr(what, "router"):
        return root == "socketio"
    from labkit.transports.socketio import find_attached_servers

    return bool(find_attached_servers(what))


TRANSPORTS = (
    Transport(
        protocol="socketio",
        package="labkit.transports.socketio",
        is_chat=True,
        scheme="http",
        is_hosted_as_is=True,
        hosts=_is_socketio,
    ),
    Transport(
        protocol="http",
        package="labkit.transports.http",
        is_chat=False,
        scheme="",
        is_hosted_as_is=True,
        hosts=lambda what: _root(what) == "aiohttp",
    ),
    *(
        Transport(
            protocol=protocol,
            package=f"labkit.transports.{protocol}",
            is_chat=True,
            scheme="http",
            is_hosted_as_is=False,
            hosts=lambda what: False,  # there is only the finished chat
        )
        for protocol in ("sse", "longpoll", "poll", "chain")
    ),
    Transport(
        protocol="websocket",
        package="labkit.transports.websocket",
        is_chat=True,
        scheme="ws",
        is_hosted_as_is=False,
        hosts=lambda what: True,  # anything that can be called may be a handler
    ),
)

CHATS = tuple(sorted((row.protocol for row in TRANSPORTS if row.is_chat), reverse=True))
"""The names of the finished chats."""


def default_server_name(what: Any) -> str:
    """Return the name under which something is served if none is given."""
    if isinstance(what, str):
        return what
    return {"socketio": "socketio", "aiohttp": "app"}.get(_root(what)) or handler_name(what)


@explain_shadows()
def new_server(
    what: Any,
    settings: ServerSettings,
    *,
    messages_per_second: float | None,
    options: dict[str, Any],
) -> Server:
    """Return a server for what a learner wants to serve, not started yet.

    Parameters
    ----------
    what
        A handler for `websockets`, a `socketio.AsyncServer`, an `aiohttp.web.Application`, or the
        name of a finished chat.
    settings
        The server's settings.
    messages_per_second
        The rate at which each client of a finished chat may send; None for no limit.
    options
        Passed to the library if labkit makes the library's server.

    Raises
    ------
    LabError
        If it cannot be served; the text says why.
    """
    if isinstance(what, Server):
        raise LabError(f"{what!r} is already a server. `await lab.connect(...)` connects to it.")
    row = _row_for(what)
    rate = checked_rate(messages_per_second)
    if rate is not None and not isinstance(what, str):
        raise LabError(
            f"`messages_per_second` works only with the finished chats ({', '.join(CHATS)}). Limit "
            "the rate in your own code instead."
        )
    if options and row.is_hosted_as_is and not isinstance(what, str):
        raise LabError(
            f"`serve` hosts {describe_kind(what)} as it is, so {', '.join(options)} cannot be set "
            "here. Set it where you make the object."
        )
    server: Server = import_module(row.package).host(what, settings, rate, options)
    return server


def _row_for(what: Any) -> Transport:
    if not isinstance(what, str):
        return next(row for row in TRANSPORTS if row.hosts(what))
    if what not in CHATS:
        raise LabError(f"There is no finished chat named {what!r}. Choose {' or '.join(CHATS)}.")
    return _row(what)


def _row(protocol: str) -> Transport:
    return next(row for row in TRANSPORTS if row.protocol == protocol)


def client_maker(
    to: Server | Link | str, protocol: str | Sequence[str] | None, options: dict[str, Any]
) -> Callable[[str, Link], Client]:
    """Return a function that makes a client from its name and link, not connected yet.

    Parameters
    ----------
    to
        The server, link or address to connect to.
    protocol
        The protocol to speak, or the ways of a fallback chain. None uses the protocol of a server,
        or of a link to one; for an address, the scheme decides.
    options
        Passed to the library.

    Raises
    ------
    LabError
        If there is no such protocol, way or address, or no client that speaks it.
    """
    uri = to if isinstance(to, str) else to.url
    ways: tuple[Sequence[str], ...] = ()
    if isinstance(protocol, (list, tuple)):
        _check_is_chain(to)
        ways, protocol = (protocol,), "chain"
    row = _spoken(spoken_protocol(to) if protocol is None else protocol)

    @explain_shadows()
    def make(name: str, link: Link) -> Client:
        module = import_module(row.package)
        client: Client = module.Client(name, link, with_scheme(uri, row.scheme), *ways, **options)
        return client

    return make


def _check_is_chain(to: Server | Link | str) -> None:
    """Raise LabError if a server is known to be another one than that of a chain."""
    if not isinstance(to, str) and to.protocol not in ("", "chain"):
        server = repr(to.name) if isinstance(to, Server) else f"the server behind {to.name!r}"
        raise LabError(
            f"A list in `protocol` is a fallback chain, and {server} speaks only {to.protocol}. "
            "A chain needs a server that answers over all of its ways and numbers its messages "
            "across them, otherwise some would be lost or doubled at each change of the way: "
            '`await lab.serve("chain")`.'
        )


def spoken_protocol(to: Server | Link | str) -> str:
    """Return the protocol of a server, of a link to one, or of an address by its scheme.

    Raises
    ------
    LabError
        If an address is not valid, or no client speaks what is served there.
    """
    uri = to if isinstance(to, str) else to.url
    row = _spoken_at(to, uri)
    if not row.scheme:
        raise LabError(_no_client(to, uri))
    return row.protocol


def _spoken(protocol: object) -> Transport:
    rows = {row.protocol: row for row in TRANSPORTS if row.scheme}
    if not isinstance(protocol, str) or protocol not in rows:
        names = " or ".join(f'"{each}"' for each in sorted(rows))
        raise LabError(f"`protocol` must be {names}, not {protocol!r}.")
    return rows[protocol]


def _spoken_at(to: Server | Link | str, uri: str) -> Transport:
    if not isinstance(to, str) and to.protocol:
        return _row(to.protocol)
    scheme = parse_address(uri).scheme
    return next(row for row in TRANSPORTS if row.scheme == scheme)


def _no_client(to: Server | Link | str, uri: str) -> str:
    """Return why there is no client for an application that may speak anything."""
    where = with_scheme(uri, "ws").rstrip("/")
    name = to if isinstance(to, str) else to.name
    return (
        f"{name!r} is a web application, so labkit cannot know what its routes speak. If one of "
        f"them is a WebSocket, connect to its address, such as `{where}/...`; for the one at `/`, "
        '`protocol="websocket"` is enough. A browser opens its pages at '
        f"{with_scheme(uri, 'http')}"
    )


def _root(what: Any) -> str:
    """Return the library of an object, "socketio" or "aiohttp"; "" for any other."""
    if inspect.isroutine(what):
        return ""
    return next((name for name in ("socketio", "aiohttp") if name in root_modules(what)), "")
