"""Connect errors, as far as they are the same in each protocol.

The rest is in each protocol's folder, in a file of the same name.
"""

from __future__ import annotations

import asyncio
from typing import Protocol

from labkit.clock import clock
from labkit.exceptions import ConnectError, LabError
from labkit.links import Link
from labkit.transports.what_answers import Answer, what_answers

COMMON_REASONS: dict[Answer, str] = {
    "nothing": (
        "nothing listens there (the connection was refused). Is the server running? "
        "`await lab.serve(...)` starts one; a restarted kernel has none."
    ),
    "unknown host": "no machine has that name. Check the name in the address.",
    "unreachable": (
        "that machine cannot be reached. Check the address, and whether a firewall or another "
        "network is in between."
    ),
    "silence": (
        "something accepts connections there, but stays silent. It may speak another protocol, "
        "or be stuck."
    ),
    "hangup": (
        "something accepts connections there, and closes them without an answer. It may speak "
        "another protocol, or fail."
    ),
    "tls": (
        "the server there speaks TLS, as for `wss://` or `https://`. A link would see only "
        "ciphertext, so labkit does not speak TLS: connect to the server's unencrypted address."
    ),
}
"""The reasons that are the same for each protocol, by what answers."""

_OURS: dict[str, Answer] = {
    "websocket": "websocket",
    "socketio": "socketio",
    "http": "http",
    "poll": "http",
    "longpoll": "http",
    "sse": "http",
    "chain": "http",
}
"""The kind of answer of the bench's own servers, by their protocol."""


class Connecting(Protocol):
    """A client that tries to connect."""

    name: str
    link: Link
    uri: str


def cannot_connect(client: Connecting, why: str) -> ConnectError:
    """Return the error of a client that cannot connect to its address, with the reason."""
    return ConnectError(f"{client.name} cannot connect to {client.uri}: {why}")


async def find_cause(name: str, link: Link, how_far: str) -> ConnectError | Answer:
    """Return the error if the link knows why a client cannot connect, otherwise what answers there.

    It takes at most 2 s (scaled). The bench's own servers are not asked, because a learner would
    see the request. Nor is anybody asked through a link with faults: the question would meet them,
    too.

    Parameters
    ----------
    name, link
        The client, and the link that it dialled.
    how_far
        How far it came, as a sentence without its end.
    """
    is_own = any(handle.holders[0] is link.faults for handle in link.faults)
    heal = f"{name}.link.heal()" if is_own else "server.faults.heal()"
    if link.state == "cut":
        restore = f"{name}.link.restore()" if is_own else heal
        return ConnectError(
            f"{name} cannot connect: the link is cut. `{restore}` puts the plug back."
        )
    if link.state == "closed":
        return ConnectError(
            f"{name} cannot connect: the link to {link.leads_to!r} is closed, as `lab.fresh()` and "
            f"`lab.close()` leave it. `await lab.connect(..., {name!r})` makes a new one."
        )
    if link.faults:
        return ConnectError(
            f"{name} cannot connect: {how_far}. Faults act on the link ({link.faults}); "
            f"`{heal}` removes them."
        )
    try:
        host, port = link.target()
    except LabError as reason:
        return ConnectError(f"{name} cannot connect: {reason}.")
    if link.protocol in _OURS:
        return _OURS[link.protocol]
    try:
        async with asyncio.timeout(clock.seconds(2)):
            return await what_answers(host, port)
    except TimeoutError:
        return "silence"
