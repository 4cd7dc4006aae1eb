"""Why a client could not connect: what is the same whatever it speaks.

What is particular to a protocol stands in its folder, in a file of the same name.
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
        "`await lab.serve(...)` starts one; a re-started kernel has none."
    ),
    "unknown host": "no machine of that name is known. Check the name in the address.",
    "unreachable": (
        "the machine there cannot be reached. Check the address, and whether a firewall or "
        "another network is in between."
    ),
    "silence": (
        "something accepts connections there, but stays silent. It may be another protocol, "
        "or a program that is stuck."
    ),
    "hangup": (
        "something accepts connections there, and closes them without a word. It may be another "
        "protocol, or a program that fails."
    ),
    "tls": (
        "what answers there speaks TLS, as for `wss://` or `https://`. A link would see only "
        "ciphertext, so labkit does not: connect to the server's unencrypted address."
    ),
}
"""What to say to any client, whatever it wanted to speak."""

_OURS: dict[str, Answer] = {"websocket": "websocket", "socketio": "socketio", "http": "http"}
"""What answers at a server of the bench, by its protocol."""


class Connecting(Protocol):
    """A client that tries to connect."""

    name: str
    link: Link
    uri: str


def cannot_connect(client: Connecting, why: str) -> ConnectError:
    """Return the error of a client that cannot connect to its address."""
    return ConnectError(f"{client.name} cannot connect to {client.uri}: {why}")


async def find_cause(name: str, link: Link) -> ConnectError | Answer:
    """Return why a client cannot connect, as far as its link knows; else what answers behind it.

    Takes at most 2 s (scaled). A server of the bench is not asked: a learner would see the request.
    """
    if link.state == "cut":
        return ConnectError(
            f"{name} cannot connect: the link is cut. `{name}.link.restore()` puts the plug back."
        )
    if link.state == "closed":
        return ConnectError(
            f"{name} cannot connect: the link to {link.leads_to!r} is closed, as `lab.fresh()` and "
            f"`lab.close()` leave it. `await lab.connect(..., {name!r})` makes a new one."
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
