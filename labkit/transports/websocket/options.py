"""The options of raw WebSocket servers and clients."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from typing import Any

from websockets.asyncio.client import connect
from websockets.asyncio.server import serve

from labkit.exceptions import LabError
from labkit.transports.option_names import NO_TLS, check_number_options, check_option_names
from labkit.transports.seconds import HEARTBEAT_SECONDS, Seconds, check_seconds


def _named(call: Callable[..., Any]) -> frozenset[str]:
    """Return the keyword-only options of one of the library's calls."""
    parameters = inspect.signature(call).parameters.values()
    return frozenset(each.name for each in parameters if each.kind is each.KEYWORD_ONLY)


_NOT_CONNECTS = {"proxy", "create_connection", "reconnect_delays"}

CONNECT_OPTIONS = (_named(connect) - _NOT_CONNECTS) | {"reconnect"}
"""The options of labkit's client; one of them is its own."""

SERVE_OPTIONS = _named(serve) | {"backlog", "reuse_address", "reuse_port"}  # these are asyncio's

SECONDS = {
    "open_timeout": Seconds(may_be_none=True),
    "ping_interval": HEARTBEAT_SECONDS,
    "ping_timeout": HEARTBEAT_SECONDS,
    "close_timeout": Seconds(may_be_none=True),
}
"""The options that are seconds, of both calls."""

_NUMBERS = ("max_size", "max_queue", "write_limit", "backlog")

_LINKED = "A client dials only its link."
_SOCKETIO = 'It belongs to Socket.IO: `lab.serve("socketio")`.'
_INSTEAD = {
    "ssl": NO_TLS,
    "sock": _LINKED,
    "host": _LINKED,
    "port": _LINKED,
    "unix": _LINKED,
    "proxy": "A client dials only its link, never a proxy.",
    "create_connection": "The bench makes the connection itself, to know its port.",
    "reconnect_delays": "A client takes them from its Backoff: `reconnect=Backoff(...)`.",
    "reconnection": "It is called reconnect.",
    "headers": "It is called additional_headers.",
    "extra_headers": "It is called additional_headers since websockets 14.",
    "timeout": "Each phase has its own: open_timeout, ping_timeout, close_timeout.",
    "read_limit": "It was removed in websockets 14; see max_queue.",
    "transports": _SOCKETIO,
    "namespaces": _SOCKETIO,
    "auth": _SOCKETIO,
    "socketio_path": _SOCKETIO,
}


def connect_options(options: Mapping[str, Any], reconnects: bool) -> dict[str, Any]:
    """Return the options for a client. Raises LabError for an invalid one.

    `proxy=None` is allowed, because labkit uses no proxy anyway.

    Parameters
    ----------
    options
        The options that the learner wrote.
    reconnects
        Whether the client reconnects: without that, `process_exception` would never be called.
    """
    chosen = dict(options)
    if chosen.get("proxy", "") is None:
        del chosen["proxy"]
    check_option_names(chosen, CONNECT_OPTIONS, "connect", "raw WebSocket", _INSTEAD)
    check_number_options(chosen, _NUMBERS, "connect")
    check_seconds(chosen, SECONDS, "connect")
    if "process_exception" in chosen and not reconnects:
        raise LabError(
            "`process_exception` decides after which errors a client tries again, and this one "
            "does not reconnect: add `reconnect=True`."
        )
    return chosen


def serve_options(options: Mapping[str, Any]) -> dict[str, Any]:
    """Return the options for a server. Raises LabError for an invalid one."""
    instead = {
        **_INSTEAD,
        "extra_headers": "Set headers of the response in process_response.",
        "headers": "Set headers of the response in process_response.",
        "sock": "Say where to listen with `host` and `port`.",
        "unix": "Say where to listen with `host` and `port`.",
        "proxy": "A server does not dial.",
        "path": "A handler finds it in `websocket.request.path`.",
    }
    check_option_names(options, SERVE_OPTIONS, "serve", "raw WebSocket", instead)
    check_number_options(options, _NUMBERS, "serve")
    check_seconds(options, SECONDS, "serve")
    return dict(options)


def options_error(verb: str, options: Mapping[str, Any], error: Exception) -> LabError:
    """Return the error for options with values that the library refuses."""
    given = ", ".join(f"{name}={value!r}" for name, value in options.items())
    return LabError(f"`{verb}` cannot use these options ({given}): {error}.")
