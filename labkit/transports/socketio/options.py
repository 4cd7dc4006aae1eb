"""The options of Socket.IO servers and clients."""

from __future__ import annotations

import inspect
import math
from collections.abc import Collection, Iterable, Mapping
from typing import Any

import engineio
import socketio

from labkit.backoff import Backoff
from labkit.clock import clock, is_duration
from labkit.exceptions import LabError
from labkit.transports.option_names import (
    NO_TLS,
    check_number_options,
    check_option_names,
    check_reconnect,
)
from labkit.transports.seconds import Seconds, check_seconds, scaled_seconds
from labkit.transports.settings import HEARTBEAT
from labkit.transports.socketio.packets import StrictPacket

TRANSPORTS = ("polling", "websocket")


def client_options(options: Mapping[str, Any]) -> dict[str, Any]:
    """Return the options for the library's client, with seconds scaled.

    Raises
    ------
    LabError
        If an option is not one of `socketio.AsyncClient`.
    """
    defaults: dict[str, Any] = {
        "serializer": StrictPacket,
        "reconnection_delay": 1,
        "reconnection_delay_max": 5,
        "randomization_factor": 0.5,
        "request_timeout": 5,
        "timestamp_requests": False,  # there is no cache in between, and lengths would vary
    }
    chosen = dict(options)
    if chosen.get("proxy", "") is None:  # labkit's clients use none anyway
        del chosen["proxy"]
    check_options(chosen, "connect", _LIBRARY)
    return scaled_seconds(defaults | chosen, _CLIENT_SECONDS)


def reconnect_options(reconnect: bool | Backoff, options: Mapping[str, Any]) -> dict[str, Any]:
    """Return the options for a client that reconnects, or does not.

    Parameters
    ----------
    reconnect
        Whether to reconnect, as the library does it by default; or how long to wait.
    options
        The options that the learner wrote.

    Raises
    ------
    LabError
        If `reconnect` is something else, the library cannot wait like that, or one of its own
        options says something about it, too.
    """
    check_reconnect(reconnect)
    chosen: dict[str, Any] = {"reconnection": bool(reconnect)}
    if isinstance(reconnect, Backoff):
        chosen |= _waits(reconnect)
    twice = [name for name in chosen if name in options]
    if twice:
        raise LabError(f"`reconnect` sets {', '.join(twice)}: give one of them.")
    return {**options, **chosen}


def _waits(backoff: Backoff) -> dict[str, float]:
    doubles = backoff.factor == 2 or backoff.first in (0, backoff.cap)
    if backoff.jitter != "none" or not (doubles or backoff.factor == 1):
        raise LabError(
            f"python-socketio cannot wait as {backoff!r} says: it doubles each wait, and its "
            'jitter is a fixed number of seconds. Give a Backoff with factor=2 and jitter="none", '
            "or set reconnection_delay, reconnection_delay_max and randomization_factor."
        )
    return {
        "reconnection_delay": backoff.first,
        "reconnection_delay_max": backoff.first if backoff.factor == 1 else backoff.cap,
        "randomization_factor": 0,
    }


_LIBRARY = (socketio.AsyncClient, engineio.AsyncClient)

CONNECT_OPTIONS = frozenset(
    {"transports", "namespaces", "auth", "socketio_path", "headers", "acknowledge", "reconnect"}
)
"""Options of labkit's own client, most of them of `socketio.AsyncClient.connect`."""

_LABKITS = {"self", "kwargs", "json", "logger", "engineio_logger", "handle_sigint", "http_session"}
"""Parameters that labkit chooses."""


_NO_HEARTBEAT = (
    "A Socket.IO client sends no pings of its own: it expects those of the server, which announces "
    "interval and timeout. They are options of `lab.serve`."
)

_INSTEAD = {
    "ssl": NO_TLS,
    "ssl_verify": NO_TLS,
    "proxy": "A client dials only its link, never a proxy.",
    "additional_headers": "It is called headers.",
    "extra_headers": "It is called headers.",
    "namespace": 'It is called namespaces: `namespaces=["/chat"]`.',
    "transport": 'It is called transports: `transports=["websocket"]`.',
    "path": "It is called socketio_path.",
    "wait_timeout": "Connecting is bounded by the lab's clock.",
    "json": "The library would use it for every client and server in this process.",
    "ping_interval": _NO_HEARTBEAT,
    "ping_timeout": _NO_HEARTBEAT,
    "url": "The address is the first argument.",
    "host": "A client dials only its link.",
    "port": "A client dials only its link.",
}


_NUMBERS = ("reconnection_attempts", "max_http_buffer_size", "compression_threshold")

_CLIENT_SECONDS = {
    "reconnection_delay": Seconds(),
    "reconnection_delay_max": Seconds(),
    "randomization_factor": Seconds(),  # the library adds it as seconds
    "request_timeout": Seconds(may_be_zero=False, may_be_none=True),
}
_SERVER_SECONDS = {"ping_timeout": Seconds(may_be_zero=False)}
_SECONDS = {"connect": _CLIENT_SECONDS, "serve": _SERVER_SECONDS}


def check_options(options: Mapping[str, Any], verb: str, takers: Iterable[type]) -> None:
    """Raise LabError for an option that the library does not know, or a value that is no number."""
    classes = {kind for taker in takers for kind in inspect.getmro(taker)[:-1]}
    known = {name for kind in classes for name in inspect.signature(kind).parameters} - _LABKITS
    mine = CONNECT_OPTIONS if verb == "connect" else ()
    instead = {name: why for name, why in _INSTEAD.items() if name not in known}
    check_option_names(options, known.union(mine), verb, "Socket.IO", instead)
    check_number_options(options, _NUMBERS, verb)
    check_seconds(options, _SECONDS[verb], verb)
    if "ping_interval" in options:
        _check_ping_interval(options["ping_interval"])


def serve_options(options: Mapping[str, Any]) -> dict[str, Any]:
    """Return the options for the finished chat's server, with seconds scaled.

    python-engineio announces an interval of whole seconds, and a fraction as 0, so the interval is
    rounded up.
    """
    chosen = {"ping_interval": HEARTBEAT, "ping_timeout": HEARTBEAT} | dict(options)
    parts = [max(1, math.ceil(clock.seconds(each))) for each in _parts(chosen["ping_interval"])]
    return {
        **scaled_seconds(chosen, _SERVER_SECONDS),
        "ping_interval": tuple(parts) if len(parts) > 1 else parts[0],
    }


def _parts(ping_interval: Any) -> tuple[Any, ...]:
    """Return the interval, and the grace period if there is one."""
    return ping_interval if isinstance(ping_interval, tuple) else (ping_interval,)


def _check_ping_interval(ping_interval: Any) -> None:
    """Raise LabError unless it is whole seconds, or a pair of them with the grace period."""
    parts = _parts(ping_interval)
    whole = [is_duration(each) and each >= 1 and each % 1 == 0 for each in parts]
    if not all(whole) or len(whole) not in (1, 2):
        raise LabError(
            f"`serve` needs whole seconds, 1 or more, for ping_interval, not {ping_interval!r}: "
            "python-engineio announces a fraction to its clients as 0, and cannot do without pings."
        )


def checked_namespaces(namespaces: Collection[str] | str | None) -> list[str]:
    """Return the namespaces to join. Raises LabError for an invalid one."""
    chosen = ["/"] if namespaces is None else _several(namespaces)
    for each in chosen or [""]:
        if not isinstance(each, str) or not each.startswith("/"):
            raise LabError(
                f"{each!r} is not a valid namespace: its name must begin with a slash, as in "
                '`namespaces=["/", "/lounge"]`. The default is "/".'
            )
    return chosen


def checked_transports(transports: list[str] | str | None) -> list[str]:
    """Return the transports to use, in order. Raises LabError for an invalid one."""
    chosen = _several(TRANSPORTS if transports is None else transports)
    unknown = [each for each in chosen if each not in TRANSPORTS]
    if unknown or not chosen:
        raise LabError(
            f"There is no transport {', '.join(map(repr, unknown)) or 'given'}. Python's Socket.IO "
            'has "polling" and "websocket".'
        )
    return chosen


def _several(given: Any) -> list[Any]:
    """Return a list of one value, or of several."""
    return list(given) if isinstance(given, Iterable) and not isinstance(given, str) else [given]
